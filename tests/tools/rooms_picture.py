"""Draw `resources/pictures/rooms.svg`: the packages and the rooms of the window, and who imports whom.

Run with ``python -m tests.tools.rooms_picture``. The arrows are the imports that the sources make now, without those
that a longer way implies; `tests/test_documents.py` compares the picture with them.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from html import escape
from pathlib import Path

from tests.import_rules import BELOW, PACKAGE, TOP, modules

PICTURE = Path(__file__).parents[2] / "resources" / "pictures" / "rooms.svg"
COMMAND = "python -m tests.tools.rooms_picture"

# Where everything stands: floor from the top, first and last column. Who is imported stands below, so that every arrow
# points straight down.
PLACES = {
    "top": (0, 0, 12),
    "ui.window": (1, 0, 12),
    "ui.ab": (2, 1, 2),
    "ui.boundary": (2, 3, 3),
    "ui.documents": (3, 0, 0),
    "ui.setup": (3, 1, 1),
    "ui.network": (3, 2, 2),
    "ui.painting": (3, 3, 3),
    "ui.answers": (3, 4, 4),
    "ui.loss": (3, 5, 5),
    "ui.explain": (3, 6, 6),
    "ui.stage": (3, 7, 7),
    "ui.walls": (3, 8, 8),
    "ui.timeline": (3, 9, 9),
    "ui.guide": (3, 10, 10),
    "ui.race": (3, 11, 11),
    "ui.lessons": (3, 12, 12),
    "ui.commands": (4, 0, 0),
    "ui.form": (4, 1, 1),
    "ui.plots": (4, 2, 7),
    "ui.widgets": (5, 0, 12),
    "session": (6, 0, 1),
    "export": (6, 2, 5),
    "lessons": (7, 7, 7),
    "drawing": (7, 2, 3),
    "qt_libraries": (7, 4, 5),
    "sweeps": (7, 1, 1),
    "experiment": (8, 0, 12),
    "data": (9, 0, 3),
    "assets": (10, 0, 1),
    "sklearn": (10, 2, 2),
    "core": (11, 0, 3),
}
#: What is no package, and so has no docstring of its own to be quoted here.
WORDS = {
    "top": "the application and the command line: process-wide settings, and everything put together",
    "qt_libraries": "whether Qt can start here",
    "assets": "the only reader of resources/",
    "sklearn": "estimators for scikit-learn",
}

#: What every room may import, and most do: it is drawn as what they stand on, without arrows.
GROUND = "ui.widgets"

WIDTH, MARGIN, GAP, ARROW = 168, 26, 16, 30
HEIGHT, STEP, FRAME = 74, 15, 14
BACKGROUND, INK, QUIET, ROOM, PART, LINE = "#ffffff", "#1c2430", "#4a5563", "#e8f1fa", "#f4f5f7", "#9aa5b3"


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture, in pixels."""

    name: str
    left: int
    top: int
    width: int
    height: int = HEIGHT

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height


def imports() -> dict[str, set[str]]:
    """Return by package, and by room of the window, whom its modules import, where the rules allow it.

    A room has other rooms of the window only, and the window as a whole, "ui", has other packages only.
    """
    found: dict[str, set[str]] = {name: set() for name in (*PLACES, "ui")}
    for module in modules():
        part = "top" if module.part in TOP else module.part
        for name in module.own_imports:
            other, room = name.split(".")[0], ".".join(name.split(".")[:2])
            if other == part == "ui" and room != module.room and room in BELOW.get(module.room, ()):
                found[module.room].add(room)
            elif other != part and (part == "top" or other in BELOW[part]) and other in found:
                found[part].add(other)
    return found


