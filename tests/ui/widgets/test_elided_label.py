"""The label that gives way."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from nnviz.ui.widgets.elided_label import ElidedLabel


def test_what_fits_is_shown_as_it_is(qtbot: QtBot) -> None:
    label = ElidedLabel("drag a bar")
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    assert label.shown_text() == "drag a bar"
    assert label.toolTip() == ""


def test_what_does_not_fit_ends_in_an_ellipsis_and_is_offered_in_full(qtbot: QtBot) -> None:
    label = ElidedLabel("drag a bar, type a number")
    qtbot.addWidget(label)
    label.resize(label.sizeHint().width() // 2, 20)
    label.show()
    assert label.shown_text().endswith("…")
    assert label.toolTip() == "drag a bar, type a number"
    label.setText("drag")
    assert label.toolTip() == ""
    assert label.minimumSizeHint().width() < label.sizeHint().width()


def test_a_hint_is_left_out_where_too_little_of_it_fits(qtbot: QtBot) -> None:
    label = ElidedLabel("drag a bar, type a number", least=0.6)
    qtbot.addWidget(label)
    whole = label.fontMetrics().horizontalAdvance(label.text())
    label.resize(round(0.8 * whole), 20)
    assert label.shown_text().endswith("…")
    label.resize(round(0.5 * whole), 20)
    label.show()
    assert label.shown_text() == ""
    assert label.toolTip() == "drag a bar, type a number"


def test_a_short_form_stands_in_before_words_are_cut(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("Decision boundary", "Boundary")
    label.show()
    label.resize(400, 20)
    assert label.shown_text() == "Decision boundary"
    assert label.toolTip() == ""
    label.resize(label.fontMetrics().horizontalAdvance("Boundary") + 4, 20)
    assert label.shown_text() == "Boundary"
    assert label.toolTip() == "Decision boundary"
    label.setText("Prediction of the network")
    assert label.shown_text().endswith("…")


def test_a_hint_whose_short_form_fits_is_not_left_out(qtbot: QtBot) -> None:
    label = ElidedLabel(least=0.6)
    qtbot.addWidget(label)
    label.setText("of standardised targets, every one of them", "scaled targets")
    label.resize(label.fontMetrics().horizontalAdvance("scaled targets") + 8, 20)
    assert label.shown_text() == "scaled targets"


def test_the_same_text_again_asks_for_no_room(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    asked = []
    label.updateGeometry = lambda: asked.append(label.text())  # type: ignore[method-assign]
    for text, short in (
        ("rows weighted", ""),
        ("rows weighted", ""),
        ("rows weighted", "weighted"),
        ("", ""),
        ("", ""),
    ):
        label.setText(text, short)
    assert asked == ["rows weighted", "rows weighted", ""]


def test_names_with_markup_are_shown_as_they_are(qtbot: QtBot) -> None:
    label = ElidedLabel("<b>bold</b> & \u202eturned")
    qtbot.addWidget(label)
    label.resize(20, 20)
    label.show()
    assert label.toolTip() == "<qt>&lt;b&gt;bold&lt;/b&gt; &amp; turned</qt>"
