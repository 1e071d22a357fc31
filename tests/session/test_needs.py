import pytest

from nnviz.experiment.frame import Needs, PlaneRequest
from nnviz.experiment.subject import Subject
from nnviz.session.needs import NOTHING, NeedsBoard


def test_nothing_is_needed_until_a_view_says_so() -> None:
    assert NeedsBoard().merged == NOTHING


def test_what_views_declare_is_joined() -> None:
    board, plane = NeedsBoard(), PlaneRequest(max_resolution=50)
    assert board.declare("boundary", {"plane": plane, "points": True})
    assert board.declare("diagram", {"unit_maps": True})
    assert board.merged == Needs(planes={"boundary": plane}, unit_maps=True, points=True)


def test_a_view_replaces_and_withdraws_its_own_needs_only() -> None:
    board = NeedsBoard()
    board.declare("inspector", {"gradient": True})
    board.declare("probe", {"probe": (1.0, 2.0)})
    board.declare("inspector", {})
    assert not board.merged.gradient
    assert board.merged.probes == {"probe": (1.0, 2.0)}


def test_an_unchanged_declaration_says_so_and_keeps_the_object() -> None:
    board = NeedsBoard()
    board.declare("diagram", {"unit_maps": True})
    merged = board.merged
    assert not board.declare("diagram", {"unit_maps": True})
    assert board.merged is merged


def test_a_part_that_frames_do_not_have_is_an_error() -> None:
    with pytest.raises(TypeError, match="colour"):
        NeedsBoard().declare("diagram", {"colour": True})


def test_two_views_have_each_its_own_and_the_latest_comes_last() -> None:
    board = NeedsBoard()
    board.declare("boundary", {"plane": PlaneRequest()})
    board.declare("second", {"plane": PlaneRequest(unit=(1, 2))})
    board.declare("probe", {"probe": (1.0,)})
    board.declare("drawing", {"probe": (2.0,), "reading": 7, "pre_activations": None})
    assert board.merged.planes == {"boundary": PlaneRequest(), "second": PlaneRequest(unit=(1, 2))}
    assert list(board.merged.probes.items()) == [("probe", (1.0,)), ("drawing", (2.0,))]
    assert (board.merged.readings, board.merged.pre_activations) == ({"drawing": 7}, {})
    assert board.declare("probe", {"probe": (1.0,)})
    assert list(board.merged.probes) == ["drawing", "probe"]


def test_who_looks_at_something_else_needs_nothing_of_the_foreground() -> None:
    board, other, past = NeedsBoard(), Subject(7), Subject(7, 3)
    assert board.declare("boundary", {"plane": PlaneRequest()}) == {None}
    merged = board.merged
    assert board.declare("second", {"plane": PlaneRequest(unit=(1, 0))}, other) == {other}
    assert board.declare("third", {"points": True}, past) == {past}
    assert board.merged is merged
    assert board.needs_of(other).planes == {"second": PlaneRequest(unit=(1, 0))}
    assert board.needs_of(past) == Needs(planes={}, unit_maps=False, points=True)
    assert board.needs_of(None, other).planes.keys() == {"boundary", "second"}
    assert board.declare("second", {"plane": PlaneRequest(unit=(1, 0))}) == {None, other}
    assert board.needs_of(other) == NOTHING
