"""The gate: what is too large, too deep or no file at all is refused before it is read, in one sentence."""

import io
import os
import struct
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nnviz.core.archives import MOST_MEMBERS, opened_archive, read_array
from nnviz.core.errors import LONGEST_SENTENCE, ExperimentError, SettingError
from nnviz.core.inert import whole_characters
from nnviz.core.npy import read_header, read_values
from nnviz.core.reading import (
    DEEPEST,
    MOST_TOML_VALUES,
    extent_of,
    gate,
    parse_json,
    parse_toml,
    read_bytes,
)


def read(content):
    stream = io.BytesIO(content)
    return read_values(stream, read_header(stream))


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def with_header(text):
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode("latin-1")


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(6, dtype=">i4"),
        np.array(["é", "it's", 'a"b\\']),
        np.array(3.5),
        np.zeros((0, 3)),
        np.array([True, False]),
        np.array([1.5], dtype=np.float16),
        np.array(["2020-01-01"], dtype="M8[D]"),
        np.array([(1, "a'b"), (2, "ü")], dtype=[("it's, a", "<i4"), ("ü", "<U3")]),
        np.zeros((2,), dtype=[("pair", "<f8", (2,))]),
    ],
)
def test_arrays_of_numpy_are_read_in_this_machines_order_of_bytes(array):
    again = read(npy(array))
    np.testing.assert_array_equal(again, array)
    assert again.shape == array.shape
    assert again.dtype.isnative
    assert again.dtype == array.dtype.newbyteorder("=")


def test_a_header_of_python_2_is_read():
    header = with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 1L), }\n")
    assert read(header + np.ones(2).tobytes()).shape == (2, 1)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'more': 1}",
        "{'descr': '<f8', 'fortran_order': 'no', 'shape': (2,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 2}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2.0,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (True,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 400 + ",)}",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '|V8', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f8, <f8', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': [('a', '<f8', (2,), 1)], 'fortran_order': False, 'shape': (2,)}",
        "{'descr': [1], 'fortran_order': False, 'shape': (2,)}",
        "{'descr': " + "[" * 5000 + ", 'fortran_order': False, 'shape': (2,)}",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '\\x', 'fortran_order': False, 'shape': (2,)}",
        "\0" * 50,
    ],
)
def test_a_strange_header_is_refused_as_such(header):
    with pytest.raises(ValueError, match="damaged header"):
        read(with_header(header) + bytes(16))


def test_objects_are_never_unpickled_and_short_arrays_refused():
    with pytest.raises(ValueError, match="not allowed"):
        read(npy(np.array([print], dtype=object)))
    with pytest.raises(ValueError, match="shorter"):
        read(npy(np.ones(4))[:-1])
    with pytest.raises(ValueError, match="unknown version"):
        read(b"\x93NUMPY\x09\0" + bytes(100))


# -- files that are none ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_is_no_regular_file_is_not_touched(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with (tmp_path / "sparse").open("wb") as stream:
        stream.truncate(20 * 2**30)
    for name, words in {
        tmp_path / "pipe": "is a pipe",
        "/dev/zero": "is a device",
        tmp_path: "is a folder",
        tmp_path / "loop": "link that leads back to itself",
        tmp_path / "sparse": "is larger than 512 MB",
        tmp_path / "gone": "There is no file gone",
        tmp_path / ("x" * 300): "cannot be read",
        b"\xff".decode("utf-8", "surrogateescape"): r"There is no file \\udcff",
    }.items():
        begin = time.thread_time()
        with pytest.raises(ExperimentError, match=words) as caught:
            read_bytes(name)
        assert time.thread_time() - begin < 1.0
        assert len(str(caught.value)) <= LONGEST_SENTENCE


def test_whatever_a_reader_raises_becomes_one_short_sentence():
    for error in (RecursionError("x" * 9000), MemoryError(), SyntaxError("a\nb"), KeyError("k"), ValueError("<b>")):
        words = r"^b‹i>d\.npz is no model, or damaged"
        with pytest.raises(ExperimentError, match=words) as caught, gate("/a/b<i>d.npz", "model"):
            raise error
        assert len(str(caught.value)) <= LONGEST_SENTENCE
        assert "\n" not in str(caught.value)


