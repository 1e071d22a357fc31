"""Truth tables: the few rows with which the field began, and those of published courses.

Each is complete, so that it has neither noise nor test rows.
"""

from __future__ import annotations

from msgspec import Struct


class TruthTable(Struct, frozen=True):
    """All rows of a Boolean function.

    Attributes
    ----------
    feature_names : tuple of str
    target_name : str
    class_names : (str, str)
        For 0 and for 1.
    rows : tuple of (tuple of int, int)
        Features and target, in the order of the source.
    """

    feature_names: tuple[str, ...]
    target_name: str
    class_names: tuple[str, str]
    rows: tuple[tuple[tuple[int, ...], int], ...]


_CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))

AND = TruthTable(("x1", "x2"), "and", ("0", "1"), tuple(((a, b), a & b) for a, b in _CORNERS))
OR = TruthTable(("x1", "x2"), "or", ("0", "1"), tuple(((a, b), a | b) for a, b in _CORNERS))
XOR = TruthTable(("x1", "x2"), "xor", ("0", "1"), tuple(((a, b), a ^ b) for a, b in _CORNERS))

SOURCE_B = TruthTable(
    ("smoking", "obesity", "exercise"),
    "diabetic",
    ("no", "yes"),
    (((0, 1, 0), 1), ((0, 0, 1), 0), ((1, 0, 0), 0), ((1, 1, 0), 1), ((1, 1, 1), 1)),
)

SOURCE_C = TruthTable(
    ("x1", "x2", "x3"),
    "y",
    ("0", "1"),
    (((0, 0, 1), 0), ((0, 1, 1), 1), ((1, 0, 1), 1), ((1, 1, 1), 0)),
)

SOURCE_E = TruthTable(
    ("x", "y", "z"),
    "F",
    ("0", "1"),
    tuple(
        ((x, y, z), int((x and y) or not z))
        for x, y, z in ((1, 1, 1), (1, 1, 0), (1, 0, 1), (1, 0, 0), (0, 1, 1), (0, 1, 0), (0, 0, 1), (0, 0, 0))
    ),
)