def shortened(arrows: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    """Return the arrows that no longer way implies, without those to the ground."""

    def reached(name: str) -> set[str]:
        return {name}.union(*(reached(other) for other in arrows[name]))

    return {
        name: {other for other in others if not any(other in reached(way) for way in others - {other})} - {GROUND}
        for name, others in arrows.items()
    }


def words_of(name: str) -> str:
    """Return what a box says below its name: the first sentence of the package, or its line in ui/__init__.py."""
    if name in WORDS:
        return WORDS[name]
    folder, _, room = name.partition(".")
    doc = ast.get_docstring(ast.parse((PACKAGE / folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    if room:
        line = re.search(rf"^- `{room}`: (.*)$", doc, re.MULTILINE)
        assert line is not None
        return line[1].replace("*", "")
    sentence = re.split(r"\.\s", " ".join(doc.split()))[0]
    return sentence[0].lower() + sentence[1:]


def boxes() -> dict[str, Box]:
    """Return where each package and room stands, and "ui", the frame round the rooms."""
    places = {}
    for name, (floor, first, last) in PLACES.items():
        # The frame takes room above the first room and below the last.
        top = MARGIN + floor * (HEIGHT + ARROW) + FRAME * ((floor > 0) + (floor > PLACES[GROUND][0]))
        places[name] = Box(name, MARGIN + first * (WIDTH + GAP), top, (last - first + 1) * (WIDTH + GAP) - GAP)
    rooms = [box for name, box in places.items() if name.startswith("ui.")]
    top, bottom = min(box.top for box in rooms) - FRAME, max(box.bottom for box in rooms) + FRAME
    right = max(box.right for box in rooms) + FRAME
    places["ui"] = Box("ui", MARGIN - FRAME, top, right - MARGIN + FRAME, bottom - top)
    return places


def picture() -> str:
    """Return the SVG.

    Raises
    ------
    ValueError
        Where an arrow does not point down, or would cross a box: `PLACES` has to change then.
    """
    places = boxes()
    frame = places.pop("ui")
    width, height = (max(getattr(box, end) for box in places.values()) + MARGIN for end in ("right", "bottom"))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="DejaVu Sans, Verdana, sans-serif">',
        "<title>The packages of nnviz and the rooms of its window: arrows point to what is imported</title>",
        '<defs><marker id="tip" markerWidth="9" markerHeight="9" refX="7" refY="4" orient="auto">'
        f'<path d="M0,0 L8,4 L0,8 z" fill="{QUIET}"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="{BACKGROUND}"/>',
        f'<rect x="{frame.left}" y="{frame.top}" width="{frame.width}" height="{frame.height}" rx="12" '
        f'fill="{PART}" stroke="{LINE}"/>',
        f'<text x="{MARGIN}" y="{frame.top + FRAME + HEIGHT + 2 * ARROW}" font-size="13" font-weight="bold" '
        f'fill="{INK}">ui</text>',
        *(line for box in places.values() for line in _box(box)),
        *_arrows(places, frame),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _box(box: Box) -> Iterator[str]:
    fill = ROOM if box.name.startswith("ui.") else PART
    title = "app, cli, headless" if box.name == "top" else box.name.removeprefix("ui.")
    lines = textwrap.wrap(words_of(box.name), width=(box.width - 16) // 7)[:3]
    yield (
        f'<rect x="{box.left}" y="{box.top}" width="{box.width}" height="{HEIGHT}" rx="8" fill="{fill}" '
        f'stroke="{LINE}"/>'
    )
    middle, y = box.left + box.width // 2, box.top + 18 + (3 - len(lines)) * STEP // 2
    yield (
        f'<text x="{middle}" y="{y}" font-size="13" font-weight="bold" fill="{INK}" text-anchor="middle">{title}</text>'
    )
    for count, line in enumerate(lines, start=1):
        yield (
            f'<text x="{middle}" y="{y + count * STEP}" font-size="11" fill="{QUIET}" text-anchor="middle">'
            f"{escape(line)}</text>"
        )


def _arrows(places: Mapping[str, Box], frame: Box) -> Iterator[str]:
    for name, others in shortened(imports()).items():
        for other in sorted(others):
            upper, lower = ({**places, "ui": frame}[end] for end in (name, other))
            left, right = max(upper.left, lower.left), min(upper.right, lower.right)
            x = (left + right) // 2
            inside = (box for box in places.values() if box.left < x < box.right)
            crossed = [box.name for box in inside if upper.bottom <= box.top < lower.top]
            if right <= left or lower.top < upper.bottom or crossed:
                raise ValueError(f"no straight arrow leads down from {name} to {other}: {crossed}")
            yield (
                f'<path d="M{x},{upper.bottom} L{x},{lower.top - 1}" stroke="{QUIET}" stroke-width="1.3" fill="none" '
                'marker-end="url(#tip)"/>'
            )


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    print(f"Wrote {PICTURE}.")