def test_a_long_sentence_shortens_what_it_repeats_before_what_it_says():
    begin = time.thread_time()
    alone = str(ExperimentError("{0} is no table; choose another.", "a" + "y" * 10_000_000 + "z.csv"))
    assert alone.startswith("ayy")
    assert alone.endswith("z.csv is no table; choose another.")
    words = "{0!r} in {1} is neither {2} nor {3:g}; choose one of them."
    many = str(SettingError(words, "p" * 900, Path("q" * 900), ExperimentError("{0} and {0}", "r" * 900), 0.5))
    assert many.endswith("0.5; choose one of them.")
    assert len(str(ExperimentError("w" * 400))) == LONGEST_SENTENCE
    assert max(map(len, (alone, many))) <= LONGEST_SENTENCE
    assert min(map(len, (alone, many))) > LONGEST_SENTENCE - 60
    assert time.thread_time() - begin < 1.0


# -- JSON and TOML ----------------------------------------------------------------------------------------------------


def test_json_is_measured_before_it_is_read():
    assert extent_of(b'{"a": [1, 2, {"b": "[[[,,,\\"[["}], "c\\\\": 3}') == (10, 3)
    assert parse_json(b'{"a": [1, "[[["]}') == {"a": [1, "[[["]}
    with pytest.raises(ValueError, match="without end"):
        parse_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))
    with pytest.raises(ValueError, match="more than 4"):
        parse_json(b"[" + b"0," * 4_000_001 + b"0]")
    with pytest.raises(ValueError, match="more than 32 MB"):
        parse_json(b" " * (32 * 2**20 + 1))


def test_halves_of_characters_are_replaced_and_pairs_joined():
    assert parse_json(b'["\\ud83d\\ude00", "a\\ud800b", {"\\udfff": 1}]') == ["😀", "a�b", {"�": 1}]
    assert whole_characters("\ud83d\ude00") == "😀"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = [" + "0," * MOST_TOML_VALUES + "]", "values"),
        ("\n".join(f"[t{i}]" for i in range(MOST_TOML_VALUES)), "values"),
        ("a" + ".a" * 5000 + " = 1", "without end"),
        ("a = " + "[" * 5000, "without end"),
        ("a = [" + "''," * 200_000, "values"),
        ("#" + "x" * (11 * 2**20), "more than 10 MB"),
    ],
)
def test_toml_is_measured_before_it_is_read(text, words):
    begin = time.thread_time()
    with pytest.raises(ValueError, match=words):
        parse_toml(text)
    assert time.thread_time() - begin < 5.0


def test_texts_in_toml_are_no_values():
    text = 'a = """' + '1,2,[3]\\"\n' * 100_000 + '"""\nb = \'[[[,\'  # [,,,\n'
    assert parse_toml(text)["b"] == "[[[,"


# -- zip --------------------------------------------------------------------------------------------------------------


def test_a_directory_of_a_zip_is_measured_before_it_is_read(tmp_path):
    path = tmp_path / "many.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MOST_MEMBERS + 1):
            archive.writestr(str(number), b"")
    with pytest.raises(ExperimentError, match=r"many\.npz .* too many members"), opened_archive(path, "model"):
        pass
    content = bytearray(path.read_bytes())
    content[-10:-6] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)
    with pytest.raises(ExperimentError, match="too many members"), opened_archive(path, "model"):
        pass


def test_an_archive_that_unpacks_to_more_than_is_read_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.npz"
    zeros = npy(np.zeros(2**20))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", zeros)
    with opened_archive(path, "model") as archive:
        assert read_array(archive, archive.infolist()[0]).shape == (2**20,)
    content = path.read_bytes()
    # It claims to be of 3 GB in its directory.
    path.write_bytes(content.replace(struct.pack("<L", len(zeros)), struct.pack("<L", 3 * 2**30)))
    with pytest.raises(ExperimentError, match="unpack to more than 512 MB"), opened_archive(path, "model"):
        pass
