"""Forms of tables other than plain text, what people may change, and that any table reads back as it was written."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import random
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nnviz.core.errors import Cancelled, DataError, ShortRowsError
from nnviz.data import arrays, default_choices, limits, make_dataset, open_table, read_table, shown, summarise, tokens
from tests.data.mutations import mutated, originals
from tests.data.old_workbooks import binary_workbook, open_document

PLAIN = b"a,b,c\n1,2,x\n3,4,y\n"


def zipped(**files: bytes) -> bytes:
    """Return a zip of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def workbook(**sheets: list[list[object]]) -> bytes:
    """Return a minimal workbook as Excel writes it."""

    def cell(value: object, reference: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'
        return f'<c r="{reference}"><v>{value}</v></c>'

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r0" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        + "</Relationships>",
    }
    for n, rows in enumerate(sheets.values(), 1):
        lines = "".join(
            f'<row r="{r}">' + "".join(cell(value, f"{chr(65 + c)}{r}") for c, value in enumerate(row)) + "</row>"
            for r, row in enumerate(rows, 1)
        )
        files[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def saved(**arrays: np.ndarray) -> bytes:
    """Return an NPZ archive."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def read(content: bytes, **options):
    """Return the data set of some bytes with the proposed choices."""
    table = open_table(content, name="t", **options)
    return make_dataset(table, default_choices(table))


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(PLAIN, mtime=0),
        zipped(a_dot_csv=PLAIN),
        zipped(a=gzip.compress(PLAIN, mtime=0)),
        gzip.compress(PLAIN[:6], mtime=0) + gzip.compress(PLAIN[6:], mtime=0),
    ],
    ids=["gzip", "zip", "gzip within zip", "two gzips"],
)
def test_packed_tables(content):
    data = read(content)
    assert (data.X.tolist(), data.labels.tolist()) == ([[1, 2], [3, 4]], ["x", "y"])


def test_workbooks():
    pytest.importorskip("python_calamine")
    rows = [["Our flowers"], [], ["a", "b", "c"], [1, 2.5, "x"], [3, None, "y"], [5, 6, "y"]]
    content = workbook(Empty=[], Data=rows, More=[["p", "q"], [1, 2.5], [2, 3.5]])
    table = open_table(content, name="t.xlsx")
    assert (table.sheets, table.sheet, table.lines.tolist()) == (("Empty", "Data", "More"), "Data", [4, 5, 6])
    data = make_dataset(table, default_choices(table))
    assert (data.X.tolist(), data.labels.tolist()) == ([[1, 2.5], [5, 6]], ["x", "y"])
    assert read(content, sheet="More").y.tolist() == [[2.5], [3.5]]
    with pytest.raises(DataError, match="no sheet 'Other'"):
        open_table(content, name="t.xlsx", sheet="Other")


@pytest.mark.parametrize("written", [open_document, binary_workbook], ids=["ods", "xls"])
def test_workbooks_of_other_programs(written):
    pytest.importorskip("python_calamine")
    content = written([["a", "b", "c"], [1.0, 2.5, "x"], [3.0, 4.0, "y"], [5.0, 6.25, "y"]])
    table = open_table(content, name="t")
    assert (table.sheets, table.sheet) == (("Data",), "Data")
    data = make_dataset(table, default_choices(table))
    assert (data.X.tolist(), data.labels.tolist()) == ([[1, 2.5], [3, 4], [5, 6.25]], ["x", "y", "y"])
    damaged = content[: len(content) // 2]
    with pytest.raises(DataError):
        open_table(damaged, name="t")


def test_arrays():
    X, y = np.arange(12.0).reshape(4, 3) ** 2, np.array(["p", "q", "p", "q"])
    data = read(saved(X=X, y=y, feature_names=np.array(["u", "v", "w"])))
    assert (data.feature_names, data.X.tolist(), data.labels.tolist()) == (("u", "v", "w"), X.tolist(), y.tolist())
    stream = io.BytesIO()
    np.save(stream, X)
    assert read(stream.getvalue()).y.ravel().tolist() == X[:, 2].tolist()
    values = read(saved(X=X, y=X[:, :2] + 0.5))
    assert (values.n_features, values.n_outputs) == (3, 2)


def test_pictures_keep_their_shape():
    rng = np.random.default_rng(0)
    data = read(saved(images=rng.integers(0, 255, (20, 4, 5)), labels=np.arange(20) % 2))
    assert (data.image_shape, data.n_features, data.class_names) == ((4, 5), 20, ("0", "1"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (zipped(a=PLAIN, b=PLAIN), "holds 2 files"),
        (zipped(a=zipped(a=zipped(a=PLAIN))), "archive within archives"),
        (zipped(word__document=b"<xml>"), "text document"),
        (gzip.compress(PLAIN, mtime=0)[:-9], "damaged"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 60_000_000, 1, mtime=0), "unpacks to over 200 MB"),
        (pickle.dumps({"a": 1}), "pickle"),
        (saved(X=np.zeros((3, 2)), y=np.zeros(4)), "give every row its target"),
        (b"\x93NUMPY\x01\x00", "damaged"),
    ],
    ids=["two files", "archives", "document", "gzip", "gzip bomb", "pickle", "lengths", "array"],
)
def test_what_is_refused(content, sentence):
    with pytest.raises(DataError, match=sentence) as caught:
        read(content)
    assert "\n" not in str(caught.value)


def test_tables_with_too_many_cells_are_refused(monkeypatch):
    monkeypatch.setattr(tokens, "MOST_CELLS", 1000)
    with pytest.raises(DataError, match="million cells"):
        read(b"a,b,c\n" + b"1,2,x\n" * 400)


def file_of(save, *arrays, **named):
    stream = io.BytesIO()
    save(stream, *arrays, **named)
    return stream.getvalue()


WIDE = {
    "text": b",".join(b"x%d" % n for n in range(30)) + b"\n" + b",".join([b"1.5"] * 30) + b"\n",
    "spaces": b" ".join([b"x"] * 30) + b"\n" + b" ".join([b"1.5"] * 30) + b"\n",
    "whole numbers": (b",".join([b"7"] * 30) + b"\n") * 9000,
    "arff": b"@relation r\n" + b"".join(b"@attribute a%d numeric\n" % n for n in range(30)) + b"@data\n",
    "array": file_of(np.save, np.zeros((3, 30))),
    "pictures": file_of(np.save, np.zeros((3, 5, 6))),
    "records": file_of(np.save, np.zeros(3, dtype=[(f"a{n}", "f8") for n in range(30)])),
    "arrays": file_of(np.savez, **{f"a{n}": np.zeros(3) for n in range(30)}),
}


@pytest.mark.parametrize("form", WIDE)
def test_tables_with_too_many_columns_are_refused_whatever_they_come_in(form, monkeypatch):
    monkeypatch.setattr(limits, "MOST_COLUMNS", 20)
    with pytest.raises(DataError, match=r"has 30 columns, more than the 20 that are read"):
        read(WIDE[form])


def test_arrays_of_texts_are_bounded_by_themselves(monkeypatch):
    monkeypatch.setattr(arrays, "MOST_TEXT_CELLS", 1_000_000)
    assert read(file_of(np.save, np.arange(2000.0).reshape(1000, 2))) is not None
    for kind in ("<U3", "|S9", "<M8[D]", [("a", "<f8"), ("b", "<U2")]):
        # A header is enough: nothing of it is read.
        header = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': (9999999,), }}\n".encode()
        with pytest.raises(DataError, match="more than 1 million cells"):
            read(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header)


def test_objects_are_never_unpickled():
    stream = io.BytesIO()
    np.savez(stream, X=np.array([{"a": 1}], dtype=object), y=np.zeros(1))
    with pytest.raises(DataError, match="never unpickled"):
        read(stream.getvalue())


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    for path, sentence in [
        (tmp_path / "pipe.csv", "is a pipe"),
        (tmp_path / "loop.csv", "leads back to itself"),
        (tmp_path, "is a folder"),
        ("/dev/zero", "is a device"),
    ]:
        with pytest.raises(DataError, match=sentence):
            read_table(path)


def test_short_rows_are_filled_where_the_user_agrees():
    content = b"a,b,c\n1,x,2\n3,y\n5,x,6\n7,y,8\n"
    with pytest.raises(ShortRowsError) as caught:
        open_table(content, name="t.csv")
    assert (caught.value.n_short, caught.value.first_line) == (1, 3)
    table = open_table(content, name="t.csv", fill_short_rows=True)
    assert table.preview(2) == [["1", "x", "2"], ["3", "y", ""]]
    assert any("line 3" in note for note in table.notes)


def test_reading_can_be_cancelled_and_tells_how_far_it_is():
    content = b"a,b\n" + b"1,2.5\n2,3.5\n" * 20_000
    asked: list[float] = []
    open_table(content, progress=asked.append)
    assert asked == sorted(asked)
    assert asked[-1] == 1.0
    n_left = iter(range(5))
    with pytest.raises(Cancelled):
        open_table(content, cancelled=lambda: next(n_left, None) is None)


PENGUINS = (
    b"species,island,bill,sex\n"
    b"Adelie,Dream,39.1,male\nAdelie,Biscoe,,female\nGentoo,Biscoe,47.5,NA\nGentoo,Dream,50,male\nAdelie,Dream,38,female\n"
)


def test_choices_change_what_a_table_becomes():
    table = open_table(PENGUINS, name="p.csv")
    choices = default_choices(table, target="species")
    summary = summarise(table, choices)
    assert summary.shape == "6 inputs → 2 classes, 4 of 5 rows"
    assert summary.inputs == ("island=Biscoe", "island=Dream", "bill", "sex=NA", "sex=female", "sex=male")
    columns = dict(choices.columns)
    columns["bill"] = replace(columns["bill"], missing="mean")
    columns["sex"] = replace(columns["sex"], role="ignored")
    changed = replace(choices, columns=columns)
    assert changed != choices
    assert changed == replace(choices, columns=dict(columns))
    summary = summarise(table, changed)
    assert (summary.problem, summary.n_used, summary.classes) == ("", 5, (("Adelie", 3), ("Gentoo", 2)))
    assert summary.becomes["sex"] == "left out"
    assert summary.becomes["island"] == "2 inputs: island=Biscoe, island=Dream"
    assert summary.becomes["species"] == "target: 2 classes"
    X = make_dataset(table, changed).X
    assert X[1, 2] == pytest.approx(np.mean([39.1, 47.5, 50, 38]))


@pytest.mark.parametrize(
    ("column", "change", "sentence"),
    [
        ("island", {"kind": "numeric"}, "line 2: column 'island' has 'Dream'; features must be numbers"),
        ("island", {"missing": "mean"}, "which have no mean"),
        ("island", {"role": "target"}, "marked as target"),
    ],
)
def test_a_bad_choice_is_a_problem_in_words(column, change, sentence):
    table = open_table(PENGUINS, name="p.csv")
    choices = default_choices(table, target="species")
    bad = replace(choices, columns={**choices.columns, column: replace(choices.columns[column], **change)})
    assert sentence in summarise(table, bad).problem
    with pytest.raises(DataError, match=sentence):
        make_dataset(table, bad)


def test_the_target_can_be_moved():
    table = open_table(PENGUINS, name="p.csv")
    moved = default_choices(table, target="species").with_target("sex")
    # In a target NA is a label like any other.
    assert summarise(table, moved).becomes["sex"] == "target: 3 classes"
    assert moved.columns["species"].role == "feature"


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=y>", "a\x00b\x1b[31m", "\u202egnp.exe", "x" * 10_000, "e" + "\u0301" * 50]
)
def test_hostile_names_are_kept_and_shown_inert(name):
    text = shown(name)
    assert len(text) <= 40
    assert text.isprintable()
    assert "<" not in text
    if "\x00" not in name:
        table = open_table(f"{name},b,c\n1,2,x\n3,4,y\n".encode(), name="t.csv")
        summary = summarise(table, default_choices(table))
        assert summary.inputs[0] == name
        assert all(len(sentence) < 400 and sentence.isprintable() for sentence in (*summary.warnings, *table.notes))


NUMBERS = st.floats(-1e12, 1e12).map(lambda value: round(value, 4) + 0.0)
WORDS = st.text(st.sampled_from("abcdefxyzÄéß :.'-0"), min_size=1, max_size=6).map(lambda word: f"w{word}w")


@st.composite
def written(draw):
    """Draw numbers and labels, and a table of them in some dialect."""
    labels = draw(st.lists(WORDS, min_size=2, max_size=3, unique=True))
    n_rows = draw(st.integers(5, 12))
    width = draw(st.integers(1, 3))
    X = [[draw(NUMBERS) for _ in range(width)] for _ in range(n_rows)]
    X[0] = [round(value) + 0.0625 for value in X[0]]
    X[1] = [value + 1.5 for value in X[0]]
    y = [labels[index % len(labels)] for index in range(n_rows)]
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    comma = draw(st.booleans())
    quote = delimiter in ("," if comma else "") or draw(st.booleans())
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))

    def cell(value: object) -> str:
        text = repr(value) if isinstance(value, float) else str(value)
        text = text.replace(".", ",") if comma and isinstance(value, float) else text
        return f'"{text}"' if quote else text

    head = ["size", "weight", "height"][:width]
    lines = [
        delimiter.join(map(cell, row))
        for row in [[*head, "kind"], *([*x, label] for x, label in zip(X, y, strict=True))]
    ]
    text = draw(st.sampled_from(["", f"# by hand{end}", end])) + end.join(lines) + draw(st.sampled_from(["", end]))
    packed = draw(st.sampled_from([lambda data: data, gzip.compress, lambda data: zipped(t=data)]))
    return X, y, packed(text.encode(encoding))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written())
def test_any_table_reads_back_as_it_was_written(example):
    X, y, content = example
    data = read(content)
    assert data.X.tolist() == X
    assert data.labels.tolist() == y


def test_mutated_files_are_tables_or_refused():
    rng = random.Random(0)
    files, sentences = originals(), []
    for _ in range(300):
        content = mutated(rng.choice(files), rng)
        try:
            data = read(content)
        except DataError as error:
            sentences.append(str(error))
        else:
            assert np.isfinite(data.X).all()
    assert all("\n" not in sentence and len(sentence) < 700 for sentence in sentences)
