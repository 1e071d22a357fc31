"""Every command of the window as a `QAction`: one place for its words, its key and its icon.

Single keys (Space, S, R …) act unless something is being typed: they are shown in the menus but handled by the window's
`keyPressEvent`, which gets a key only after the focused widget has declined it.
"""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QKeyCombination, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from nnviz.drawing.theme import THEMES, Theme
from nnviz.session.speeds import SPEEDS
from nnviz.ui.commands.arrangements import LAYOUTS
from nnviz.ui.commands.insight_actions import InsightActions
from nnviz.ui.commands.many_runs_actions import ManyRunsActions
from nnviz.ui.commands.past_actions import PastActions
from nnviz.ui.commands.stage_actions import StageActions
from nnviz.ui.widgets.style import icon

#: The choice of a theme that follows the desktop.
SYSTEM_THEME = "system"
_EDITORS = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit)


class _Entry(Struct, frozen=True):
    name: str
    text: str
    tooltip: str
    key: str | QKeySequence.StandardKey | None = None
    single: bool = False
    icon: str = ""
    checkable: bool = False


class Actions(QObject):
    """Builds the actions; the window connects them.

    Attributes are named after the entries: `play`, `step_epoch`, `open`, `undo` … `themes`, `speeds` and `layouts` map
    a name to its action, which carries the name as its data.
    """

    play: QAction
    step_epoch: QAction
    step_batch: QAction
    reset: QAction
    new_weights: QAction
    regenerate_data: QAction
    new: QAction
    open: QAction
    open_data: QAction
    paste_data: QAction
    columns: QAction
    save: QAction
    save_as: QAction
    keep_backup: QAction
    save_picture: QAction
    copy_text: QAction
    paste_text: QAction
    show_notes: QAction
    lessons: QAction
    lesson: QAction
    challenge: QAction
    lesson_next: QAction
    lesson_back: QAction
    quit: QAction
    paint: QAction
    start_empty: QAction
    export_data: QAction
    fit: QAction
    fit_network: QAction
    try_input: QAction
    worked: QAction
    health: QAction
    weight: QAction
    introduction: QAction
    report_problem: QAction
    about: QAction
    data_sources: QAction
    answers: QAction
    dark: QAction
    projector: QAction
    reset_layout: QAction
    next_panel: QAction
    previous_panel: QAction
    teacher_view: QAction
    show_everything: QAction
    shortcut_sheet: QAction
    whats_this: QAction

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.is_playing, self._entries = False, self._table()
        self._single: dict[str, QAction] = {}
        for entry in self._entries:
            setattr(self, entry.name, self._build(entry))
        labels = {name: (look.label, "") for name, look in THEMES.items()}
        labels[SYSTEM_THEME] = (self.tr("As the system"), self.tr("Light or dark, as the desktop is at the moment"))
        self.theme_group, self.themes = self._exclusive(labels)
        speeds = {name: (speed.label, speed.help) for name, speed in SPEEDS.items()}
        self.speed_group, self.speeds = self._exclusive(speeds)
        for number, action in enumerate(self.speeds.values(), start=1):
            self._set_key(action, QKeySequence(str(number)), single=True)
        self.past, self.many_runs, self.stage = PastActions(self), ManyRunsActions(self), StageActions(self)
        self.insights, self.layouts = InsightActions(self), dict[str, QAction]()
        for action, key in ((self.past.present, "L"), (self.stage.predict, "E"), *self.insights.keys):
            self._set_key(action, QKeySequence(key), single=True)
        for number, layout in enumerate(LAYOUTS.values(), start=1):
            action = self.layouts[layout.name] = QAction(self.tr(layout.label), self)
            action.setData(layout.name)
            action.setToolTip(self.tr(layout.help))
            self._set_key(action, QKeySequence(f"Ctrl+{number}"))
        self.themes[theme.name].setChecked(True)
        self.set_theme(theme)

    def _exclusive(self, labels: dict[str, tuple[str, str]]) -> tuple[QActionGroup, dict[str, QAction]]:
        """Return checkable actions of which one is checked; `labels` gives text and tooltip by name."""
        group, actions = QActionGroup(self), {}
        for name, (text, tooltip) in labels.items():
            action = actions[name] = QAction(self.tr(text), self)
            action.setCheckable(True)
            action.setData(name)
            action.setToolTip(self.tr(tooltip or text))
            group.addAction(action)
        return group, actions

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
            _Entry(
                "open_data",
                tr("Open data…"),
                tr("Open a table of your own, such as a CSV file or a spreadsheet, and say what its columns mean"),
                "Ctrl+Shift+O",
            ),
            _Entry(
                "paste_data",
                tr("Paste data…"),
                tr("Train on the cells that were copied in a spreadsheet"),
                keys.Paste,
            ),
            _Entry(
                "columns",
                tr("Columns…"),
                tr("Change which columns of the table are features, target or left out"),
            ),
            _Entry("save", tr("Save"), tr("Save the experiment with its weights and curves"), keys.Save),
            _Entry("save_as", tr("Save as…"), tr("Save the experiment under another name"), keys.SaveAs),
            _Entry(
                "keep_backup",
                tr("Keep the file from before"),
                tr("When a file is saved again, keep it as it was, with a ~ behind its name"),
                checkable=True,
            ),
            _Entry(
                "start_empty",
                tr("New empty canvas"),
                tr("Begin with no points, and paint your own in the decision boundary"),
            ),
            _Entry("export_data", tr("Export all rows as CSV…"), tr("Write all rows of the present data as a table")),
            _Entry("save_picture", tr("Save picture…"), tr("Save a picture of the window as PNG"), "Ctrl+P"),
            _Entry(
                "copy_text",
                tr("Copy as text"),
                tr("Copy the whole experiment, without its weights, as one line that fits a chat or a board"),
                "Ctrl+Shift+C",
            ),
            _Entry(
                "paste_text",
                tr("Paste experiment"),
                tr("Set everything as the line of text in the clipboard says"),
                "Ctrl+Shift+V",
            ),
            _Entry("show_notes", tr("Show notes"), tr("Show what there is to try and to look at in this experiment")),
            _Entry(
                "lessons",
                tr("All lessons…"),
                tr("Choose a lesson: by plan, by topic, or by a word"),
                "Ctrl+L",
            ),
            _Entry(
                "lesson",
                tr("Lesson"),
                tr("Show the lesson that is open: what the step says, and the way on and back"),
                checkable=True,
            ),
            _Entry(
                "challenge",
                tr("Challenges"),
                tr("Take a challenge: a goal, limits, a live meter and three stars"),
                checkable=True,
            ),
            _Entry("lesson_next", tr("Next step of the lesson"), tr("Go to the next step"), "PgDown", True),
            _Entry("lesson_back", tr("Step back in the lesson"), tr("Go to the step before"), "PgUp", True),
            _Entry("quit", tr("Quit"), tr("Close nnviz"), keys.Quit),
            _Entry("fit", tr("Fit boundary to data"), tr("Show all points in the decision boundary"), "F", True, "fit"),
            _Entry("fit_network", tr("Fit network"), tr("Show the whole network again"), "Shift+F", True, "fit"),
            _Entry(
                "try_input",
                tr("Try an input"),
                tr("Type a new example, or click the map, and see what every unit makes of it"),
                "T",
                True,
                "target",
                True,
            ),
            _Entry(
                "worked",
                tr("Worked arithmetic"),
                tr("Follow one example through the network as on paper: forward, loss, backward and the update"),
                "W",
                True,
                "worked",
                True,
            ),
            _Entry(
                "health",
                tr("Health"),
                tr("Show what is amiss with the run, with its evidence and a way out, in a list and on the network"),
                "H",
                True,
                checkable=True,
            ),
            _Entry(
                "weight",
                tr("Why did this weight move?"),
                tr("Follow the weight of an edge over the run, and see which data points moved it in the last update"),
                "Y",
                True,
                checkable=True,
            ),
            _Entry(
                "paint",
                tr("Paint data"),
                tr("Paint, erase and move points in the decision boundary; Esc ends it"),
                "P",
                True,
                "paint",
                True,
            ),
            _Entry(
                "answers",
                tr("Answers to all rows"),
                tr("Show what the network answers to every row of the data, its mistakes, and how much each costs"),
                "A",
                True,
                checkable=True,
            ),
            _Entry("dark", tr("Light or dark"), tr("Switch between the light and the dark look"), "D", True),
            _Entry(
                "projector",
                tr("Projector view"),
                tr("Fill the screen with figures, network and plots, large and without controls; Esc comes back"),
                "F11",
                checkable=True,
            ),
            _Entry("reset_layout", tr("Reset layout"), tr("Bring every panel back to where it was at first")),
            _Entry("next_panel", tr("Next panel"), tr("Give the keys to the panel that was opened, or the next"), "F6"),
            _Entry("previous_panel", tr("Panel before"), tr("Give the keys to the panel before"), "Shift+F6"),
            _Entry(
                "teacher_view",
                tr("Teacher's view…"),
                tr("Choose which controls and panels are shown; the choice is saved with the experiment"),
            ),
            _Entry("show_everything", tr("Show everything"), tr("Bring back every control and panel that is hidden")),
            _Entry("shortcut_sheet", tr("Keyboard shortcuts"), tr("Show every key that does something"), "Ctrl+F1"),
            _Entry(
                "whats_this",
                tr("What is this?"),
                tr("Click anything in the window, and it is explained in a sentence"),
                "Shift+F1",
            ),
            _Entry("introduction", tr("Introduction"), tr("Show the three steps of the first start again")),
            _Entry(
                "report_problem",
                tr("Report a problem"),
                tr("Copy versions and the latest faults, to be pasted where nnviz is developed; no data, no names"),
            ),
            _Entry("about", tr("About nnviz"), tr("Version and what nnviz is")),
            _Entry("data_sources", tr("Data sources and licences"), tr("Where the real data sets come from")),
        )

    def _build(self, entry: _Entry) -> QAction:
        action = QAction(entry.text, self)
        action.setCheckable(entry.checkable)
        action.setIconVisibleInMenu(False)
        action.setToolTip(entry.tooltip)
        action.setWhatsThis(entry.tooltip)
        action.setStatusTip(entry.tooltip)
        if entry.key is not None:
            self._set_key(action, QKeySequence(entry.key), single=entry.single)
        return action

    def _set_key(self, action: QAction, sequence: QKeySequence, *, single: bool = False) -> None:
        """Give `action` a key, and say so in its tooltip."""
        action.setShortcut(sequence)
        key = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(self.tr("{0}  ({1})").format(action.toolTip(), key))
        action.setWhatsThis(action.toolTip())
        if single:
            # Shown in menus, but never fired by Qt: the window's keyPressEvent does that.
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._single[sequence.toString()] = action

    @property
    def of_network(self) -> tuple[QAction, QAction, QAction]:
        """The actions above the network: try an input, worked arithmetic, fit."""
        return self.try_input, self.worked, self.fit_network

    @property
    def of_panels(self) -> tuple[QAction, QAction]:
        """The actions that go from panel to panel: on and back."""
        return self.next_panel, self.previous_panel

    def everywhere(self) -> list[QAction]:
        """Return the actions whose keys act wherever the focus is, even while the menu bar is hidden."""
        known = [*(getattr(self, entry.name) for entry in self._entries), *self.layouts.values()]
        return [action for action in known if action.shortcutContext() != Qt.ShortcutContext.WidgetShortcut]

    def for_key(self, event: QKeyEvent, focus: QWidget | None = None) -> QAction | None:
        """Return the action of a single key, or None; None, too, where `focus` is an editor."""
        if rests(focus):
            return None
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


def rests(focus: QWidget | None) -> bool:
    """Whether single keys rest because something is being typed; a text that is only read takes none."""
    return isinstance(focus, _EDITORS) and not (isinstance(focus, QTextEdit) and focus.isReadOnly())
