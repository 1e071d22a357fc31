"""The folder of compiled kernels: nothing in it, and nothing that is wrong with it, keeps a network from training."""

from __future__ import annotations

import errno
import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")

from nnviz.core.compiling import is_being_compiled
from nnviz.core.kernels import cache
from nnviz.core.kernels.cache import KEPT_DAYS, EntryPoint, forget_unused, kernel_folder, remove_damaged
from nnviz.core.locks import locked


def test_kernels_that_nobody_uses_are_removed(tmp_path: Path) -> None:
    old, recent, used = (tmp_path / f"kernels-{name}" for name in ("old", "recent", "used"))
    beside = tmp_path / "something-else"
    ages_days = {old: KEPT_DAYS + 1, recent: KEPT_DAYS - 1, used: KEPT_DAYS + 1, beside: KEPT_DAYS + 1}
    for folder, days in ages_days.items():
        folder.mkdir()
        (folder / "kernel.nbc").write_bytes(b"code")
        then = time.time() - 86_400.0 * days
        os.utime(folder, (then, then))
    forget_unused(tmp_path, "kernels-used")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-recent", "kernels-used", "something-else"]
    assert time.time() - used.stat().st_mtime < 60.0


def test_a_folder_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    forget_unused(tmp_path / "missing", "kernels-used")


def double(x: float) -> float:
    return 2.0 * x


def lock_of(folder: Path) -> Path:
    """Where whoever compiles `double` waits for others: it is no part of the engine."""
    return folder / "lock-test_cache"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of kernels of the test's own, in which `double` is kept."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    kernel_folder.cache_clear()
    assert EntryPoint(double)(3.0) == 6.0
    yield kernel_folder()
    kernel_folder.cache_clear()


def kept(folder: Path) -> list[Path]:
    return sorted((*folder.rglob("*.nbi"), *folder.rglob("*.nbc")))


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in kept(folder)}


def test_a_kept_kernel_is_whole_and_is_taken_again(folder: Path) -> None:
    before = contents(folder)
    assert len(before) == 2
    assert remove_damaged(folder) == []
    again = EntryPoint(double)
    assert again(4.0) == 8.0
    assert again.not_kept == ""
    assert contents(folder) == before


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda code: b"",
    "truncated": lambda code: code[: len(code) // 2],
    "one bit flipped": lambda code: code[:-40] + bytes([code[-40] ^ 1]) + code[-39:],
    "foreign": lambda code: b"something else",
    "a bad pickle": lambda code: b"\x80\x05cnowhere\nnothing\n.",
}


