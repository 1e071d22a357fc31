"""The application: process-wide settings, theme, the window, and a clean end.

Everything that concerns the whole process is here (and in `nnviz.cli`), so that a notebook or another application that
imports nnviz keeps its own settings.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from nnviz.quick_start import collecting_later, copying_on_demand, importing_plainly, spare_reading

with collecting_later():
    # Once PySide is there, it reads the source of every module that is imported: what does without Qt comes first.
    from nnviz import __version__
    from nnviz.assets import icon_file
    from nnviz.experiment import Document, Experiment, default_experiment
    from nnviz.terminal import ending_signals

    # isort: split
    from PySide6.QtCore import QCoreApplication, QObject, QSettings, QSize, Qt, QTimer, Slot

    # isort: split
    spare_reading()
    with importing_plainly():
        with copying_on_demand():
            import pyqtgraph as pg
        from PySide6.QtGui import QGuiApplication, QIcon
        from PySide6.QtWidgets import QApplication

        from nnviz.drawing.fonts import ensure_font, ui_font
        from nnviz.drawing.theme import DARK, LIGHT, THEMES, Theme
        from nnviz.session.abandoned import ends_with
        from nnviz.session.fault_log import FaultLog
        from nnviz.session.garbage import GarbageCollector
        from nnviz.session.made_exceptions import amid_handling
        from nnviz.session.pacing import share_interpreter
        from nnviz.ui.commands.actions import SYSTEM_THEME
        from nnviz.ui.widgets.help_text import install_translation
        from nnviz.ui.widgets.stored_settings import stored_choice, user_settings
        from nnviz.ui.widgets.style import palette_of, sheet_of
        from nnviz.ui.window.fault_bar import FaultBar, ProblemReport
        from nnviz.ui.window.main_window import MainWindow
        from nnviz.ui.window.start_overlay import Introduction

if TYPE_CHECKING:
    from nnviz.lessons.schema import LessonSpec
    from nnviz.sweeps.plan import Plan
    from nnviz.sweeps.task import Outcome
    from nnviz.ui.window.recovery import Recovery


#: A window that takes more than this share of the screen's height has no room for its own frame.
FULL_HEIGHT = 0.94


def create_application(argv: Sequence[str] | None = None) -> QApplication:
    """Return the application, made on the first call, with Fusion style and nnviz's process-wide settings."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(list(argv) if argv is not None else sys.argv[:1])
    QCoreApplication.setOrganizationName("nnviz")
    QCoreApplication.setApplicationName("nnviz")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName("nnviz")
    ensure_font()
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(icon_file("nnviz.svg"))))
    pg.setConfigOptions(antialias=True)
    return app


def apply_theme(app: QApplication, theme: Theme, *, follow_system: bool = False) -> None:
    """Give every widget, present and future, the look of `theme`.

    With `follow_system`, the desktop goes on saying whether it is light or dark: a scheme of our own would hide that.
    """
    if follow_system:
        app.styleHints().unsetColorScheme()
    else:
        app.styleHints().setColorScheme(Qt.ColorScheme.Dark if theme.dark else Qt.ColorScheme.Light)
    app.setPalette(palette_of(theme))
    # The size of type is the application's font and not a rule for every widget, which takes twice the time.
    font = ui_font(theme.font_size)
    if app.font() != font:
        app.setFont(font)
    sheet = sheet_of(theme)
    if app.styleSheet() != sheet:
        # Every widget there is would be polished again, those of other windows too.
        app.setStyleSheet(sheet)


@collecting_later()
def create_window(
    experiment: Experiment | Document | None = None,
    *,
    theme: str | None = None,
    settings: QSettings | None = None,
    show: bool = True,
) -> MainWindow:
    """Return the main window, shown.

    Parameters
    ----------
    experiment : Experiment or Document or None
        What to open; a `Document` brings its weights and curves along. None: the three-armed spiral.
    theme : str or None
        Name in `THEMES`, or "system"; None: the one last chosen, or the system's.
    settings : QSettings or None
        Where window geometry, speed and theme are remembered; None: nowhere.
    show : bool
        Whether the window is shown at once.

    Returns
    -------
    MainWindow
        It is deleted after it has been closed: keep what is wanted of it before.
    """
    app = create_application()
    install_translation()
    choice = theme or _remembered_theme(settings)
    look = theme_of(app, choice)
    apply_theme(app, look, follow_system=choice == SYSTEM_THEME)
    document = experiment if isinstance(experiment, Document) else None
    start = document.experiment if document else experiment or default_experiment()
    assert isinstance(start, Experiment)
    window = MainWindow(start, look, settings)
    # Where a script drops a closed window, the collector would take it apart in any order and from any thread, while
    # Qt still asks its parts for their bounds.
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.show_theme_choice(choice)
    switch = _ThemeSwitch(app, window)
    window.theme_chosen.connect(switch.switch)
    Introduction(window)
    ProblemReport(window, _report)
    app.styleHints().colorSchemeChanged.connect(switch.follow)
    if document is not None:
        window.document_actions.show_document(document)
        # Whoever names a lesson wants to know what there is to look at.
        window.notes_bar.show_notes()
    if not window.layouts.is_sized:
        window.resize(start_size(QGuiApplication.primaryScreen().availableSize()))
    window.show_proportioned()
    if show:
        window.show()
    return window


def _report() -> str:
    """Return what nnviz finds on this computer, which asks many modules that a start does without."""
    from nnviz import doctor

    return doctor.report(measured=False)


