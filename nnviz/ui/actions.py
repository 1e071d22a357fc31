"""Every command of the window as a `QAction`: one place for its words, its key and its icon.

Single keys (Space, S, R …) act only when no editor has the focus: they are shown in the menus but handled by the
window's `keyPressEvent`, which gets a key only after the focused widget has declined it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence

from nnviz.drawing.theme import THEMES, Theme
from nnviz.ui.style import icon


@dataclass(frozen=True)
class _Entry:
    name: str
    text: str
    tooltip: str
    key: str | QKeySequence.StandardKey | None = None
    single: bool = False
    icon: str = ""
    checkable: bool = False


class Actions(QObject):
    """Builds the actions; the window connects them.

    Attributes are named after the entries: `play`, `step_epoch`, `open`, `undo` … `themes` maps a theme's name to its
    checkable action.
    """

    play: QAction
    step_epoch: QAction
    step_batch: QAction
    reset: QAction
    new_weights: QAction
    regenerate_data: QAction
    new: QAction
    open: QAction
    save: QAction
    save_as: QAction
    save_picture: QAction
    quit: QAction
    fit: QAction
    try_input: QAction
    about: QAction
    data_sources: QAction

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.is_playing = False
        self._entries = self._table()
        self._single: dict[str, QAction] = {}
        for entry in self._entries:
            setattr(self, entry.name, self._build(entry))
        self.themes: dict[str, QAction] = {}
        group = QActionGroup(self)
        for name, look in THEMES.items():
            action = QAction(self.tr(look.label), self)
            action.setCheckable(True)
            action.setData(name)
            group.addAction(action)
            self.themes[name] = action
        self.theme_group = group
        self.set_theme(theme)

    def _table(self) -> tuple[_Entry, ...]:
        tr, keys = self.tr, QKeySequence.StandardKey
        return (
            _Entry("play", tr("Play"), tr("Train until you pause it"), "Space", True, "play"),
            _Entry(
                "step_epoch",
                tr("One epoch"),
                tr("Train one epoch: once through all training rows"),
                "S",
                True,
                "step-epoch",
            ),
            _Entry(
                "step_batch",
                tr("One mini-batch"),
                tr("Make a single update of the weights, from the next mini-batch"),
                "Shift+S",
                True,
                "step-batch",
            ),
            _Entry("reset", tr("Reset"), tr("Go back to epoch 0 with the same first weights"), "R", True, "reset"),
            _Entry(
                "new_weights", tr("New weights"), tr("Start over from other random first weights"), "N", True, "dice"
            ),
            _Entry(
                "regenerate_data",
                tr("Regenerate data"),
                tr("Draw new points of the same kind; the weights stay and training goes on"),
                "G",
                True,
            ),
            _Entry("new", tr("New"), tr("Start from the three-armed spiral"), keys.New),
            _Entry("open", tr("Open…"), tr("Open an experiment or a table"), keys.Open),
            _Entry("save", tr("Save"), tr("Save the experiment with its weights and curves"), keys.Save),
            _Entry("save_as", tr("Save as…"), tr("Save the experiment under another name"), keys.SaveAs),
            _Entry("save_picture", tr("Save picture…"), tr("Save a picture of the window as PNG"), "Ctrl+P"),
            _Entry("quit", tr("Quit"), tr("Close nnviz"), keys.Quit),
            _Entry("fit", tr("Fit boundary to data"), tr("Show all points in the decision boundary"), "F", True, "fit"),
            _Entry(
                "try_input",
                tr("Try an input"),
                tr("Type a new example and see what every unit makes of it"),
                "T",
                True,
                "target",
                True,
            ),
            _Entry("about", tr("About nnviz"), tr("Version and what nnviz is")),
            _Entry("data_sources", tr("Data sources and licences"), tr("Where the real data sets come from")),
        )

    def _build(self, entry: _Entry) -> QAction:
        action = QAction(entry.text, self)
        action.setCheckable(entry.checkable)
        action.setIconVisibleInMenu(False)
        tooltip = entry.tooltip
        if entry.key is not None:
            sequence = QKeySequence(entry.key)
            action.setShortcut(sequence)
            tooltip = self.tr("{0}  ({1})").format(
                entry.tooltip, sequence.toString(QKeySequence.SequenceFormat.NativeText)
            )
            if entry.single:
                # Shown in menus, but never fired by Qt: the window's keyPressEvent does that.
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                self._single[sequence.toString()] = action
        action.setToolTip(tooltip)
        action.setStatusTip(entry.tooltip)
        return action

    def for_key(self, event: QKeyEvent) -> QAction | None:
        """Return the action of a single key, or None."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return self._single.get(QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))).toString())

    def set_playing(self, *, playing: bool) -> None:
        """Let the play action offer what pressing it would do now."""
        self.is_playing = playing
        self.play.setText(self.tr("Pause") if playing else self.tr("Play"))
        self._set_play_icon()

    def _set_play_icon(self) -> None:
        # It sits on the accent colour of the primary button.
        self.play.setIcon(icon("pause" if self.is_playing else "play", self._theme, "on_accent"))

    def set_theme(self, theme: Theme) -> None:
        """Recolour the icons."""
        self._theme = theme
        for entry in self._entries:
            if entry.icon:
                getattr(self, entry.name).setIcon(icon(entry.icon, theme))
        self._set_play_icon()
        self.themes[theme.name].setChecked(True)
