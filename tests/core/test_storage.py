import numpy as np
import pytest

from nnviz.core.errors import ExperimentError
from nnviz.core.storage import json_array, json_content, load_arrays, save_arrays, write_atomically


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
