"""The compiled engine's start: taken up from the folder of kernels, or compiled once per computer by another process.

The compiler holds Python's lock for most of its half minute, and a window beside it would stand still. So a helper,
``nnviz doctor --compile``, fills the folder, and this process takes up what it finds there. Where no helper can be
had, the engine is compiled in the thread that asks.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from nnviz.core.compiling import (
    can_be_compiled_elsewhere,
    compile_kernels,
    compiling_process,
    is_being_compiled,
    is_compiled,
)
from nnviz.core.engines import compiled_unavailable_reason

#: Between two looks at a helper.
LOOK_S = 0.1
#: After so long nobody waits for another program that compiles: something is wrong with it.
WAIT_S = 300.0
#: What compiling takes, as a multiple of `_counted_s`: 24 s where counting takes 6 ms.
_COMPILE_RATIO = 4000.0
_COUNTED = 200_000
#: Of a helper that is told to end.
_END_WITHIN_S = 1.0


class Preparation(Struct, frozen=True):
    """How far the engine is, for whoever waits for it.

    Attributes
    ----------
    share : float
        0 … <1, from the time that has passed: a compiler does not say how far it is.
    total_s : int
        What it takes in all, about.
    by_another : bool
        Whether another program compiles it, of which nobody here knows when it began.
    """

    share: float
    total_s: int
    by_another: bool = False


class EngineStart:
    """Brings the compiled engine into this process. May be asked from any thread.

    Parameters
    ----------
    command : sequence of str, optional
        What compiles; by default this Python with ``nnviz doctor --compile``.

    Attributes
    ----------
    is_ready : bool
        Whether training can begin at once.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self.is_ready = False
        # Python embedded in another program does not know itself.
        this = [sys.executable, "-P", "-m", "nnviz", "doctor", "--compile"] if sys.executable else []
        self._command = this if command is None else list(command)
        self._lock = threading.Lock()
        self._helper: subprocess.Popen[bytes] | None = None
        self._started_s = self._total_s = 0.0
        self._by_another = False

    def look(self) -> bool:
        """Do what can be done towards the engine, and return whether it is ready; `preparation` tells how far it is."""
        if not self.is_ready and self._lock.acquire(blocking=False):
            try:
                self._bring_nearer()
            finally:
                self._lock.release()
        return self.is_ready

    def wait_for_helper(self, cancelled: Callable[[], bool]) -> None:
        """Return once nothing is left that a helper or another program could compile, or `cancelled` says so."""
        has_waited = True
        # Another program may have ended before it was done: then a helper of ours does it.
        while has_waited and not cancelled():
            while not self._lock.acquire(timeout=LOOK_S):
                if cancelled():
                    return
            try:
                helper = self._needed_helper()
            finally:
                self._lock.release()
            while helper is not None and not cancelled():
                try:
                    helper.wait(LOOK_S)
                except subprocess.TimeoutExpired:
                    continue
                break
            has_waited = False
            while not compiled_unavailable_reason() and self._waits_for_another() and not cancelled():
                has_waited = True
                time.sleep(LOOK_S)

    @property
    def preparation(self) -> Preparation | None:
        """How far a helper is, or another program that compiles the same; None where there is none."""
        if self.is_ready or not self._total_s:
            return None
        share = (time.monotonic() - self._started_s) / self._total_s
        return Preparation(min(share, 0.97), max(round(self._total_s), 1), self._by_another)

    def end(self) -> None:
        """End a helper that is still compiling: what it has finished is kept."""
        helper = self._helper
        if helper is not None and helper.poll() is None:
            helper.terminate()
            try:
                helper.wait(_END_WITHIN_S)
            except subprocess.TimeoutExpired:
                helper.kill()
                helper.wait()

    def _bring_nearer(self) -> None:
        helper = self._needed_helper()
        if helper is not None and helper.poll() is None and not is_compiled():
            # The helper itself waits then, for the same lock.
            self._by_another = compiling_process() not in (0, helper.pid)
            return
        if not compiled_unavailable_reason():
            if self._waits_for_another():
                return
            # Taken up in some tenths of a second; compiled here and now where the helper could not.
            compile_kernels()
        self.is_ready = True

    def _waits_for_another(self) -> bool:
        """Return whether to look again in a moment: who waited for the folder itself could not be called off."""
        if not is_being_compiled():
            return False
        self._by_another = True
        if not self._total_s:
            self._begin_to_count()
        return time.monotonic() - self._started_s < WAIT_S

    def _begin_to_count(self) -> None:
        self._total_s, self._started_s = _COMPILE_RATIO * _counted_s(), time.monotonic()

    def _needed_helper(self) -> subprocess.Popen[bytes] | None:
        """Return the helper, started now where there is something for it to do; None where there never was."""
        if self._helper is not None or compiled_unavailable_reason() or is_compiled():
            return self._helper
        if not self._command or not can_be_compiled_elsewhere() or is_being_compiled():
            return None
        self._by_another = False
        self._begin_to_count()
        try:
            self._helper = subprocess.Popen(  # noqa: S603 - ourselves
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            return None
        atexit.register(self.end)
        return self._helper


def _environment() -> dict[str, str]:
    """Return the environment in which another Python finds the same nnviz."""
    home = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))}


def _counted_s() -> float:
    """Return how long this computer counts to `_COUNTED` in Python: a measure of what compiling will take."""
    start = time.thread_time()
    for _ in range(_COUNTED):
        pass
    return max(time.thread_time() - start, 1e-3)


ENGINE_START = EngineStart()
"""The one of this process."""
