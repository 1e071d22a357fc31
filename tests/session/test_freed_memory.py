from __future__ import annotations

import ctypes
import platform

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Needs
from nnviz.session.freed_memory import LARGE_BYTES, LET_GO, give_back, keep_large_apart
from nnviz.session.garbage import GarbageCollector
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.speeds import SPEEDS
from tests.memory import resident_bytes

only_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps it")


@only_glibc
def test_large_blocks_go_back_as_soon_as_they_are_free() -> None:
    assert keep_large_apart()
    # Where glibc chooses for itself, the first one that is freed moves those after it among the small ones.
    del (first := [np.ones(3 * LARGE_BYTES // 8)])[:]
    assert first == []
    # What tests before left free in pieces may go back at any time, which is not what is measured.
    assert give_back()
    before = resident_bytes()
    blocks, pins = [], []
    for _ in range(8):
        blocks.append(np.ones(2 * LARGE_BYTES // 8))
        # Something small that stays above it.
        pins.append(np.ones(8_000))
    held = resident_bytes()
    del blocks[:]
    assert held - before > 15 * LARGE_BYTES
    assert resident_bytes() - before < 4 * LARGE_BYTES
    assert len(pins) == 8


@only_glibc
def test_small_blocks_between_what_is_kept_are_given_back() -> None:
    blocks = [np.ones(8_000) for _ in range(2_000)]
    del blocks[::2]
    held = resident_bytes()
    assert give_back()
    assert resident_bytes() < held - 30e6
    assert len(blocks) == 1_000


def test_elsewhere_nothing_is_asked_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", None)
    assert not keep_large_apart()
    assert not give_back()


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """An entry for every time that memory has been given back."""
    given: list[bool] = []
    monkeypatch.setattr("nnviz.session.garbage.give_back", lambda: given.append(True))
    LET_GO.clear()
    return given


def test_what_is_let_go_of_is_given_back_once(given: list[bool], qapp: object) -> None:
    collector = GarbageCollector(full_interval_s=1e9, giving_delay_s=0.0)
    collector._on_timeout()
    assert given == []
    LET_GO.set()
    collector._on_timeout()
    collector._on_timeout()
    assert given == [True]


def test_what_holds_it_has_time_to_let_go_too(given: list[bool], qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    collector = GarbageCollector(full_interval_s=1e9, giving_delay_s=2.0)
    LET_GO.set()
    collector._on_timeout()
    now = 101.0
    # Another one does not put it off.
    LET_GO.set()
    collector._on_timeout()
    assert given == []
    now = 102.0
    collector._on_timeout()
    assert given == [True]


def test_a_run_that_leaves_is_let_go_of(qtbot: QtBot, experiment: Experiment) -> None:
    lab, run = Laboratory(), Run(experiment, Needs(), SPEEDS["full"])
    lab.add(run)
    lab.open(run.id)
    qtbot.waitUntil(lambda: run.trainer is not None, timeout=20_000)
    LET_GO.clear()
    lab.remove(run.id)
    qtbot.waitUntil(LET_GO.is_set, timeout=20_000)
    lab.shutdown()
