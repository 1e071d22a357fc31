"""Tables that would take more memory or time than there is: measured before, refused in one sentence, or read soon."""

from __future__ import annotations

import io
import zipfile

import pytest

from nnviz.core.errors import DataError
from nnviz.data import content, decoding, dialects, limits, open_table, plain_columns
from nnviz.data.packed_texts import LongTexts


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    "text", ["", "a", "a\nb\r\nc\rd", "\r\n\r\n\n\r\r", "abcdefghij\r\nx", "\x0ca\u2028b\n", "ab\r"]
)
def test_lines_are_those_of_a_stream_whatever_is_streamed_at_once(
    text: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialects, "_STREAMED_CHARACTERS", at_once)
    assert list(dialects.physical_lines(text)) == list(io.StringIO(text, newline=""))


@pytest.mark.parametrize(("letter", "size"), [("a", 1), ("\xe9", 1), ("\u0416", 2), ("\u4e2d", 2), ("\U0001f412", 4)])
def test_a_text_is_as_large_as_its_widest_letter_makes_it(
    letter: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = f"x,y\n{letter},1\nb,2\n" + "c,3\n" * 1000
    data = table.encode()
    monkeypatch.setattr(decoding, "MOST_TEXT_BYTES", len(table) * size)
    decoding.decode(data, "t")
    monkeypatch.setattr(decoding, "MOST_TEXT_BYTES", len(table) * size - 1)
    with pytest.raises(DataError, match=r"^t would take more than 0 MB as text"):
        decoding.decode(data, "t")


def test_rows_that_stand_in_memory_as_texts_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    table = b"x,y\n" + b'"1",2\n' * 1000
    # The file and its text stand beside them.
    taken = 1001 * (120 + 2 * 64) + 2 * len(table)
    monkeypatch.setattr(limits, "MOST_ROW_BYTES", taken)
    assert open_table(table, name="t").n_rows == 1000
    monkeypatch.setattr(limits, "MOST_ROW_BYTES", taken - 1)
    with pytest.raises(DataError, match="too many cells between quotation marks"):
        open_table(table, name="t")


def test_columns_of_a_wide_table_are_taken_in_large_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[str] = []
    kept = plain_columns._kept

    def counted(joined: str, after: list[str | LongTexts]) -> str | LongTexts:
        parts.append(joined)
        return kept(joined, after)

    monkeypatch.setattr(plain_columns, "_kept", counted)
    n_columns, n_rows = 3000, 100
    rows = (",".join(f"{(number * row) % 97 / 8:.2f}" for number in range(n_columns)) for row in range(n_rows))
    header = ",".join(f"c{number}" for number in range(n_columns))
    table = open_table("\n".join((header, *rows)).encode(), name="t")
    assert (table.n_rows, len(table.columns)) == (n_rows, n_columns)
    # Of two rows each, twenty thousand columns took ten minutes.
    assert len(parts) == n_columns


def test_a_directory_of_an_archive_is_measured_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("t.csv", "x,y\n1,2\n3,4\n")
        for number in range(100):
            archive.writestr(f"folder {number}/", b"")
    size = len(stream.getvalue()) - stream.getvalue().index(b"PK\1\2") - 22
    monkeypatch.setattr(content, "MOST_DIRECTORY_BYTES", size)
    assert open_table(stream.getvalue(), name="t").n_rows == 2
    monkeypatch.setattr(content, "MOST_DIRECTORY_BYTES", size - 1)
    with pytest.raises(DataError, match="damaged archive"):
        open_table(stream.getvalue(), name="t")


def test_an_archive_of_the_64_bit_kind_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    with monkeypatch.context() as patched, zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("t.csv", "x,y\n1,2\n3,4\n")
        patched.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)
        archive.close()
    assert b"PK\6\7" in stream.getvalue()
    assert open_table(stream.getvalue(), name="t").n_rows == 2
