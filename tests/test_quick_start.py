"""While a start makes its modules and widgets, nothing is collected, and what it has made counts as old afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from nnviz.quick_start import collecting_later


@pytest.fixture(autouse=True)
def _automatic() -> Iterator[None]:
    # The tests themselves are run without, with frozen objects.
    was_on, was_frozen = gc.isenabled(), bool(gc.get_freeze_count())
    gc.unfreeze()
    gc.enable()
    yield
    gc.disable()
    if was_frozen:
        gc.freeze()
    if was_on:
        gc.enable()


def test_nothing_is_collected_meanwhile_and_all_of_it_is_old_then():
    with collecting_later():
        assert not gc.isenabled()
        made = [[] for _ in range(5000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    # Young ones would be looked at by the very next collection.
    assert not any(other is made for other in gc.get_objects(generation=0))
    assert any(other is made for other in gc.get_objects(generation=2))


def test_a_fault_gives_collection_back():
    with pytest.raises(ValueError, match="meant"), collecting_later():
        raise ValueError("meant")
    assert gc.isenabled()


def test_it_serves_as_a_decorator_more_than_once():
    @collecting_later()
    def is_on() -> bool:
        return gc.isenabled()

    assert (is_on(), is_on(), gc.isenabled()) == (False, False, True)


def test_who_has_switched_collection_off_or_keeps_objects_out_of_it_is_left_alone():
    gc.disable()
    with collecting_later():
        pass
    assert not gc.isenabled()

    gc.enable()
    gc.freeze()
    with collecting_later():
        assert gc.isenabled()
    assert gc.get_freeze_count() > 0