@pytest.mark.parametrize("kind", ["*.nbi", "*.nbc"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_goes_and_the_kernel_is_compiled_again(folder: Path, kind: str, damage: str) -> None:
    (path,) = folder.rglob(kind)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    kernel_folder.cache_clear()
    kernel_folder()
    assert path not in kept(folder)
    again = EntryPoint(double)
    assert again(4.0) == 8.0
    assert again.not_kept == ""
    assert path in kept(folder)
    assert remove_damaged(folder) == []


@pytest.mark.parametrize("kind", ["*.nbi", "*.nbc"])
@pytest.mark.parametrize("damage", ["emptied", "truncated", "foreign", "a bad pickle"])
def test_what_is_damaged_while_the_program_runs_is_compiled_without_it(folder: Path, kind: str, damage: str) -> None:
    (path,) = folder.rglob(kind)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    assert EntryPoint(double)(4.0) == 8.0


def test_what_is_complete_is_so_until_a_file_is_damaged(folder: Path) -> None:
    assert not cache.is_complete()
    cache.note_complete()
    assert cache.is_complete()
    assert cache.is_shared()
    kernel_folder.cache_clear()
    assert cache.is_complete()
    kept(folder)[0].write_bytes(b"")
    kernel_folder.cache_clear()
    assert not cache.is_complete()


def test_of_another_processor_nothing_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.note_complete()
    monkeypatch.setattr(cache.llvmlite.binding, "get_host_cpu_name", lambda: "another")
    assert not cache.is_complete()


def test_a_kernel_that_is_kept_hides_no_damage_of_another(folder: Path) -> None:
    (path,) = folder.rglob("*.nbc")
    path.write_bytes(b"damaged while the program runs")
    EntryPoint(count)(np.zeros(1))
    assert remove_damaged(folder) == [path.name]


def test_a_file_whose_checksum_is_missing_goes(folder: Path) -> None:
    (path,) = folder.rglob("*.nbc")
    path.with_name(path.name + ".sha256").unlink()
    assert remove_damaged(folder) == [path.name]


def test_a_folder_in_the_place_of_a_file_goes(folder: Path) -> None:
    (path,) = folder.rglob("*.nbc")
    path.unlink()
    path.mkdir()
    assert remove_damaged(folder) == [path.name]
    assert EntryPoint(double)(4.0) == 8.0


def test_on_a_full_disk_a_kernel_serves_that_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for path in kept(folder):
        path.unlink()
    monkeypatch.setattr(os, "replace", full)
    kernel = EntryPoint(double)
    assert kernel(4.0) == 8.0
    assert "No space left" in kernel.not_kept
    assert kernel(5.0) == 10.0


def test_a_folder_without_room_does_only_where_all_is_there_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    assert cache._usable(tmp_path / "kernels")
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        assert not cache._usable(tmp_path / "kernels")
        cache._stamp(tmp_path / "kernels").touch()
        assert cache._usable(tmp_path / "kernels")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_checksum_that_cannot_be_written_runs_nothing_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for path in kept(folder):
        path.unlink()
    monkeypatch.setattr(Path, "write_text", full)
    counts = np.zeros(1)
    kernel = EntryPoint(count)
    kernel(counts)
    assert counts[0] == 1.0
    assert "No space left" in kernel.not_kept


def count(counts: np.ndarray) -> None:
    counts[0] += 1.0


def test_without_any_folder_a_kernel_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "kernel_folder", nowhere)
    kernel = EntryPoint(double)
    assert kernel(4.0) == 8.0
    assert "No space left" in kernel.not_kept


def test_what_another_process_is_about_to_seal_is_not_taken_for_damaged(folder: Path) -> None:
    (path,) = folder.rglob("*.nbc")
    checksum = path.with_name(path.name + ".sha256")
    checksum.unlink()
    with locked(folder / "lock", 0.0) as outcome:
        assert outcome == "held"
        kernel_folder.cache_clear()
        assert kernel_folder() == folder
        assert path.exists()
        cache.seal([path])
    before = contents(folder)
    assert EntryPoint(double)(4.0) == 8.0
    assert contents(folder) == before


def test_what_nobody_seals_goes_before_it_is_run(folder: Path) -> None:
    (path,) = folder.rglob("*.nbc")
    with locked(folder / "lock", 0.0):
        kernel_folder.cache_clear()
        kernel_folder()
        # Killed while it wrote.
        path.write_bytes(path.read_bytes()[:100])
    assert EntryPoint(double)(4.0) == 8.0
    assert remove_damaged(folder) == []
    assert path.stat().st_size > 100


def test_a_process_that_compiles_for_too_long_is_not_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LOCK_WITHIN_S", 0.0)
    before, kernel = contents(folder), EntryPoint(double)
    with locked(lock_of(folder), 0.0):
        assert kernel(4.0) == 8.0
    assert "another process" in kernel.not_kept
    assert contents(folder) == before


def test_who_draws_and_who_trains_do_not_wait_for_each_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LOCK_WITHIN_S", 0.0)
    for path in kept(folder):
        path.unlink()
    with locked(folder / "lock", 0.0):
        assert (kernel := EntryPoint(double))(4.0) == 8.0
    assert kernel.not_kept == ""
    assert kept(folder)
    with locked(lock_of(folder), 0.0):
        monkeypatch.setattr(double, "__module__", "nnviz.core.kernels.made_up")
        assert (kernel := EntryPoint(double))(4.0) == 8.0
    assert kernel.not_kept == ""


def test_who_compiles_into_the_folder_is_seen(folder: Path) -> None:
    assert not is_being_compiled()
    with locked(folder / "lock", 0.0, shared=True):
        assert not is_being_compiled()
    with locked(folder / "lock", 0.0):
        assert is_being_compiled()


def test_two_that_start_at_once_share_one_compilation(folder: Path) -> None:
    for path in kept(folder):
        path.unlink()
    kernels = [EntryPoint(double), EntryPoint(double)]
    threads = [threading.Thread(target=kernel, args=(4.0,)) for kernel in kernels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [kernel.not_kept for kernel in kernels] == ["", ""]
    taken = [sum(kernel._kernel.stats.cache_hits.values()) for kernel in kernels]  # type: ignore[union-attr]
    assert sorted(taken) == [0, 1]


def test_what_is_complete_is_read_by_many_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LOCK_WITHIN_S", 0.0)
    cache.note_complete()
    kernel = EntryPoint(double)
    with locked(lock_of(folder), 0.0, shared=True):
        assert kernel(4.0) == 8.0
    assert kernel.not_kept == ""


def test_what_numba_cannot_compile_raises() -> None:
    def impossible(x: float) -> object:
        return open(str(x))  # noqa: PTH123

    with pytest.raises(Exception, match="open"):
        EntryPoint(impossible)(1.0)


def test_no_garbage_is_looked_for_while_a_kernel_is_compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled_with: list[bool] = []
    assert folder.exists()
    making = EntryPoint._kept_call

    def watched(kernel: EntryPoint, folder: Path, arguments: tuple[object, ...]) -> object:
        compiled_with.append(gc.isenabled())
        return making(kernel, folder, arguments)

    monkeypatch.setattr(EntryPoint, "_kept_call", watched)
    before = gc.isenabled()
    try:
        for enabled in (True, False):
            (gc.enable if enabled else gc.disable)()
            EntryPoint(double)(4.0)
            assert gc.isenabled() == enabled
    finally:
        (gc.enable if before else gc.disable)()
    assert compiled_with == [False, False]


def test_the_folder_is_set_by_one_thread_at_a_time(folder: Path) -> None:
    numba, entered = pytest.importorskip("numba"), threading.Event()
    before, seen = numba.config.CACHE_DIR, []

    def second() -> None:
        with cache._cache_in(folder):
            entered.set()
            seen.append(numba.config.CACHE_DIR)

    thread = threading.Thread(target=second)
    with cache._cache_in(folder):
        thread.start()
        # Long enough to come in, if it may.
        assert not entered.wait(0.2)
        assert str(folder) == numba.config.CACHE_DIR
    thread.join()
    assert seen == [str(folder)]
    assert before == numba.config.CACHE_DIR
