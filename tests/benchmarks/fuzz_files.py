"""Open hostile files: ``python tests/benchmarks/fuzz_files.py --files 20000 --seed 0``.

First come the bombs, each in a process of its own whose memory is bounded, for they are made to take all there is:
prints seconds and the peak above an idle process. Then damaged files of every kind. Nothing but a document or one short
sentence may come out. Exits with 1 where anything else did.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from nnviz.core.errors import NnvizError
from nnviz.experiment.document import load_document
from tests.experiment.hostile_files import hostile, opened

LONGEST_S = 10.0
MOST_MEGABYTES = 1024
#: More than the peak that is asked for, so that it is measured before it is refused.
ADDRESS_SPACE = 6 * 2**30


def archive_of(path: Path, members: dict[str, bytes]) -> None:
    """Write a `.nnviz` of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def zip_bomb(path: Path) -> None:
    """A megabyte that is a gigabyte of zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("experiment.json", "{}")
        with archive.open("parameters.npy", "w", force_zip64=True) as stream:
            for _ in range(2**10):
                stream.write(bytes(2**20))


def largest_array(path: Path) -> None:
    """As much as may be unpacked."""
    stream = io.BytesIO()
    np.save(stream, np.zeros(63 * 2**20))
    archive_of(path, {"experiment.json": b"{}", "parameters.npy": stream.getvalue()})


def sparse(path: Path) -> None:
    """Twenty gigabytes of nothing."""
    with path.open("wb") as stream:
        stream.truncate(20 * 2**30)


BOMBS: dict[str, Callable[[Path], object]] = {
    "zip bomb.nnviz": zip_bomb,
    "largest array.nnviz": largest_array,
    "deep.nnviz": lambda path: archive_of(path, {"experiment.json": b"[" * 30_000_000}),
    "lists.nnviz": lambda path: archive_of(path, {"experiment.json": b"[" + b"[]," * 10_000_000 + b"[]]"}),
    "nulls.nnviz": lambda path: archive_of(
        path, {"experiment.json": b'{"network": {"explicit": {"weights": [[[' + b"null," * 3_900_000 + b"null]]]}}}"}
    ),
    "names.nnviz": lambda path: archive_of(
        path, {"experiment.json": b"{" + b",".join(b'"k%d":1' % number for number in range(1_900_000)) + b"}"}
    ),
    "huge.toml": lambda path: path.write_text("a = [" + "{a=1}," * 1_600_000 + "]"),
    "large.toml": lambda path: path.write_text("\n".join(f"k{number} = 1" for number in range(120_000))),
    "dotted.toml": lambda path: path.write_text("a" + ".a" * 4_000_000 + " = 1"),
    "digits.toml": lambda path: path.write_text("format = " + "9" * 9_000_000),
    "sparse.nnviz": sparse,
    "sparse.csv": sparse,
    "sparse.toml": sparse,
    "pipe.nnviz": os.mkfifo,
    "pipe.toml": os.mkfifo,
    "pipe.csv": os.mkfifo,
    "zero.nnviz": lambda path: path.symlink_to("/dev/zero"),
    "zero.toml": lambda path: path.symlink_to("/dev/zero"),
    "zero.csv": lambda path: path.symlink_to("/dev/zero"),
}


def peak_kilobytes() -> int:
    """Return the most memory that this process has had; what `resource` says begins with that of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def open_alone(path: str) -> int:
    """Open one file in this process, and print what became of it."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    load_document("xor")
    idle, begin = peak_kilobytes(), time.perf_counter()
    try:
        load_document(path)
        said = "opened"
    except NnvizError as error:
        said = str(error)
    seconds = time.perf_counter() - begin
    megabytes = (peak_kilobytes() - idle) / 1024
    print(f"{seconds:5.1f} s  {megabytes:5.0f} MB  {said[:150]}")
    return int(seconds > LONGEST_S or megabytes > MOST_MEGABYTES or len(said) > 300)


def bombs(folder: Path) -> int:
    """Open every bomb in a process of its own; return how many did harm."""
    n_faults = 0
    for name, make in BOMBS.items():
        path = folder / name
        make(path)
        print(f"{name:20}", end=" ", flush=True)
        try:
            done = subprocess.run([sys.executable, __file__, "--alone", str(path)], timeout=6 * LONGEST_S, check=False)
            n_faults += done.returncode != 0
        except subprocess.TimeoutExpired:
            print("hangs")
            n_faults += 1
        path.unlink()
    return n_faults


def fuzz(folder: Path, n_files: int, seed: int) -> int:
    """Open damaged files; return how many ended otherwise than they may."""
    rng, n_opened, n_faults, slowest = random.Random(seed), 0, 0, 0.0
    warnings.simplefilter("ignore")
    start = time.perf_counter()
    for number in range(n_files):
        name, content = hostile(folder, rng)
        begin = time.perf_counter()
        try:
            n_opened += opened(name, content, folder) == "opened"
        except Exception:
            n_faults += 1
            (folder / f"fault-{number}-{name}").write_bytes(content)
            print(f"file {number}, {name}:")
            traceback.print_exc()
        slowest = max(slowest, time.perf_counter() - begin)
    seconds = time.perf_counter() - start
    print(f"{n_files} files in {seconds:.0f} s: {n_opened} opened, {n_faults} faults; slowest {slowest * 1000:.0f} ms")
    return n_faults + (slowest > LONGEST_S)


def main() -> int:
    """Return 1 where a file did harm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", help="open this one file in this process")
    arguments = parser.parse_args()
    if arguments.alone:
        return open_alone(arguments.alone)
    with tempfile.TemporaryDirectory() as folder:
        n_faults = bombs(Path(folder)) + fuzz(Path(folder), arguments.files, arguments.seed)
    return int(n_faults > 0)


if __name__ == "__main__":
    sys.exit(main())
