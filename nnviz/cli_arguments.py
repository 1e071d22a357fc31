"""What may stand behind the options of the command line: checked before anything is trained, told in one sentence."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from pathlib import Path

from nnviz.core.errors import NnvizError


def count(text: str) -> int:
    """Return how many epochs."""
    if not text.isdecimal() or not 0 <= int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to 10 000 000, not {text!r}")
    return int(text)


def positive(text: str) -> int:
    """Return how many epochs, at least one."""
    if count(text) == 0:
        raise argparse.ArgumentTypeError("must be at least 1")
    return int(text)


def between(least: int, most: int) -> Callable[[str], int]:
    """Return what reads a whole number of a range."""

    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > 9 or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}, not {text!r}")
        return int(text)

    return read


def path_argument(text: str) -> Path:
    """Return a path, ``~`` expanded."""
    from nnviz.core.storage import expanded

    if not text:
        raise argparse.ArgumentTypeError("must not be empty")
    try:
        return expanded(text)
    except NnvizError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None


def new_file(text: str) -> Path:
    """Return the path of a file that can be written."""
    path = path_argument(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"must name a file, but {text!r} is a folder")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"needs a folder that exists, not {str(path.parent)!r}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise argparse.ArgumentTypeError(f"needs a folder that can be written to, not {str(path.parent)!r}")
    return path


def new_picture(text: str) -> Path:
    """Return the path of a picture that can be written."""
    path = new_file(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"must end in .png, not {text!r}")
    return path


def size(text: str) -> tuple[int, int]:
    """Return width and height in pixels."""
    match = re.fullmatch(r"(\d{3,4})[x×](\d{3,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"must be WIDTHxHEIGHT in pixels, such as 1600x1000, not {text!r}")
    return int(match[1]), int(match[2])


def add_file(parser: argparse.ArgumentParser, *, optional: bool) -> None:
    """Describe the experiment that a command is for."""
    kinds = "a lesson's or data set's name, a .nnviz or .toml experiment, or a table (CSV, Excel, ARFF, NumPy …)"
    if optional:
        parser.add_argument("file", metavar="FILE", nargs="?", help=f"{kinds}; default: the three-armed spiral")
    else:
        parser.add_argument("experiment", metavar="FILE_OR_LESSON", help=kinds)
