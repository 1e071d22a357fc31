"""The smallest workbooks that programs other than today's Excel write: OpenDocument, and Excel's form of 1997."""

from __future__ import annotations

import io
import struct
import zipfile

Rows = list[list[object]]

_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def open_document(rows: Rows) -> bytes:
    """Return a spreadsheet as LibreOffice writes it (`.ods`), with one sheet called Data."""
    oasis = "urn:oasis:names:tc:opendocument:xmlns"

    def cell(value: object) -> str:
        kind = "string" if isinstance(value, str) else f'float" office:value="{value}'
        return f'<table:table-cell office:value-type="{kind}"><text:p>{value}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<office:document-content xmlns:office="{oasis}:office:1.0" xmlns:table="{oasis}:table:1.0" '
        f'xmlns:text="{oasis}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Data">{lines}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{oasis}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in (("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)):
            archive.writestr(name, text)
    return stream.getvalue()


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _beginning(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _cell(row: int, column: int, value: object) -> bytes:
    if isinstance(value, str):
        head = struct.pack("<HHHHB", row, column, 0, len(value), 0)
        return _record(0x0204, head + value.encode("latin-1"))
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def binary_workbook(rows: Rows) -> bytes:
    """Return a workbook in Excel's binary form (`.xls`: BIFF8 records in an OLE2 container), with one sheet, Data."""
    end = _record(0x000A)

    def sheet_of(offset: int) -> bytes:
        return _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, 4, 0) + b"Data")

    head = _beginning(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    stream = head + sheet_of(len(head + sheet_of(0) + end)) + end + _beginning(0x0010)
    stream += b"".join(_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row)) + end
    # Shorter streams would have to be kept in a container within the container.
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    n_sectors = len(stream) // _SECTOR
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    table = [_TABLE, _END, *range(3, 2 + n_sectors), _END]
    table += [_FREE] * (_SECTOR // 4 - len(table))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le")
        length = len(text) + 2 if name else 0
        links = struct.pack("<HBBIII", length, kind, 1, _FREE, _FREE, child)
        return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, _END, 0) + entry("Workbook", 2, _FREE, 2, len(stream))
    directory += 2 * entry("", 0, _FREE, 0, 0)
    return header + struct.pack("<128I", *table) + directory + stream
