"""The menu bar, made from the actions and the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from nnviz.ui.commands.actions import Actions

if TYPE_CHECKING:
    from nnviz.ui.window.main_window import MainWindow

#: Dynamic property of an action: what the list of keys calls it, where not by its text.
SHEET_TEXT = "sheetText"
#: Redo for most people, on whichever system.
CTRL_Y = QKeySequence("Ctrl+Y")


def build_menus(window: MainWindow, actions: Actions) -> None:
    """Fill the window's menu bar: File, Edit, Run, View, Lessons, Help."""
    tr, bar = window.tr, window.menuBar()
    file_menu = bar.addMenu(tr("&File"))
    file_menu.addActions([actions.new, actions.start_empty, actions.open])
    file_menu.addMenu(window.document_actions.recent_menu)
    file_menu.addMenu(tr("Open &lesson")).addActions(window.document_actions.lesson_actions())
    file_menu.addSeparator()
    file_menu.addActions([actions.open_data, actions.paste_data, actions.columns])
    file_menu.addSeparator()
    file_menu.addActions([actions.save, actions.save_as, actions.save_picture, actions.export_data])
    file_menu.addSeparator()
    file_menu.addAction(actions.quit)

    edit_menu = bar.addMenu(tr("&Edit"))
    stack = window.state.undo_stack
    # Without a word of ours Qt has a whole sentence to translate: "Undo %1".
    undo = stack.createUndoAction(window)
    redo = stack.createRedoAction(window)
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    keys = QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)
    redo.setShortcuts([*(key for key in keys if key != CTRL_Y), CTRL_Y])
    # Their texts go on with what they would do now, which a list of keys has no use for.
    undo.setProperty(SHEET_TEXT, tr("Undo"))
    redo.setProperty(SHEET_TEXT, tr("Redo"))
    edit_menu.addActions([undo, redo])
    edit_menu.addSeparator()
    edit_menu.addActions([actions.copy_text, actions.paste_text])
    # A hidden menu bar (the projector view) would take the keys of its actions along.
    window.addActions([*actions.everywhere(), undo, redo])

    run_menu = bar.addMenu(tr("&Run"))
    run_menu.addActions([actions.play, actions.step_epoch, actions.step_batch])
    run_menu.addSeparator()
    run_menu.addActions([actions.reset, actions.new_weights, actions.regenerate_data])
    run_menu.addSeparator()
    speed_menu = run_menu.addMenu(tr("Speed"))
    speed_menu.addActions(list(actions.speeds.values()))
    run_menu.addSeparator()
    run_menu.addAction(actions.try_input)

    view_menu = bar.addMenu(tr("&View"))
    view_menu.addActions(list(actions.layouts.values()))
    view_menu.addAction(actions.reset_layout)
    view_menu.addSeparator()
    view_menu.addActions(
        [dock.toggleViewAction() for dock in (window.setup_dock, window.boundary_dock, window.loss_dock)]
    )
    view_menu.addAction(actions.answers)
    view_menu.addActions([actions.teacher_view, actions.show_everything])
    view_menu.addSeparator()
    view_menu.addAction(actions.paint)
    view_menu.addAction(actions.fit)
    view_menu.addAction(actions.fit_network)
    view_menu.addSeparator()
    theme_menu = view_menu.addMenu(tr("Theme"))
    theme_menu.addActions(list(actions.themes.values()))
    view_menu.addActions([actions.dark, actions.projector])

    lesson_menu = bar.addMenu(tr("&Lessons"))
    for action in window.document_actions.lesson_actions():
        lesson_menu.addAction(action)
    lesson_menu.addSeparator()
    lesson_menu.addAction(actions.show_notes)

    help_menu = bar.addMenu(tr("&Help"))
    help_menu.addActions([actions.shortcut_sheet, actions.whats_this])
    help_menu.addSeparator()
    help_menu.addActions([actions.data_sources, actions.about])
    for menu in (file_menu, edit_menu, run_menu, speed_menu, view_menu, theme_menu, lesson_menu, help_menu):
        menu.setToolTipsVisible(True)
    # By which an experiment hides them; never translated.
    for menu, name in (
        (file_menu, "file"),
        (edit_menu, "edit"),
        (run_menu, "run"),
        (view_menu, "view"),
        (lesson_menu, "lessons"),
        (help_menu, "help"),
    ):
        menu.setObjectName(name)
