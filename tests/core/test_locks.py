"""A lock between processes: one holds it, others wait so long, and its holder's end frees it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from nnviz.core.locks import last_holder, locked


def test_one_holds_it_and_others_do_not_wait_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with locked(file, 0.0) as first:
        assert first == "held"
        for shared in (False, True):
            with locked(file, 0.01, shared=shared) as second:
                assert second == "busy"
    with locked(file, 0.0) as third:
        assert third == "held"


def test_many_share_it(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with locked(file, 0.0, shared=True) as first, locked(file, 0.0, shared=True) as second:
        assert first == second == "held"
        with locked(file, 0.0) as third:
            assert third == "busy"


def test_who_has_it_is_noted_in_it(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    assert last_holder(file) == 0
    with locked(file, 0.0, shared=True):
        assert last_holder(file) == 0
    with locked(file, 0.0):
        assert last_holder(file) == os.getpid()
    file.write_text("nobody")
    assert last_holder(file) == 0


def test_whoever_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    file, entered, told = tmp_path / "lock", threading.Event(), []

    def wait() -> None:
        entered.set()
        with locked(file, 60.0) as outcome:
            told.append(outcome)

    with locked(file, 0.0):
        thread = threading.Thread(target=wait)
        thread.start()
        entered.wait()
        assert told == []
    thread.join()
    assert told == ["held"]


def test_where_nothing_can_be_locked_it_says_so(tmp_path: Path) -> None:
    with locked(tmp_path / "missing" / "lock", 0.0) as outcome:
        assert outcome == "unknown"
