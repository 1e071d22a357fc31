"""Files that Qt writes, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice

from nnviz.core.storage import PathLike, write_atomically


def write_whole(path: PathLike, fill: Callable[[QBuffer], object]) -> None:
    """Let `fill` write into memory, and write that, atomically.

    Qt itself writes over what is there, and says that all is well where the disk was full before the last bytes.

    Parameters
    ----------
    path : str or Path
    fill : callable
        Writes into the open device that it is given; what it makes for that has ended when it returns.

    Raises
    ------
    ExperimentError
        Where the file cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    fill(buffer)
    write_atomically(path, lambda stream: stream.write(buffer.data().data()))
