"""The foot of the set-up: the learning rate in reach, however the room around it changes."""

from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui.setup.pinned_row import PinnedRow


def test_the_foot_has_its_height_however_it_comes(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    panel, area, content = QWidget(window), QScrollArea(), QWidget()
    whole = QVBoxLayout(window)
    whole.addWidget(panel)
    outer = QVBoxLayout(panel)
    outer.addWidget(area, 1)
    column = QVBoxLayout(content)
    for number in range(12):
        column.addWidget(QLabel(str(number)))
    row = QLabel("0.1")
    column.addWidget(row)
    area.setWidgetResizable(True)
    area.setWidget(content)
    foot = PinnedRow(area, panel)
    foot.column.addWidget(QLabel("0.1"))
    outer.addWidget(foot)
    window.resize(300, 700)
    window.show()
    foot.follow(row)
    for height, is_there in ((700, False), (150, True), (700, False), (200, True), (150, True)):
        window.resize(300, height)
        QApplication.processEvents()
        assert foot.isVisible() == is_there
        if is_there:
            assert foot.height() >= foot.sizeHint().height() > 0
            assert foot.geometry().top() > area.geometry().bottom()
