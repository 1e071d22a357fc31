"""What stands above the columns of the network diagram: titles, numbers of units, and the controls − + × ⊕.

Narrow columns take more rows instead of losing controls: an arrangement is tried after the other, and the first one in
which everything has room counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

ControlKind = Literal["add_unit", "remove_unit", "insert_layer", "remove_layer", "activation", "show_layers"]

_AT_END = Qt.TextElideMode.ElideRight
SMALLEST_CONTROL = 12.0
"""Side of the smallest square that is still hit with a mouse, in pixels."""


class HeaderControl(Struct, frozen=True):
    """A place in the diagram that changes the network, or what is shown of it, when clicked.

    Attributes
    ----------
    kind : ControlKind
    index : int
        Hidden layer (1 …) for units and removal; for insertion the position among the hidden layers (0 …); for an
        activation its layer (1 … L); for layers to be shown the hidden layer (1 …) to begin with.
    """

    kind: ControlKind
    index: int


class Arrangement(Struct, frozen=True):
    """Rows of a header, in lines of text from the top; None: there is no such row.

    Attributes
    ----------
    kind : float or None
        Row of the activations; None: they stand behind the names.
    count : float
        Row of the numbers of units.
    units : float or None
        Row of − and +; where it is `count` they stand on both sides of the number.
    insert, remove : float or None
        Rows of ⊕ between columns and of ×; ``remove = 0`` is behind the title.
    height : float
    """

    kind: float | None
    count: float
    units: float | None
    insert: float | None
    remove: float | None
    height: float


TITLE_ROW = 0.25
ARRANGEMENTS = (
    Arrangement(None, 1.6, 1.6, 1.6, 0.0, 3.0),
    Arrangement(1.2, 2.35, 2.35, 2.35, 0.0, 3.7),
    Arrangement(1.2, 2.35, 2.35, 3.65, 0.0, 5.0),
    Arrangement(1.2, 2.2, 3.3, 4.6, 4.6, 5.9),
    Arrangement(1.2, 2.25, None, None, None, 3.4),
)
PLAIN_ARRANGEMENTS = (
    Arrangement(None, 1.3, None, None, None, 2.4),
    Arrangement(1.2, 2.2, None, None, None, 3.3),
)


class Header(Struct, frozen=True):
    """Headers of all columns: texts ("" where there is no room) and boxes, one per column.

    Attributes
    ----------
    titles, kinds, counts : tuple of str
    title_rects, kind_rects, count_rects : tuple of QRectF
    controls : tuple of (HeaderControl, QRectF)
    activations : tuple of (HeaderControl, QRectF)
        Where the activations of the layers stand.
    height : float
        Pixels.
    """

    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    counts: tuple[str, ...]
    title_rects: tuple[QRectF, ...]
    kind_rects: tuple[QRectF, ...]
    count_rects: tuple[QRectF, ...]
    controls: tuple[tuple[HeaderControl, QRectF], ...]
    activations: tuple[tuple[HeaderControl, QRectF], ...]
    height: float


def _tr(text: str) -> str:
    return QCoreApplication.translate("diagram", text)


def _names(n_hidden: int) -> tuple[list[str], list[str], list[str]]:
    """Names of the columns: long, short and shortest."""
    numbers = [str(k + 1) for k in range(n_hidden)]
    return (
        [_tr("inputs"), *(_tr("hidden {0}").format(number) for number in numbers), _tr("output")],
        [_tr("in"), *(f"h{number}" for number in numbers), _tr("out")],
        [_tr("in"), *numbers, _tr("out")],
    )


def arrange_header(
    arrangement: Arrangement,
    places: Sequence[tuple[int, float]],
    pitch: float,
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    width: float,
    text: QFontMetricsF,
    *,
    last_resort: bool,
) -> Header | None:
    """Fill an arrangement, or return None where something has no room; the last resort leaves out what has none.

    Parameters
    ----------
    places : sequence of (int, float)
        Layers that have a column, and its centre.
    pitch : float
        Distance between neighbouring columns.
    sizes, activations : as in `DiagramShape`
    width : float
        Of the diagram.
    text : QFontMetricsF
    last_resort : bool
    """
    line = text.height()
    layers, xs = [layer for layer, _ in places], [x for _, x in places]
    room = pitch - 0.1 * line
    size = min(1.25 * line, pitch / 3.2 if arrangement.units == arrangement.count else pitch / 2.0 - 1.5)
    has_controls = arrangement.units is not None
    if has_controls and len(sizes) > 2 and size < SMALLEST_CONTROL:
        return None
    # × stands behind a centred title, so the title needs as much room in front.
    spare = 2.0 * (min(size, line) + 0.1 * line) if arrangement.remove == 0.0 else 0.2 * line
    space = (room, spare, width - xs[-1] - 2.0)
    texts = _texts(arrangement, layers, activations, space, text, last_resort=last_resort)
    if texts is None:
        return None
    titles, kinds = texts
    numbers = [str(sizes[layer]) for layer in layers]
    counts = [number if text.horizontalAdvance(number) <= pitch - 2.0 else "" for number in numbers]
    boxes = []
    for x, title in zip(xs, titles, strict=True):
        # The outermost titles stay inside, even where their column is close to the border.
        half = text.horizontalAdvance(title) / 2.0 + 2.0
        middle = min(max(x, half + 2.0), width - half - 2.0)
        boxes.append(QRectF(middle - half, TITLE_ROW * line, 2.0 * half, line))
    kind_boxes = _kind_boxes(xs, kinds, pitch, (arrangement.kind or TITLE_ROW) * line, text)
    header = Header(
        titles=tuple(titles),
        kinds=tuple(kinds),
        counts=("", *counts[1:-1], ""),
        title_rects=tuple(boxes),
        kind_rects=tuple(kind_boxes),
        count_rects=tuple(QRectF(x - pitch / 2, arrangement.count * line, pitch, 1.1 * line) for x in xs),
        controls=tuple(_controls(arrangement, places, pitch, boxes, counts, size, text)) if has_controls else (),
        activations=tuple(_activations(arrangement, layers, (boxes, kind_boxes), kinds, activations, text)),
        height=arrangement.height * line,
    )
    return header if last_resort or _has_room(header, width) else None


def _kind_boxes(
    xs: Sequence[float], kinds: Sequence[str], pitch: float, top: float, text: QFontMetricsF
) -> list[QRectF]:
    """Return the boxes of the second lines: as wide as a column; the last one reaches to the right where it must."""
    boxes = [QRectF(x - pitch / 2.0, top, pitch, text.height()) for x in xs]
    wide = text.horizontalAdvance(kinds[-1])
    if len(xs) > 1 and wide > pitch:
        left = xs[-2] + text.horizontalAdvance(kinds[-2]) / 2.0 + 0.1 * text.height()
        boxes[-1] = QRectF(max(left, xs[-1] - wide / 2.0), top, wide, text.height())
    return boxes


def _texts(
    arrangement: Arrangement,
    layers: Sequence[int],
    activations: tuple[str, ...],
    space: tuple[float, float, float],
    text: QFontMetricsF,
    *,
    last_resort: bool,
) -> tuple[list[str], list[str]] | None:
    """Return titles and second lines: the longest names that leave `spare` of `room` free.

    `beside` is what there is from the middle of the last column to the border.
    """
    room, spare, beside = space

    def fit(titles: list[str]) -> bool:
        inner = [text.horizontalAdvance(title) + spare for title in titles[1:-1]]
        outer = [text.horizontalAdvance(title) for title in (titles[0], titles[-1])]
        return max(inner + outer) <= room

    names = [[each[layer] for layer in layers] for each in _names(layers[-1] - 1)]
    kinds = [activations[layer - 1] if layer else "" for layer in layers]
    if arrangement.kind is None:
        joined = [f"{name} · {kind}" if kind else name for name, kind in zip(names[0], kinds, strict=True)]
        return (joined, [""] * len(joined)) if fit(joined) else None
    # Mere numbers are for where nothing else helps.
    allowed = names if arrangement.remove != 0.0 else names[:2]
    titles = next((each for each in allowed if fit(each)), None)
    if titles is None:
        if not last_resort:
            return None
        titles = _every_so_many(names[2], room, text)
    rooms = [room] * len(kinds)
    if len(kinds) > 1:
        # Beside the last column there are names of outputs, but not up here.
        before = text.horizontalAdvance(kinds[-2])
        rooms[-1] = max(room, room - min(before, room) / 2.0 + beside)
    fitting = zip(kinds, rooms, strict=True)
    return titles, [text.elidedText(kind, _AT_END, room) if room > 28.0 else "" for kind, room in fitting]


def _every_so_many(titles: list[str], room: float, text: QFontMetricsF) -> list[str]:
    """Return the titles of every layer, every second, fifth, tenth …, as many as keep clear of each other.

    The first and the last stay wherever their neighbours leave room.
    """
    widths = [text.horizontalAdvance(title) for title in titles]
    widest = max(widths[1:-1], default=0.0)
    step = next((step for step in (1, 2, 5, 10, 20, 50) if step * room >= widest), 100)
    shown = [title if k % step == 0 and 0 < k < len(titles) - 1 else "" for k, title in enumerate(titles)]
    for outer, direction in ((0, 1), (len(titles) - 1, -1)):
        other = next(
            (
                k
                for k in range(1, len(titles))
                if 0 <= outer + direction * k < len(titles) and shown[outer + direction * k]
            ),
            None,
        )
        if other is None or (widths[outer] + widths[outer + direction * other]) / 2.0 <= other * room:
            shown[outer] = titles[outer]
    return shown


def _activations(
    arrangement: Arrangement,
    layers: Sequence[int],
    boxes: tuple[list[QRectF], list[QRectF]],
    kinds: list[str],
    activations: tuple[str, ...],
    text: QFontMetricsF,
) -> Iterator[tuple[HeaderControl, QRectF]]:
    """Yield where each activation stands that is said: in a row of its own, or at the end of the title."""
    line = text.height()
    for layer, title, below, kind in list(zip(layers, *boxes, kinds, strict=True))[1:]:
        if arrangement.kind is None:
            wide = text.horizontalAdvance(activations[layer - 1])
            yield HeaderControl("activation", layer), QRectF(title.right() - 2.0 - wide, title.top(), wide, line)
        elif kind:
            wide = text.horizontalAdvance(kind)
            yield HeaderControl("activation", layer), QRectF(below.center().x() - wide / 2.0, below.top(), wide, line)


def _controls(
    arrangement: Arrangement,
    places: Sequence[tuple[int, float]],
    pitch: float,
    titles: list[QRectF],
    counts: list[str],
    size: float,
    text: QFontMetricsF,
) -> list[tuple[HeaderControl, QRectF]]:
    line = text.height()

    def box(x: float, row: float, size: float = size) -> QRectF:
        return QRectF(x - size / 2.0, row * line + (1.1 * line - size) / 2.0, size, size)

    controls: list[tuple[HeaderControl, QRectF]] = []
    assert arrangement.units is not None
    assert arrangement.insert is not None
    assert arrangement.remove is not None
    beside = arrangement.units == arrangement.count
    for (layer, x), title, count in list(zip(places, titles, counts, strict=True))[1:-1]:
        digits = text.horizontalAdvance(count) if beside else 0.0
        least = (digits + size) / 2.0 + 0.1 * line if beside else size / 2.0 + 0.5
        offset = max(min(1.45 * line, pitch / 2.0 - size / 2.0 - 1.0), least) if beside else least
        controls.append((HeaderControl("remove_unit", layer), box(x - offset, arrangement.units)))
        controls.append((HeaderControl("add_unit", layer), box(x + offset, arrangement.units)))
        if arrangement.remove == 0.0:
            # No higher than the title, which has another row below it.
            side = min(size, line)
            cross = box(title.right() + side / 2.0, TITLE_ROW - 0.05, side)
        else:
            cross = box(x, arrangement.remove)
        controls.append((HeaderControl("remove_layer", layer), cross))
    for (position, before), (layer, after) in pairwise(places):
        if layer == position + 1:
            controls.append((HeaderControl("insert_layer", position), box((before + after) / 2.0, arrangement.insert)))
    return controls


def _has_room(header: Header, width: float) -> bool:
    """Whether no control touches another one or a title, and all are inside."""
    boxes = [rect for _, rect in header.controls]
    blocks = boxes + list(header.title_rects)
    inside = all(box.left() >= 0.0 and box.right() <= width for box in blocks)
    return inside and not any(first.intersects(second) for k, first in enumerate(blocks) for second in blocks[k + 1 :])
