"""Type and contrast of every lesson that ships, on the stage: ``python tests/benchmarks/stage_lessons.py [NAME …]``.

Each step of each lesson is entered and shown on the stage as it stands before anything is trained on, with one, two and
four views, in light and in dark. Every text that is painted must be 2.2 % of the stage's height (1.9 % with four views)
and stand out from the ground that it lies on: 7 : 1. Prints what falls short; exit status 1 where anything does.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
# Chooses the platform, before Qt is imported.
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.app import create_application, create_window
from nnviz.drawing.confusion import contrast
from nnviz.lessons.files import LIBRARY
from nnviz.ui.stage.quick_painter import QuickPainter
from nnviz.ui.stage.stage_window import StageWindow
from nnviz.ui.window.main_window import MainWindow
from tests.tools.two_screens import SIZE

VIEWS = ((("network",), 0.022), (("network", "boundary"), 0.022), (("network", "boundary", "loss", "score"), 0.019))
LEAST = 7.0


@dataclass(frozen=True)
class Written:
    """A text that was painted: what, how high, in which colour, and where on the picture of its widget."""

    text: str
    height: float
    colour: QColor
    place: QRect


@contextmanager
def noted(texts: list[Written]) -> Iterator[None]:
    """Take down every text that is painted."""
    of_qt, of_quick = QPainter.drawText, QuickPainter.drawText

    def note(painter: QPainter, arguments: tuple[Any, ...]) -> None:
        text = next((each for each in arguments if isinstance(each, str)), "")
        metrics, where = QFontMetricsF(painter.font()), arguments[0]
        if not text.strip() or painter.opacity() < 1.0:
            return
        if isinstance(where, QPointF):
            room = metrics.boundingRect(text).translated(where)
        elif isinstance(where, QRectF | QRect):
            flags = next((int(each) for each in arguments[1:] if not isinstance(each, str)), 0)
            room = metrics.boundingRect(QRectF(where), flags, text)
        else:
            return
        height = QFontInfo(painter.font()).pixelSize()
        place = painter.deviceTransform().mapRect(room).toAlignedRect()
        texts.append(Written(text, height, QColor(painter.pen().color()), place))

    def spy(painter: QPainter, *arguments: Any) -> Any:
        if not isinstance(painter, QuickPainter):
            note(painter, arguments)
        return of_qt(painter, *arguments)

    def quick_spy(painter: QuickPainter, *arguments: Any) -> Any:
        note(painter, arguments)
        return of_quick(painter, *arguments)

    QPainter.drawText, QuickPainter.drawText = spy, quick_spy  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        QPainter.drawText, QuickPainter.drawText = of_qt, of_quick  # type: ignore[method-assign]


def around(picture: QImage, place: QRect, ink: QColor) -> tuple[QColor, bool]:
    """Return the colour that surrounds a text most, of those that are not its own, and whether there is one."""
    counted: Counter[int] = Counter()
    inside = place.intersected(picture.rect())
    for y in range(inside.top(), inside.bottom() + 1):
        for x in range(inside.left(), inside.right() + 1):
            counted[picture.pixel(x, y)] += 1
    if not counted:
        return ink, True
    (most, n), total = counted.most_common(1)[0], sum(counted.values())
    return QColor.fromRgb(most), n > 0.4 * total


def faults(stage: StageWindow, parts: list[QWidget], least: float) -> list[str]:
    """Return what of a stage that is shown cannot be read from the last row."""
    found = []
    for part in parts:
        texts: list[Written] = []
        # As wide as it is not, so that nothing is taken from what was painted before.
        part.resize(part.width() + 1, part.height())
        with noted(texts):
            picture = part.grab().toImage()
        for each in texts:
            if each.height + 0.5 < least * stage.height():
                found.append(f"{each.text!r} is {100 * each.height / stage.height():.1f} % high")
            ground, is_plain = around(picture, each.place, each.colour)
            ratio = contrast(each.colour, ground)
            if is_plain and ratio < LEAST:
                found.append(f"{each.text!r} {each.colour.name()} on {ground.name()} is {ratio:.1f} : 1")
    return found


def look_at(window: MainWindow, name: str) -> list[str]:
    """Return what falls short in a lesson."""
    led, lessons = window.stage.presentation, window.lessons
    assert lessons.open_by_user(name)
    window.pause()
    window.controller.wait_idle()
    stage = led.stage
    assert stage is not None
    found: dict[str, None] = {}
    for number, step in enumerate(LIBRARY[name].steps):
        lessons.played.enter(number)
        window.pause()
        window.controller.wait_idle()
        for dark in (False, True):
            if stage.theme.dark != dark:
                led.toggle_dark()
            for views, least in VIEWS:
                led.choose(views)
                led.show_text(step.say)
                stage.resize(*SIZE)
                QApplication.processEvents()
                parts = [stage.figures, stage.caption, *(stage.tile(view) for view in views)]
                look = "dark" if dark else "light"
                found |= {f"{look}, {len(views)} views: {fault}": None for fault in faults(stage, parts, least)}
    return list(found)


def main() -> int:
    """Look at all lessons, or those that are named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    create_application([])
    window = create_window(theme="light")
    window.resize(*SIZE)
    window.controller.wait_idle()
    window.actions_.projector.trigger()
    failed = False
    for name in options.names or LIBRARY:
        found = look_at(window, name)
        failed |= bool(found)
        print(f"{name:32} {'; '.join(found) or 'legible'}", flush=True)
    window.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
