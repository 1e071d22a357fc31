"""Every lesson that ships, through the real window: ``python tests/benchmarks/replay_lessons.py [NAME …]``.

A simulated clicker follows each to its end in one window, offscreen. Prints the seconds that each took and what it
promised and did not keep; exit status 1 where a lesson promises more than this one run keeps, or cannot be followed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer

from nnviz.app import create_application, create_window
from nnviz.lessons.files import LIBRARY
from tests.ui.lessons.replaying import replay

LOOK_MS = 10
LONGEST_S = 180.0


def until(is_so: Callable[[], bool]) -> None:
    """Turn the event loop until something is so."""
    loop, timer, end = QEventLoop(), QTimer(), time.monotonic() + LONGEST_S

    def look() -> None:
        if is_so() or time.monotonic() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    if not is_so():
        loop.exec()
    timer.stop()
    if not is_so():
        raise TimeoutError("what the step waits for has not come")


def main() -> int:
    """Follow all lessons, or those that are named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    create_application([])
    window = create_window(theme="light")
    window.resize(1280, 720)
    window.controller.wait_idle()
    failed = False
    for name in options.names or LIBRARY:
        started = time.monotonic()
        try:
            broken = replay(window, name, until)
        except (AssertionError, TimeoutError) as error:
            broken = [f"step {window.lessons.played.position + 1}: {error}"]
        failed |= bool(broken) and LIBRARY[name].share >= 0.9
        print(f"{name:32} {time.monotonic() - started:6.1f} s  {'; '.join(broken) or 'kept'}", flush=True)
    window.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
