from __future__ import annotations

import socket

import pytest

from nnviz import qt_libraries
from nnviz.qt_libraries import library_problem, screen_problem

pytestmark = pytest.mark.skipif(not qt_libraries.sys.platform.startswith("linux"), reason="the probe is for Linux")


@pytest.fixture
def lacking(monkeypatch):
    """A system without some libraries; the rest are all there."""

    def remove(*names: str) -> None:
        monkeypatch.setattr(qt_libraries, "loads", lambda name: name not in names)

    return remove


def test_nothing_is_missing(lacking):
    lacking()
    assert library_problem({"DISPLAY": ":0"}) is None


def test_missing_libraries_are_named_with_their_packages(lacking):
    lacking("libxcb-icccm.so.4", "libEGL.so.1")
    problem = library_problem({"DISPLAY": ":0"})
    assert "libEGL.so.1, libxcb-icccm.so.4" in problem
    assert "`sudo apt install libegl1 libxcb-icccm4`" in problem
    assert "\n" not in problem


def test_a_package_is_named_once(lacking):
    lacking("libglib-2.0.so.0", "libgthread-2.0.so.0")
    assert library_problem({"DISPLAY": ":0"}).count("libglib2.0-0`") == 1


def test_pictures_need_nothing_of_the_window_system(lacking):
    lacking(*qt_libraries.PLATFORMS["xcb"], *qt_libraries.PLATFORMS["wayland"])
    assert library_problem({"DISPLAY": ":0"}, platform="offscreen") is None
    assert library_problem({"QT_QPA_PLATFORM": "offscreen"}) is None
    assert library_problem({"QT_QPA_PLATFORM": "xcb"}) is not None


def test_one_window_system_is_enough(lacking):
    lacking("libxcb-icccm.so.4")
    assert library_problem({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}) is None
    assert library_problem({"QT_QPA_PLATFORM": "wayland-egl;xcb"}) is None
    assert "libxcb-icccm4" in library_problem({"DISPLAY": ":0"})


def test_pyside_itself_may_be_missing(monkeypatch):
    monkeypatch.setattr(qt_libraries.importlib.util, "find_spec", lambda _name: None)
    assert "pip install" in library_problem({})


def test_the_real_probe_knows_a_library_from_none():
    assert qt_libraries.loads("libc.so.6")
    assert not qt_libraries.loads("libno-such-thing.so.1")


def test_no_screen_at_all():
    assert "no screen" in screen_problem({})


def test_a_chosen_platform_is_the_users_business():
    assert screen_problem({"QT_QPA_PLATFORM": "vnc"}) is None


def test_a_display_that_does_not_answer():
    assert "No screen answers at :987" in screen_problem({"DISPLAY": ":987"})


def test_a_wayland_socket_answers_or_not(tmp_path):
    environ = {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert "No screen answers at wayland-9" in screen_problem(environ)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-9"))
        server.listen()
        assert screen_problem(environ) is None


def test_without_libxcb_the_servers_socket_is_tried(monkeypatch):
    def fail(_name: str) -> None:
        raise OSError

    monkeypatch.setattr(qt_libraries.ctypes, "CDLL", fail)
    assert "No screen answers" in screen_problem({"DISPLAY": ":987"})
    assert screen_problem({"DISPLAY": "far.example:0"}) is None
