"""Worksheets as PDF: pages to be printed and filled in by hand, and a separate key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QIODevice, QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from nnviz.core.explain.example import WorkedExample
from nnviz.core.explain.worksheet import BlankChoice, worksheet_html
from nnviz.core.storage import PathLike, expanded
from nnviz.export.whole_files import write_whole

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
        write_whole(file, partial(_print, html, file.stem))
    return sheet, key


def _print(html: str, title: str, device: QIODevice) -> None:
    # It writes the end of the file as it goes, when this returns.
    writer = QPdfWriter(device)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN), QPageLayout.Unit.Millimeter)
    writer.setTitle(title)
    document = QTextDocument()
    font = QFont(document.defaultFont())
    font.setPointSizeF(FONT_SIZE)
    document.setDefaultFont(font)
    document.setHtml(html)
    document.print_(writer)
