"""Memory that has been let go of goes back to the system, and is not kept for what may come.

WORKAROUND: glibc keeps what is freed below something that is still in use. Runs free megabytes of histories among
those that stay, and from the first large block that is freed on, glibc takes blocks of up to 32 MB from where the small
ones lie, too: a window that began a run every twenty seconds held 430 MB that nobody used after ten minutes.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from typing import Any, Final

#: Blocks from this size on lie apart. Those of a frame are smaller: a fresh block costs a visit to the system and
#: first touches, a thousand of them for 4 MB.
LARGE_BYTES: Final = 8 * 2**20
#: Set by whoever lets go of much that lies in pieces; `nnviz.session.garbage` then gives it back.
LET_GO: Final = threading.Event()

# Of malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


def keep_large_apart() -> bool:
    """Let large blocks lie apart, to go back as soon as they are free; return whether this platform can."""
    set_option = _of_glibc("mallopt")
    if set_option is None:
        return False
    # The first tells glibc not to choose either itself; the second is what it would choose then.
    return bool(set_option(_MMAP_THRESHOLD, LARGE_BYTES) and set_option(_TRIM_THRESHOLD, 2 * LARGE_BYTES))


def give_back() -> bool:
    """Give the system back what memory lies free in pieces; return whether this platform can. It takes some 10 ms."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(ctypes.c_size_t(0))
    return trim is not None


def _of_glibc(name: str) -> Any:
    """Return a function of the C library that this process runs with, or None where it has none of that name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
