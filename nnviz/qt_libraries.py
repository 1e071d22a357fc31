"""Whether Qt can start here, asked before it tries.

WORKAROUND: where a library or the screen is missing, Qt aborts the process instead of raising.

Linux only; elsewhere the wheels bring everything. Imports no Qt.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import socket
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

#: System libraries that Qt's own need, and the Debian packages that hold them, whatever the platform plugin.
#: From ``readelf -d`` of the libraries in PySide6-Essentials 6.11.
COMMON = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
}
#: What each platform plugin needs besides. A plugin that is not named here needs nothing more.
PLATFORMS: dict[str, dict[str, str]] = {
    "xcb": {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb.so.1": "libxcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}
#: How long an answer from the screen is waited for.
CONNECT_TIMEOUT_S = 2.0


def screen_problem(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return one sentence that says why no window can be shown, or None where there is a screen."""
    if not sys.platform.startswith("linux") or environ.get("QT_QPA_PLATFORM"):
        return None
    display = environ.get("DISPLAY")
    if _wayland_answers(environ) or (display and _x_answers(display)):
        return None
    if display or environ.get("WAYLAND_DISPLAY"):
        return f"No screen answers at {display or environ['WAYLAND_DISPLAY']}."
    return "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)."


def library_problem(environ: Mapping[str, str] = os.environ, *, platform: str | None = None) -> str | None:
    """Return one sentence that names the system libraries Qt misses and their Debian packages, or None.

    Parameters
    ----------
    environ : mapping
        Says which platform plugin Qt will load.
    platform : str or None
        The plugin, where it is known: "offscreen" for pictures.
    """
    if importlib.util.find_spec("PySide6") is None:
        return "PySide6 is not installed; install it with `pip install PySide6-Essentials`."
    if not sys.platform.startswith("linux"):
        return None
    needed = [platform] if platform else _platforms(environ)
    missing = min((_missing({**COMMON, **PLATFORMS.get(name, {})}) for name in needed), key=len)
    if not missing:
        return None
    packages = " ".join(dict.fromkeys(missing.values()))
    return (
        f"Qt cannot start without the system libraries {', '.join(missing)}; "
        f"on Debian or Ubuntu install them with `sudo apt install {packages}`."
    )


def _platforms(environ: Mapping[str, str]) -> list[str]:
    """Return the platform plugins that Qt may take, any of which will do."""
    chosen = environ.get("QT_QPA_PLATFORM")
    if chosen:
        return [name.partition(":")[0].split("-")[0] for name in chosen.split(";")]
    by_variable = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return [name for name, variable in by_variable.items() if environ.get(variable)] or ["xcb"]


def _missing(libraries: Mapping[str, str]) -> dict[str, str]:
    return {name: package for name, package in libraries.items() if not loads(name)}


def loads(name: str) -> bool:
    """Return whether the system finds the shared library `name` and all that it needs."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _wayland_answers(environ: Mapping[str, str]) -> bool:
    name = environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    path = Path(environ.get("XDG_RUNTIME_DIR", "/run")) / name
    return _accepts(str(path))


def _x_answers(display: str) -> bool:
    """Ask the X server the way Qt will; without libxcb only a local server's socket can be tried."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        number = display.rpartition(":")[2].partition(".")[0]
        return _accepts(*_local_sockets(number)) if display.startswith((":", "unix")) else True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(display.encode(), None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def _local_sockets(number: str) -> Iterable[str]:
    # X servers listen in the abstract name space, in the file system, or in both.
    return f"\0/tmp/.X11-unix/X{number}", f"/tmp/.X11-unix/X{number}"  # noqa: S108 - the X protocol's own place


def _accepts(*addresses: str) -> bool:
    for address in addresses:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(CONNECT_TIMEOUT_S)
            try:
                connection.connect(address)
            except OSError:
                continue
            return True
    return False
