"""Which sign separates the cells of a text, and which of its lines are comments.

Every candidate is tried on the first lines. The best one gives rows of equal width whose cells look like something: a
number, or a word without the signs that separate cells elsewhere. That tells "1,5;2,5" from two numbers and a rest.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from msgspec import Struct

from nnviz.data.cells import is_date, is_missing, is_number, number

SPACES = " "
WIDE_SPACES = "  "
#: Words for a sign, as in "semicolon-separated".
WORDS = {
    ",": "comma-separated",
    ";": "semicolon-separated",
    "\t": "tab-separated",
    "|": "separated by |",
    SPACES: "separated by spaces",
    WIDE_SPACES: "separated by two or more spaces",
}
_SEP_LINE = re.compile(r"[ \t]*\"?sep=(\\t|[^\r\n\"])\"?[,;\t| ]*(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
_COMMENT = re.compile(r"(?:(?<=[\r\n])|\A)[ \t]*[#%][^\r\n]*")
_SPLIT_SPACES = re.compile(r'"((?:[^"]|"")*)"(?=\s|\Z)|(\S+)')
_SPLIT_WIDE = re.compile(r"\s{2,}|\t")
_STREAMED_CHARACTERS = 2**20
#: So much of a text is looked at.
_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 400_000
_SAMPLE_COLUMNS = 40
_FOREIGN = {
    ",": ";\t|",
    ";": ",\t|",
    "\t": ";|",
    "|": ",;\t",
    SPACES: ",;|",
    WIDE_SPACES: ";|",
}


class PreparedText(Struct, frozen=True):
    """A text with its comments blanked, so that lines keep their numbers.

    Attributes
    ----------
    text : str
    delimiter : str
        A key of `WORDS`, or whatever an Excel ``sep=`` line says.
    commented_header : tuple of str
        Names in the last comment before the rows, where there are as many as columns; empty otherwise.
    n_comments : int
    """

    text: str
    delimiter: str
    commented_header: tuple[str, ...]
    n_comments: int


def prepare(text: str) -> PreparedText:
    """Find the delimiter and the comments of a text."""
    match = _SEP_LINE.match(text.lstrip("\r\n"))
    given = ""
    if match is not None and not match[1].isalnum() and match[1] != "\\":
        begin = len(text) - len(text.lstrip("\r\n"))
        given = "\t" if match[1] == "\\t" else match[1]
        end = begin + match.end()
        text = text[:begin] + re.sub(r"[^\r\n]", "", text[begin:end]) + text[end:]
    delimiter = given or _delimiter(text)
    if ("#" not in text and "%" not in text) or _COMMENT.search(text) is None:
        return PreparedText(text, delimiter, (), 0)
    return _without_comments(text, delimiter)


def physical_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends; the form feed and Unicode's separators end none.

    A stream takes four times the size of its text, so that it is made of one piece after the other.
    """
    begin = 0
    while len(text) - begin > _STREAMED_CHARACTERS:
        end = _line_end(text, begin)
        if end - begin > 2 * _STREAMED_CHARACTERS:
            yield text[begin:end]
        else:
            yield from io.StringIO(text[begin:end], newline="")
        begin = end
    yield from io.StringIO(text[begin:], newline="")


