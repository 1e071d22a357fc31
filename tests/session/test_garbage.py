from __future__ import annotations

import gc
import platform
import threading
import weakref
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.session.garbage import GarbageCollector
from tests.memory import resident_bytes


class Knot:
    """Garbage that only the cyclic collector can free."""

    freed_in: ClassVar[list[threading.Thread]] = []

    def __init__(self) -> None:
        self.self = self

    def __del__(self) -> None:
        Knot.freed_in.append(threading.current_thread())


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    gc.enable()
    collector = GarbageCollector(interval_ms=1, full_interval_s=0.0)
    collector.start()
    yield collector
    collector.stop()
    gc.disable()


def test_garbage_is_collected_by_the_event_loop(collector: GarbageCollector, qtbot: QtBot) -> None:
    assert not gc.isenabled()
    Knot.freed_in.clear()
    Knot()
    keep = [[] for _ in range(2 * gc.get_threshold()[0])]
    qtbot.waitUntil(lambda: bool(Knot.freed_in), timeout=5000)
    assert Knot.freed_in == [threading.main_thread()]
    del keep


def test_old_garbage_is_collected_too(collector: GarbageCollector, qtbot: QtBot) -> None:
    knot = Knot()
    gc.collect()
    old = weakref.ref(knot)
    del knot
    kept: list[list[int]] = []

    def collected() -> bool:
        kept.extend([] for _ in range(2 * gc.get_threshold()[0]))
        return old() is None

    qtbot.waitUntil(collected, timeout=20_000)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps it")
def test_what_is_free_between_what_is_kept_goes_back_to_the_system(collector: GarbageCollector, qtbot: QtBot) -> None:
    # Too small to be mapped one by one; every second one goes.
    blocks = [np.ones(8_000) for _ in range(2_000)]
    del blocks[::2]
    held = resident_bytes()
    kept: list[list[int]] = []

    def given_back() -> bool:
        kept.extend([] for _ in range(2 * gc.get_threshold()[0]))
        return resident_bytes() < held - 30e6

    qtbot.waitUntil(given_back, timeout=20_000)
    assert len(blocks) == 1_000


def test_what_has_settled_is_left_alone(collector: GarbageCollector) -> None:
    before = gc.get_freeze_count()
    kept = [[] for _ in range(100)]
    collector.settle()
    assert gc.get_freeze_count() > before
    assert kept


def test_stopping_gives_collection_back(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    collector.start()
    collector.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.disable()
