"""Controls are watched for their concept, and nothing that has gone is kept for it."""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from shiboken6 import isValid

from nnviz.experiment import edits
from nnviz.ui.guide.controls import term_of
from nnviz.ui.window.main_window import MainWindow


def n_gone() -> int:
    """Return how many Python objects there are of objects that Qt has deleted."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]
    gc.collect()
    return sum(issubclass(type(each), QObject) and not isValid(each) for each in gc.get_objects())


def test_rows_of_settings_that_go_leave_nothing_behind_and_those_that_come_are_watched(window: MainWindow) -> None:
    def show(n_layers: int) -> None:
        state = window.state
        state.edit(edits.with_hidden_count(state.experiment, n_layers), "edit layers")
        window.controller.wait_idle()

    show(3)
    show(1)
    before = n_gone()
    for n_layers in (3, 1) * 4:
        show(n_layers)
    assert n_gone() <= before
    watched = window.guide.links._watched
    rows = [row for section in window.setup_panel.sections for row in section.rows if row.isVisibleTo(section)]
    concerned = [row.label for row in rows if row.label.toolTip() and term_of(row.label) is not None]
    assert concerned
    assert all(label in watched for label in concerned)
