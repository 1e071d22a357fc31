"""The terminal that nnviz may have or lose: streams that are closed, narrow or full, signals that end a training."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self, TextIO, cast

#: What a stream says that nobody reads any more: its reader (head, less) has seen enough, or the terminal is gone.
_UNREAD = {errno.EPIPE, errno.EIO, errno.EBADF, *({errno.EINVAL} if os.name == "nt" else ())}
#: Asked from outside to end, in the usual ways: Ctrl-C, `kill` or a shutdown, a terminal that closes.
_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class _Stream:
    """A text stream that goes on into nothing once nobody reads it, instead of raising wherever something is said."""

    def __init__(self, stream: TextIO, *, may_fail: bool) -> None:
        self._stream, self._may_fail = stream, may_fail
        self._failure: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write `text`, as far as somebody reads it."""
        self._guarded(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Pass on what is waiting; raise what has kept anything from it, for argparse says nothing of that."""
        self._guarded(self._stream.flush)
        if self._failure is not None:
            raise self._failure

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            self.end()
            if self._may_fail and error.errno not in _UNREAD:
                self._failure = error
                raise

    def end(self) -> None:
        """Let what is still waiting, and all that comes, go nowhere: Python would complain of it at its exit."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


@contextmanager
def usable_streams() -> Iterator[None]:
    """Make `sys.stdout` and `sys.stderr` streams to which everything can be said, for as long as the context lasts.

    One that is closed (``>&-``) leads nowhere. One whose encoding lacks a character shows a question mark. One that
    nobody reads is silent; only standard output on a disk that is full raises OSError, for what was asked for is lost.
    """
    before = sys.stdout, sys.stderr
    _occupy_descriptors()
    nowhere: TextIO
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - no file
        sys.stdout, sys.stderr = (
            cast(TextIO, _Stream(stream or nowhere, may_fail=may_fail))
            for stream, may_fail in zip(before, (True, False), strict=True)
        )
        for stream in before:
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            yield
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError):
                    stream.flush()
            sys.stdout, sys.stderr = before


def _occupy_descriptors() -> None:
    """Open the standard descriptors that are closed: the next file would become standard output, and get its text."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest that is free is taken.
            os.open(os.devnull, os.O_RDWR)


def ending_signals() -> list[int]:
    """Return the signals that ask for an end, but for those that are ignored, as ``nohup`` has it: they stay so."""
    return [number for number in _ENDING if signal.getsignal(number) not in (signal.SIG_IGN, None)]


class Interrupted(KeyboardInterrupt):
    """A signal has ended what had nothing to keep.

    Attributes
    ----------
    status : int
        Exit status: 128 and the number of the signal, as shells count.
    """

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class Interruption:
    """Notes the signals that ask for an end, so that a training ends between two updates and what it learnt is kept.

    While the context lasts, none of them does more than that, however many come: Ctrl-C once more must not spoil what
    is being written. As long as there is nothing to keep the first of them ends the work at once.

    Parameters
    ----------
    has_begun : callable
        Tells whether there is something to keep.

    Attributes
    ----------
    status : int
        Exit status, 128 and the number of the first signal; 0 as long as there was none.
    """

    def __init__(self, has_begun: Callable[[], bool]) -> None:
        self.status = 0
        self._has_begun = has_begun
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        # In another thread than the first, where Python allows no handlers, nobody interrupts either.
        with contextlib.suppress(ValueError):
            for number in ending_signals():
                self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_failure: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def __bool__(self) -> bool:
        return self.status != 0

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.status = self.status or 128 + number
        if not self._has_begun():
            raise Interrupted(self.status)


@contextmanager
def ended_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process meanwhile. WORKAROUND: Qt's event loop reports Python's exception, and goes on."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def ignore_interrupts() -> None:
    """Let Ctrl-C be nothing to this process: the one that has started it is told too, and ends it in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
