"""The panel of answers: its tabs say which page is shown, from the first time on."""

from __future__ import annotations

import pytest

from nnviz.ui.window.main_window import MainWindow


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_the_tab_of_the_first_page_is_chosen_from_the_start(window: MainWindow) -> None:
    panel = window.answers_panel
    window.actions_.answers.trigger()
    assert panel.isVisible()
    assert [name for name, tab in panel.tabs.items() if tab.isChecked()] == [panel.page.name]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_a_flat_button_that_cannot_be_pressed_is_fainter(window: MainWindow, theme: str) -> None:
    window.actions_.themes[theme].trigger()
    window.show_answers("confusion")
    window.controller.wait_idle()
    button = window.answers_panel.confusion_page.rows_button
    assert not button.isEnabled()
    off = button.grab().toImage()
    window.marks.set(train=[0])
    assert button.isEnabled()
    assert button.grab().toImage() != off
