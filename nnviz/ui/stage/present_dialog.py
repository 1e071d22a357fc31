"""Asks where the stage is to be, what it shows, and whether the room is dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.nested_layouts import add_layout


class PresentDialog(QDialog):
    """Has the other screens, and a window of its own for those who share that in a call.

    Parameters
    ----------
    choices : mapping
        Sets of views, and what they are called.
    views : sequence of str
        The set that is chosen at first.
    dark : bool
    parent : QWidget
        On whose screen the stage is not offered.
    """

    def __init__(
        self, choices: Mapping[tuple[str, ...], str], views: Sequence[str], parent: QWidget, *, dark: bool
    ) -> None:
        super().__init__(parent)
        tr = self.tr
        self.setWindowTitle(tr("Present"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        intro = QLabel(
            tr(
                "The audience sees the views that you choose, large and without controls. You keep this window, with a "
                "console from which you freeze, blank and point."
            ),
            self,
        )
        intro.setWordWrap(True)
        self.place, self.views = CalmComboBox(self), CalmComboBox(self)
        self.place.setToolTip(tr("Where the audience looks: another screen, or a window that you share in a call"))
        self.views.setToolTip(tr("Which views the audience sees: one, two, or all four"))
        # One may be unplugged while this is open.
        self._screens = [screen.name() for screen in QGuiApplication.screens() if screen != parent.screen()]
        for screen in QGuiApplication.screens():
            if screen.name() in self._screens:
                size = screen.size()
                self.place.addItem(tr("{0}, {1} × {2}").format(screen.name(), size.width(), size.height()))
        self.place.addItem(tr("A window of its own"))
        for names, label in choices.items():
            self.views.addItem(label, names)
            if names == tuple(views):
                self.views.setCurrentIndex(self.views.count() - 1)
        self.dark = QCheckBox(tr("Dark"), self)
        self.dark.setToolTip(tr("A dark room wants a dark stage, a bright one a light stage"))
        self.dark.setChecked(dark)
        form = QFormLayout()
        form.addRow(tr("&Where"), self.place)
        form.addRow(tr("&Views"), self.views)
        form.addRow(tr("&Look"), self.dark)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start = buttons.addButton(tr("Present"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(14)
        column.addWidget(intro)
        add_layout(column, form)
        column.addWidget(buttons)

    @property
    def screen_chosen(self) -> QScreen | None:
        """Where the stage is to be; None: in a window of its own, or that screen has gone."""
        name = (*self._screens, "")[self.place.currentIndex()]
        return next((screen for screen in QGuiApplication.screens() if screen.name() == name), None)

    @property
    def views_chosen(self) -> tuple[str, ...]:
        """What it is to show."""
        return tuple(self.views.currentData())
