"""`dataclass` made in less time: it does what the one of the standard library does."""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
import pickle
from functools import cached_property
from typing import Any, ClassVar

import pytest

from nnviz.core.records import dataclass
from tests.sources import PACKAGE, files

HERE = globals()


def _declare(decorate: Any, prefix: str) -> dict[str, type]:
    """Return the same classes, made by one decorator or the other."""

    @decorate(frozen=True)
    class Frozen:
        """Says what it is."""

        a: int
        b: tuple[int, ...] = (1, 2)
        c: list[int] = dataclasses.field(default_factory=list, compare=False)
        d: str = dataclasses.field(default="d", repr=False)
        kind: ClassVar[str] = "frozen"

        @cached_property
        def twice(self) -> int:
            return 2 * self.a

    @decorate
    class Plain:
        x: float
        y: float = 1.0

    @decorate(frozen=True, kw_only=True)
    class Named:
        first: int = 1
        second: int

    @decorate(frozen=True, eq=False)
    class Same:
        a: int

    @decorate(frozen=True, repr=False)
    class Own:
        a: int
        made: int = dataclasses.field(init=False, default=7)
        other: list[int] = dataclasses.field(init=False, default_factory=list)

        def __post_init__(self) -> None:
            if self.a < 0:
                raise ValueError(self.a)

        def __repr__(self) -> str:
            return "own"

        def __hash__(self) -> int:
            return 1

    @decorate(frozen=True)
    class Below(Frozen):
        e: int = 5

    @decorate(frozen=True)
    class Empty:
        pass

    found = {name: made for name, made in locals().items() if isinstance(made, type)}
    for name, made in found.items():
        made.__qualname__, made.__name__ = f"{prefix}{name}", name
        HERE[f"{prefix}{name}"] = made
    return found


OURS, THEIRS = _declare(dataclass, "Ours"), _declare(dataclasses.dataclass, "Theirs")
CALLS = [
    ("Frozen", (1,), {}),
    ("Frozen", (1, (3,)), {"c": [1], "d": "e"}),
    ("Plain", (2.0,), {"y": 3.0}),
    ("Named", (), {"second": 2}),
    ("Same", (4,), {}),
    ("Own", (4,), {}),
    ("Below", (1,), {"e": 6}),
    ("Empty", (), {}),
]


def _text(made: object) -> str:
    return repr(made).replace("Ours", "").replace("Theirs", "")


@pytest.mark.parametrize(("name", "places", "names"), CALLS)
def test_objects_are_made_shown_compared_and_copied_as_in_the_standard_library(name, places, names):
    ours, theirs = OURS[name](*places, **names), THEIRS[name](*places, **names)
    again = OURS[name](*places, **names)

    if name != "Same":
        assert _text(ours) == _text(theirs)
    assert vars(ours) == vars(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert (ours == again) == (theirs == THEIRS[name](*places, **names))
    assert ours != theirs
    assert [field.name for field in dataclasses.fields(ours)] == [field.name for field in dataclasses.fields(theirs)]
    assert OURS[name].__match_args__ == THEIRS[name].__match_args__
    assert vars(copy.deepcopy(ours)) == vars(pickle.loads(pickle.dumps(ours))) == vars(ours)
    assert vars(dataclasses.replace(ours)) == vars(ours)
    if name != "Plain":
        assert (hash(ours) == hash(again)) == (hash(theirs) == hash(THEIRS[name](*places, **names)))


@pytest.mark.parametrize("name", OURS)
def test_constructors_look_alike(name):
    assert str(inspect.signature(OURS[name])) == str(inspect.signature(THEIRS[name]))


@pytest.mark.parametrize("classes", [OURS, THEIRS])
def test_faults_are_the_same(classes):
    with pytest.raises(TypeError, match=r"__init__\(\) missing 1 required positional argument: 'a'"):
        classes["Frozen"]()
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        classes["Named"](1)
    with pytest.raises(ValueError, match="-1"):
        classes["Own"](-1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(classes["Plain"](1.0))


@pytest.mark.parametrize("classes", [OURS, THEIRS])
def test_frozen_ones_stay_as_they_are(classes):
    made, below = classes["Frozen"](1), classes["Below"](1)
    for record, name in ((made, "a"), (made, "new"), (below, "a"), (below, "e")):
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(record, name, 2)
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot delete field '{name}'"):
            delattr(record, name)
    # What is kept once it has been computed is no field.
    assert made.twice == 2
    assert vars(made)["twice"] == 2

    class Widened(classes["Frozen"]):
        pass

    widened = Widened(1)
    widened.more = 3
    assert widened.more == 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        widened.a = 2


def test_defaults_that_are_made_are_made_anew():
    first, second = OURS["Frozen"](1), OURS["Frozen"](1)
    assert first.c == second.c == []
    assert first.c is not second.c


@pytest.mark.parametrize("decorate", [dataclass, dataclasses.dataclass])
def test_what_has_no_default_comes_before_what_has_one(decorate):
    with pytest.raises(TypeError, match="non-default argument 'b' follows default argument"):

        @decorate
        class Wrong:
            a: int = 1
            b: int


def test_classes_that_are_alike_are_told_apart():
    @dataclass
    class First:
        a: int
        b: int = 1

    @dataclass
    class Second:
        b: int
        f0: int = 2

    assert vars(First(3)) == {"a": 3, "b": 1}
    assert vars(Second(f0=4, b=3)) == {"b": 3, "f0": 4}


def test_an_object_that_holds_itself_can_be_shown():
    made = OURS["Frozen"](1)
    made.c.append(made)
    assert "..." in repr(made)


def test_the_whole_package_takes_it():
    # A class of the standard library costs a start four times as much.
    offences = [
        f"{path.relative_to(PACKAGE)} line {node.lineno}"
        for path in files()
        if path.name != "records.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "dataclasses"
        and "dataclass" in {alias.name for alias in node.names}
    ]
    assert offences == [], "say `from nnviz.core.records import dataclass`"
