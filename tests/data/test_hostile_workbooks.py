"""Workbooks that claim or repeat more than there is room for: one sentence, and the process lives on."""

from __future__ import annotations

import io
import subprocess
import zipfile

import pytest

from nnviz.core.errors import Cancelled, DataError
from nnviz.data import open_table, workbooks
from tests.data.old_workbooks import binary_workbook, open_document

pytest.importorskip("python_calamine")

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SMALL = (
    '<row r="1"><c r="A1" t="str"><v>x</v></c><c r="B1" t="str"><v>y</v></c></row>'
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>'
    '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><v>5</v></c></row>'
)
_FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def workbook(rows: str, *, target: str = "worksheets/sheet1.xml", strings: str = "", before_sheets: str = "") -> bytes:
    """Return a workbook with one sheet of these rows, wherever it lies in the archive."""
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r0" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}">{before_sheets}'
        '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/worksheet" Target="{target}"/><Relationship Id="r2" Type="{_OFFICE}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
        f"xl/{target}": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def repeated(text: str, n_columns: int, n_rows: int) -> bytes:
    """Return an OpenDocument sheet of one row, in it one text that is repeated to the right, and downwards."""
    content = open_document([[text]])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in old.infolist():
            member = old.read(info)
            member = member.replace(
                b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="%d" ' % n_columns
            )
            member = member.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="%d">' % n_rows)
            archive.writestr(info.filename, member)
    return stream.getvalue()


def far_below() -> bytes:
    """Return a binary workbook with a cell in the corner that its form can name."""
    content = binary_workbook([["x", "y"], [1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
    cell = b"\x03\2\x0e\0"
    at = content.rindex(cell) + len(cell)
    return content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :]


SHARED = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 60_000))


@pytest.mark.parametrize(
    "content",
    [
        workbook(_SMALL + _FAR),
        workbook(_SMALL + _FAR, target="elsewhere/sheet.bin"),
        workbook(_SMALL + _FAR.replace('"', "'")),
        workbook(_SMALL + _FAR.replace("r=", "r = ").lower()),
        workbook(_SMALL + _FAR.replace("XFD1048576", "XFD0001048576")),
        workbook(_SMALL + '<row r="900000">' + "<c><v>1</v></c>" * 16_000 + "</row>"),
        workbook(SHARED, strings=f"<si><t>{'x' * 32_000}</t></si>"),
        repeated("x" * 100_000, 10_000, 4),
        repeated("x", 16_384, 1_000),
        far_below(),
    ],
    ids=["far", "elsewhere", "quotes", "blanks", "zeros", "no places", "shared", "long", "repeated", "binary"],
)
def test_cells_for_which_there_is_no_room_are_one_sentence(content: bytes) -> None:
    with pytest.raises(DataError, match=r"^far\.xlsx has ") as caught:
        open_table(content, name="far.xlsx")
    assert len(str(caught.value)) <= 300


def test_sound_ones_are_read_whatever_stands_around_their_sheets() -> None:
    table = open_table(workbook(_SMALL, before_sheets=f"<!--{'<workbookView ' * 200_000}-->"), name="t.xlsx")
    assert (table.n_rows, [column.name for column in table.columns]) == (2, ["x", "y"])


def test_the_process_that_reads_ends_with_what_was_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = workbooks.Workbook._started

    def spied(book: workbooks.Workbook) -> subprocess.Popen[bytes]:
        started.append(start(book))
        return started[-1]

    monkeypatch.setattr(workbooks.Workbook, "_started", spied)
    content = workbook(_SMALL)
    open_table(content, name="t.xlsx")
    with pytest.raises(Cancelled):
        open_table(content, name="t.xlsx", cancelled=lambda: len(started) > 1)
    assert [process.poll() is not None for process in started] == [True, True]


def test_no_more_sheets_are_looked_at_than_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_SHEETS", 0)
    with pytest.raises(DataError, match="is empty"):
        open_table(workbook(_SMALL), name="t.xlsx")


def test_one_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_WORKBOOK_S", 0.0)
    with pytest.raises(DataError, match="takes too long"):
        open_table(workbook(_SMALL), name="t.xlsx")
