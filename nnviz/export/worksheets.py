"""Worksheets as PDF: pages to be printed and filled in by hand, and a separate key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from nnviz.core.explain.example import WorkedExample
from nnviz.core.explain.worksheet import BlankChoice, worksheet_html
from nnviz.core.storage import PathLike, expanded, write_atomically

#: Of the text, in points; of the margins, in millimetres.
FONT_SIZE, MARGIN = 10.5, 18.0


def save_worksheet(path: PathLike, examples: Sequence[WorkedExample], choice: BlankChoice) -> tuple[Path, Path]:
    """Write a worksheet with a variant for each example, and beside it "… key.pdf"; return both paths.

    Raises
    ------
    ExperimentError
        Where a file cannot be written.
    """
    sheet = expanded(path)
    key = sheet.with_name(f"{sheet.stem} key{sheet.suffix or '.pdf'}")
    for file, html in ((sheet, worksheet_html(examples, choice)), (key, worksheet_html(examples, choice, key=True))):
        content = _pdf(html, file.stem)
        write_atomically(file, partial(_put, content))
    return sheet, key


def _put(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def _pdf(html: str, title: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN), QPageLayout.Unit.Millimeter)
    writer.setTitle(title)
    document = QTextDocument()
    font = QFont(document.defaultFont())
    font.setPointSizeF(FONT_SIZE)
    document.setDefaultFont(font)
    document.setHtml(html)
    document.print_(writer)
    # It writes the end of the file as it goes.
    del writer
    return bytes(buffer.data().data())