def _line_end(text: str, begin: int) -> int:
    """Return where a line ends about as far behind `begin` as is streamed at once; of a longer line, its own end."""
    middle = begin + _STREAMED_CHARACTERS
    last = max(text.rfind("\n", begin, middle), text.rfind("\r", begin, middle))
    if last < 0:
        found = [at for at in (text.find("\n", middle), text.find("\r", middle)) if at >= 0]
        last = min(found, default=len(text) - 1)
    return last + 1 + (text[last : last + 2] == "\r\n")


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line, whatever its quotes."""
    if delimiter == SPACES:
        return split_spaces(line)
    if delimiter == WIDE_SPACES:
        return split_wide(line)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=delimiter != "\t"), [])
    except csv.Error:
        return line.split(delimiter)


def split_spaces(line: str) -> list[str]:
    """Return what runs of white space separate; quotes hold a cell together."""
    if '"' not in line:
        return line.split()
    return [match[2] or match[1].replace('""', '"') for match in _SPLIT_SPACES.finditer(line)]


def split_wide(line: str) -> list[str]:
    """Return what at least two spaces, or a tab, separate."""
    stripped = line.strip()
    return _SPLIT_WIDE.split(stripped) if stripped else []


def _sample(text: str) -> list[str]:
    lines = [line for line in islice(physical_lines(text[:_SAMPLE_CHARACTERS]), 2 * _SAMPLE_LINES) if line.strip()]
    if len(text) > _SAMPLE_CHARACTERS and len(lines) > 1:
        del lines[-1]  # cut off in its middle
    plain = [line for line in lines if line.lstrip()[0] not in "#%"]
    return (plain if 2 * len(plain) >= len(lines) else lines)[:_SAMPLE_LINES]


def _delimiter(text: str) -> str:
    """Return the most convincing delimiter; a comma where there is none."""
    sample = _sample(text)
    best, best_score = ",", 0.0
    for delimiter in ("\t", ";", ",", "|", SPACES, WIDE_SPACES):
        if delimiter.strip(" ") and not any(delimiter in line for line in sample):
            continue
        score = _score(list(_rows(sample, delimiter)), delimiter)
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def _rows(sample: list[str], delimiter: str) -> Iterator[list[str]]:
    split: Callable[[str], list[str]] | None = {SPACES: split_spaces, WIDE_SPACES: split_wide}.get(delimiter)
    if split is not None:
        yield from map(split, sample)
        return
    reader = csv.reader(sample, delimiter=delimiter, skipinitialspace=delimiter != "\t")
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        yield row


def _score(rows: list[list[str]], delimiter: str) -> float:
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0.0
    width, n = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2:
        return 0.0
    fitting = [row for row in rows if len(row) == width]
    quality = [_quality(cell, delimiter) for row in fitting for cell in row[:_SAMPLE_COLUMNS]]
    return n / len(rows) * sum(quality) / len(quality)


def _quality(cell: str, delimiter: str) -> float:
    cell = cell.strip()
    if number(cell) is not None and "," not in cell:
        return 1.0
    if is_number(cell):
        # A group of thousands made of spaces may be two cells.
        return 0.98 if " " not in cell else 0.8
    if is_missing(cell):
        return 0.7
    if is_date(cell):
        return 0.9
    if any(sign in cell for sign in _FOREIGN.get(delimiter, "")):
        # In a text between semicolons or tabs a comma is usual; numbers with commas have been dealt with.
        return 0.35 if delimiter in ";\t|" and ", " in cell else 0.0
    return 0.5 if delimiter == SPACES else 0.6


def _without_comments(text: str, delimiter: str) -> PreparedText:
    sample = _sample(text)
    widths = Counter(len(split_line(line, delimiter)) for line in sample)
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0] if widths else 1
    marks = list(_COMMENT.finditer(text))
    n_lines = sum(1 for line in physical_lines(text) if line.strip())
    mostly_marked = 2 * len(marks) >= n_lines
    kept: list[str] = []
    header: tuple[str, ...] = ()
    position, n_comments, in_quotes, begun = 0, 0, False, False
    for mark in marks:
        between = text[position : mark.start()]
        begun = begun or (not between.isspace() and between != "")
        in_quotes ^= between.count('"') % 2 == 1
        cells = split_line(mark.group().strip(), delimiter)
        kept.append(between)
        position = mark.end()
        if in_quotes or (len(cells) == width > 1 and (mostly_marked or _is_cell(cells[0]))):
            kept.append(mark.group())
            in_quotes ^= mark.group().count('"') % 2 == 1
            begun = True
            continue
        n_comments += 1
        names = _commented_names(mark.group(), delimiter, width)
        if names and not begun:
            header = names
    kept.append(text[position:])
    return PreparedText("".join(kept), delimiter, header, n_comments)


def _is_cell(cell: str) -> bool:
    """Return whether a cell that begins with a comment's sign is one: "#N/A", or "#" alone as the name of a column."""
    return is_missing(cell) or cell.strip() in ("#", "%")


def _commented_names(comment: str, delimiter: str, width: int) -> tuple[str, ...]:
    names = split_line(comment.strip().lstrip("#%").strip(), delimiter)
    usable: Iterable[str] = (name.strip() for name in names)
    found = tuple(usable)
    return found if len(found) == width > 1 and all(found) and not any(map(is_number, found)) else ()
