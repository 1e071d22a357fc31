"""Monitors of an X server that are plugged in and pulled out while a program runs, spoken of by libXrandr."""

from __future__ import annotations

import ctypes as c
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

Rectangle = tuple[int, int, int, int]


class MonitorInfo(c.Structure):
    """XRRMonitorInfo."""

    _fields_ = (
        *(("name", c.c_ulong), ("primary", c.c_int), ("automatic", c.c_int), ("n_outputs", c.c_int)),
        *((name, c.c_int) for name in ("x", "y", "width", "height", "width_mm", "height_mm")),
        ("outputs", c.POINTER(c.c_ulong)),
    )


def is_possible() -> bool:
    """Whether there is a server to start, and what speaks to it."""
    return all((shutil.which("Xvfb"), *map(ctypes.util.find_library, ("X11", "Xrandr"))))


@contextmanager
def x_server(width: int, height: int) -> Iterator[str]:
    """Start a server with one monitor; yield its display's name."""
    reading, writing = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(arguments, pass_fds=(writing,), stdout=quiet, stderr=quiet) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


class Monitors:
    """Plugs monitors in and out of the server of ``DISPLAY``.

    The one that is there at first belongs to the only output: a monitor that takes that output drives it out.
    """

    def __init__(self) -> None:
        x, randr = (c.CDLL(ctypes.util.find_library(name)) for name in ("X11", "Xrandr"))
        x.XOpenDisplay.restype, x.XDefaultRootWindow.restype, x.XInternAtom.restype = c.c_void_p, c.c_ulong, c.c_ulong
        randr.XRRGetMonitors.restype = c.POINTER(MonitorInfo)
        self._x, self._randr, self._server = x, randr, c.c_void_p(x.XOpenDisplay(None))
        self._root = c.c_ulong(x.XDefaultRootWindow(self._server))
        self._output = randr.XRRGetMonitors(self._server, self._root, 1, c.byref(c.c_int()))[0].outputs[0]

    def plug_in(self, name: str, place: Rectangle, *, takes_output: bool = False) -> None:
        """Add a monitor, or give the one of this name another place."""
        outputs = (c.c_ulong * 1)(self._output)
        info = MonitorInfo(self._atom(name), 0, 0, int(takes_output), *place, 300, 200, outputs)
        self._randr.XRRSetMonitor(self._server, self._root, c.byref(info))
        self._x.XSync(self._server, 0)

    def pull_out(self, name: str) -> None:
        """Take a monitor away."""
        self._randr.XRRDeleteMonitor(self._server, self._root, c.c_ulong(self._atom(name)))
        self._x.XSync(self._server, 0)

    def _atom(self, name: str) -> int:
        return int(self._x.XInternAtom(self._server, name.encode(), 0))
