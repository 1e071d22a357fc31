import errno
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from nnviz.core import storage
from nnviz.core.errors import ExperimentError
from nnviz.core.storage import (
    UNFINISHED,
    absolute,
    forget_unfinished,
    json_array,
    json_content,
    load_arrays,
    own_temporary_folder,
    save_arrays,
    write_atomically,
)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(stream):
        stream.write(b"half")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_atomically(path, fail)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_get_the_rights_of_ordinary_files(tmp_path):
    (tmp_path / "plain").touch()
    write_atomically(tmp_path / "ours", lambda stream: stream.write(b"x"))
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_arrays_keep_their_names_and_the_file_its(tmp_path):
    save_arrays(tmp_path / "no suffix", {"a/b": np.arange(3), "text": json_array({"ä": [1.5, None]})})
    arrays = load_arrays(tmp_path / "no suffix", "thing")
    assert arrays["a/b"].tolist() == [0, 1, 2]
    assert json_content(arrays, "text", "thing") == {"ä": [1.5, None]}


def test_damaged_descriptions_are_refused():
    with pytest.raises(ExperimentError, match="no thing: its description is missing"):
        json_content({}, "text", "thing")
    with pytest.raises(ExperimentError, match="no thing: its description is missing"):
        json_content({"text": np.array("{")}, "text", "thing")
    for content in ([1], "name", 3.0, None, [["a", 1]]):
        with pytest.raises(ExperimentError, match="no thing: its description"):
            json_content({"text": json_array(content)}, "text", "thing")


def test_what_a_killed_process_has_left_goes_and_nothing_else(tmp_path):
    ours, locked, link = (tmp_path / f".x.{name}{UNFINISHED}" for name in ("abcdefgh", "bcdefghi", "cdefghij"))
    others = [tmp_path / ".x.nnviz.original", tmp_path / f"y{UNFINISHED}"]
    for path in (ours, locked, *others):
        path.write_bytes(b"half")
        os.utime(path, (0, 0))
    link.symlink_to(others[0])
    with locked.open("rb") as stream:
        pytest.importorskip("fcntl").flock(stream, 2)
        forget_unfinished(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([locked, link, *others])
    forget_unfinished(tmp_path / "gone")


def test_what_may_not_be_deleted_keeps_nothing_else(tmp_path, monkeypatch):
    parts = [tmp_path / f".x.{name}{UNFINISHED}" for name in ("abcdefgh", "bcdefghi", "cdefghij")]
    for path in parts:
        path.write_bytes(b"half")
        os.utime(path, (0, 0))
    delete = Path.unlink
    refused = []

    def refuse_the_first(path, **options):
        if not refused:
            refused.append(path)
            raise PermissionError(errno.EACCES, "somebody else's")
        delete(path, **options)

    monkeypatch.setattr(Path, "unlink", refuse_the_first)
    forget_unfinished(tmp_path)
    assert list(tmp_path.iterdir()) == refused


def test_nothing_of_a_save_is_taken_for_what_was_left_while_the_old_file_is_kept(tmp_path, monkeypatch):
    pytest.importorskip("fcntl")
    path, now_s = tmp_path / "file", [time.time()]
    path.write_bytes(b"old")
    os.utime(path, (0, 0))

    def tidying(act):
        def tidied(*given):
            act(*given)
            # Another window saves into the same folder; on a slow disk, hours have passed.
            now_s[0] += 3600.0
            forget_unfinished(tmp_path)

        return tidied

    monkeypatch.setattr(storage.time, "time", lambda: now_s[0])
    for module, name in ((storage.shutil, "copyfileobj"), (storage.shutil, "copystat"), (storage.os, "fsync")):
        monkeypatch.setattr(module, name, tidying(getattr(module, name)))
    write_atomically(path, lambda stream: stream.write(b"new"), keep_old=True)
    assert path.read_bytes() == b"new"
    assert (tmp_path / "file~").read_bytes() == b"old"
    assert (tmp_path / "file~").stat().st_mtime == 0.0
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_whatever_the_disk_refuses_ends_in_a_sentence_and_the_old_file_stays(tmp_path, monkeypatch, code):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def refuse(*_arguments):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ExperimentError, match=f"file cannot be written .{os.strerror(code)}.; choose another place"):
        write_atomically(path, lambda stream: stream.write(b"new"))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_is_full_amid_an_archive_leaves_the_old_one(tmp_path):
    resource = pytest.importorskip("resource")
    path, numbers = tmp_path / "file.npz", np.random.default_rng(0).random(40_000)
    save_arrays(path, {"x": numbers[:3]})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(ExperimentError, match="cannot be written"):
            save_arrays(path, {"x": numbers})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert load_arrays(path, "thing")["x"].tolist() == numbers[:3].tolist()
    assert list(tmp_path.iterdir()) == [path]


def test_folders_and_links_in_the_place_of_a_file(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone" / "file")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for name in ("folder", "nowhere", "circle"):
        with pytest.raises(ExperimentError, match="cannot be written"):
            write_atomically(tmp_path / name, lambda stream: stream.write(b"x"))
    if hasattr(os, "mkfifo"):
        # To read from a pipe, or to move a file to its place, is to end it for whoever uses it.
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "to the pipe").symlink_to(tmp_path / "pipe")
        with pytest.raises(ExperimentError, match="pipe cannot be written, for it is a pipe"):
            write_atomically(tmp_path / "to the pipe", lambda stream: stream.write(b"x"), keep_old=True)
        assert (tmp_path / "pipe").is_fifo()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_atomically(tmp_path / "link", lambda stream: stream.write(b"x"))
    assert (tmp_path / "file").read_bytes() == b"x"
    assert (tmp_path / "link").is_symlink()


def test_what_is_in_the_place_of_the_old_file_that_is_to_be_kept_is_named(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    (tmp_path / "file~").mkdir()
    with pytest.raises(ExperimentError, match=r"file cannot be kept as file~ .Is a directory., so that nothing was"):
        write_atomically(path, lambda stream: stream.write(b"new"), keep_old=True)
    assert path.read_bytes() == b"old"
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / "file~"]


def test_a_present_folder_that_has_gone_is_told_in_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(ExperimentError, match=r"file cannot be written .No such file or directory.; choose another"):
        write_atomically("file", lambda stream: stream.write(b"x"))
    assert absolute(Path("file")) == Path("file")


def test_the_temporary_folder_is_the_users_own(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    folder = own_temporary_folder("autosave")
    assert own_temporary_folder("autosave") == folder
    assert folder.parent.stat().st_mode & 0o077 == 0
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.symlink_to(tmp_path)
    with pytest.raises(OSError, match="Permission denied"):
        own_temporary_folder("autosave")