class _ThemeSwitch(QObject):
    """Applies a theme that was chosen in the window to the whole application."""

    def __init__(self, app: QApplication, window: MainWindow) -> None:
        super().__init__(window)
        self._app = app
        self._window = window

    @Slot(str)
    def switch(self, choice: str) -> None:
        """Switch the application and the window to a theme, or to following the desktop."""
        following = choice == SYSTEM_THEME
        if following:
            # First let the desktop speak again; what it says is what is asked for next.
            self._app.styleHints().unsetColorScheme()
        theme = theme_of(self._app, choice)
        if self._window.projector.is_active:
            theme = theme.for_height(self._window.height())
        apply_theme(self._app, theme, follow_system=following)
        self._window.set_theme(theme, choice)

    @Slot(Qt.ColorScheme)
    def follow(self, scheme: Qt.ColorScheme) -> None:
        """Go from light to dark, or back, together with the desktop."""
        theme = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        if self._window.theme_choice == SYSTEM_THEME and theme is not self._window.theme:
            apply_theme(self._app, theme, follow_system=True)
            self._window.set_theme(theme, SYSTEM_THEME)


def theme_of(app: QApplication, choice: str) -> Theme:
    """Return the theme that a choice stands for; "system" is light or dark, as the desktop is."""
    if choice == SYSTEM_THEME:
        return DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return THEMES[choice]


def _remembered_theme(settings: QSettings | None) -> str:
    return stored_choice(settings, "theme", THEMES, SYSTEM_THEME)


def start_size(available: QSize) -> QSize:
    """Return most of the screen; of a small one all but what the window's own frame takes."""
    size = (available * 0.92).expandedTo(QSize(1280, 720))
    # The bar above the window would push its foot off the screen.
    return size.boundedTo(QSize(available.width(), int(FULL_HEIGHT * available.height())))


def main(
    argv: Sequence[str],
    experiment: Experiment | Document | None = None,
    table: Path | None = None,
    *,
    lesson: tuple[LessonSpec, str, int] | None = None,
    sweep: tuple[Plan, dict[int, Outcome]] | None = None,
) -> int:
    """Open the window and run until it is closed; return the exit status.

    Parameters
    ----------
    argv : sequence of str
    experiment : Experiment or Document or None
        As for `create_window`.
    table : Path or None
        A table whose columns the window asks about as soon as it stands.
    lesson : (LessonSpec, str, int) or None
        A lesson to be played, by what name its progress is remembered, and the step at which it begins, from 0.
    sweep : (Plan, dict of int to Outcome) or None
        The results of `nnviz sweep`, to be hung as a wall.
    """
    app = create_application(argv)
    # Only the application itself looks after files: a window in a script starts without all that.
    from nnviz.ui.window.recovery import Recovery, log_folder
    from nnviz.ui.window.start_overlay import introduce_once

    log = FaultLog(log_folder(), app)
    log.install()
    share_interpreter()
    collector = GarbageCollector(parent=app)
    collector.start()
    settings = user_settings()
    window = create_window(experiment, settings=settings)
    # The process ends with it, but not before its last words.
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    recovery = Recovery(window)
    watch_faults(log, recovery, window)
    introduce_once(window, settings, is_named=any(named is not None for named in (experiment, table, lesson)))
    # Once for all that is imported now, and once more when the first run has loaded the engine.
    collector.settle()
    window.controller.prepared_changed.connect(collector.settle, Qt.ConnectionType.SingleShotConnection)
    ticker = _close_on_signals(recovery)
    if table is not None:
        window.document_actions.open_by_user(str(table))
    if lesson is not None:
        window.lessons.open(*lesson)
    if sweep is not None:
        window.walls.keeper.show_sweep(*sweep)
    status = amid_handling(app.exec)
    ticker.stop()
    collector.stop()
    log.remove()
    ends_with(status)
    return status


def watch_faults(log: FaultLog, recovery: Recovery, window: MainWindow) -> FaultBar:
    """Let an unexpected exception be told in a bar and the work be kept at once; so, too, where the screen is lost."""
    report = window.findChild(ProblemReport)
    assert report is not None
    report.logged = log.text
    bar = FaultBar(report, window.theme)
    window.bar_stack.add(bar)
    # From whichever thread: bar and work belong to this one.
    log.happened.connect(bar.show_fault, Qt.ConnectionType.QueuedConnection)
    log.happened.connect(recovery.autosave.write_soon, Qt.ConnectionType.QueuedConnection)
    log.screen_lost.connect(recovery.write_at_once, Qt.ConnectionType.DirectConnection)
    return bar


def _close_on_signals(recovery: Recovery) -> QTimer:
    """Let Ctrl-C, SIGTERM and SIGHUP close the window as the user does, but for the question about unsaved edits.

    WORKAROUND: Python runs its signal handlers only between byte codes, and Qt's idle event loop needs a reason to come
    back to Python, which the returned timer is.
    """
    closing = _Closer(recovery)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        closing.wanted = True

    for number in ending_signals():
        signal.signal(number, on_signal)
    ticker = QTimer(recovery)
    ticker.setInterval(200)
    ticker.timeout.connect(closing.look)
    ticker.start()
    return ticker


class _Closer(QObject):
    def __init__(self, recovery: Recovery) -> None:
        super().__init__(recovery)
        self._recovery = recovery
        self._is_closing = False
        self.wanted = False

    @Slot()
    def look(self) -> None:
        # Closing takes more than a moment while a run ends; a second signal changes nothing about it.
        if self.wanted and not self._is_closing:
            self._is_closing = True
            self._recovery.close_at_once()
