"""The lesson that is open in the window, and how far each one has been followed: kept between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Signal

from nnviz.ui.widgets.stored_settings import alone_with, stored_texts

if TYPE_CHECKING:
    from nnviz.lessons.conditions import Part
    from nnviz.lessons.facts import Facts
    from nnviz.lessons.player import Player, Stage
    from nnviz.lessons.schema import LessonSpec, StepSpec


#: The setting: "name position" of every lesson that was begun; a position past the last step is the end.
FOLLOWED = "lessons"


class PlayedLesson(QObject):
    """Plays one lesson at a time on a stage.

    Parameters
    ----------
    stage : Stage
    settings : QSettings or None
        Where it is kept how far lessons have been followed; None: nowhere.
    parent : QObject or None

    Attributes
    ----------
    name : str
        Of the lesson that is open, or the path of its file; empty: none is open.
    is_away : bool
        Whether the pupil has wandered off since the step began.

    Signals
    -------
    changed : ()
        Another step, hint, readiness or wandering.
    opened : ()
        A lesson has been opened, or another one.
    closed : ()
    """

    changed = Signal()
    opened = Signal()
    closed = Signal()

    def __init__(self, stage: Stage[Any], settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage, self._settings = stage, settings
        self._player: Player[Any] | None = None
        self.name = ""
        self.is_away = False

    # -- what there is ------------------------------------------------------------------------------------------

    @property
    def lesson(self) -> LessonSpec | None:
        """The lesson that is open."""
        return self._player.lesson if self._player is not None else None

    @property
    def step(self) -> StepSpec | None:
        """The present step."""
        return self._player.step if self._player is not None and self._player.position >= 0 else None

    @property
    def position(self) -> int:
        """The present step, counted from 0; −1 where no lesson is open."""
        return self._player.position if self._player is not None else -1

    @property
    def is_met(self) -> bool:
        """Whether what the step waits for has come."""
        return self._player is not None and self._player.is_met

    @property
    def shows_hint(self) -> bool:
        """Whether the step's hint is to be read."""
        return self._player is not None and self._player.shows_hint

    @property
    def is_last(self) -> bool:
        """Whether no step comes after the present one."""
        return self._player is not None and self._player.is_last

    @property
    def is_catching_up(self) -> bool:
        """Whether the steps before one that was asked for are being done."""
        return self._player is not None and self._player.is_catching_up

    def progress(self) -> tuple[Part, ...]:
        """Return what the step waits for, part by part."""
        return self._player.progress() if self._player is not None and self._player.position >= 0 else ()

    def followed(self, name: str) -> int:
        """Return the furthest step of a lesson that was reached, counted from 1; 0: it was never begun."""
        return self._all_followed().get(name, 0)

    # -- what one does ------------------------------------------------------------------------------------------

    def open(self, lesson: LessonSpec, name: str, position: int = 0) -> None:
        """Begin `lesson` at a step, with all that the steps before it do."""
        from nnviz.lessons.player import Player

        self.name = name
        self._player = Player(lesson, self._stage, self._on_changed)
        self.is_away = False
        self.opened.emit()
        self._player.start(position)

    def close(self) -> None:
        """Leave the lesson; the experiment stays as it is."""
        if self._player is None:
            return
        self._player, self.name = None, ""
        self._stage.point_at(None)
        self.closed.emit()

    def enter(self, position: int) -> None:
        """Go to a step directly: one back as one has seen it, any other by doing what lies before it."""
        player = self._player
        if player is None or position == player.position:
            return
        if position == player.position - 1:
            self.go_back()
        else:
            self.open(player.lesson, self.name, position)

    def go_on(self) -> bool:
        """Go to the next step, or show the hint of one that still waits; return whether there was anything to do."""
        player = self._player
        if player is None or (player.is_last and (player.is_met or player.shows_hint or not player.step.hint)):
            return False
        self.is_away = False
        player.go_on()
        return True

    def go_back(self) -> bool:
        """Go to the step before, as it was when it began; return whether there is one."""
        if self._player is None or self._player.position < 1:
            return False
        self.is_away = False
        self._player.go_back()
        return True

    def restore(self) -> None:
        """Come back to where the present step begins."""
        if self._player is not None:
            self.is_away = False
            self._player.restore()

    # -- what happens -------------------------------------------------------------------------------------------

    def notice(self, event: str) -> None:
        """Hear that the pupil has done something of `nnviz.lessons.facts.EVENTS`."""
        if self._player is not None and self._player.position >= 0:
            self._player.notice(event)

    def wander(self) -> None:
        """Hear that the pupil has changed the experiment."""
        if self._player is not None and not self.is_away:
            self.is_away = True
            self.changed.emit()

    def look(self) -> None:
        """Judge the present step by the latest frame."""
        if self._player is not None:
            self._player.look()

    def facts(self) -> Facts:
        """Return what is the case."""
        return self._stage.facts(frozenset())

    def _on_changed(self) -> None:
        player = self._player
        if player is None:
            return
        if player.is_own:
            # It may have been set up anew.
            self.is_away = False
        if not self.is_catching_up:
            done = player.is_last and player.is_met
            self._follow(player.position + 1 + done)
        self.changed.emit()

    def _all_followed(self) -> dict[str, int]:
        pairs = (text.rpartition(" ") for text in stored_texts(self._settings, FOLLOWED))
        return {name: int(step) for name, _, step in pairs if name and step.isdecimal() and len(step) < 5}

    def _follow(self, step: int) -> None:
        settings = self._settings
        if settings is None or not self.name or self.followed(self.name) >= step:
            return
        with alone_with(settings):
            known = self._all_followed() | {self.name: step}
            settings.setValue(FOLLOWED, [f"{name} {furthest}" for name, furthest in known.items()])
