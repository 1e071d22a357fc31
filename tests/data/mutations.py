"""Damaged files: what the suite and ``tests/benchmarks/fuzz_tables.py`` open in the hope that nothing happens."""

from __future__ import annotations

import gzip
import io
import random
import zipfile

import numpy as np

from nnviz import assets

_PIECES = (
    *(
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"|",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"#",
        b"%",
    ),
    *(b"sep=;\n", b"1e999", b"-", b"1.234,5", b"NaN", b"\xc3\xa4", b"\xe2\x80\xae", b"<b>", b"@data\n", b"PK\3\4"),
    *(
        b"\x1f\x8b\x08",
        b"\x93NUMPY",
        b"{",
        b"[",
        b"1_000",
        b"\x1a",
        b"\x0c",
        b"'",
        b"\\",
        b"=",
        b"()",
        b" " * 50,
        b"," * 300,
    ),
)


def originals() -> list[bytes]:
    """Return sound files of all kinds."""
    iris = assets.data_file("iris.csv").read_bytes()[:2000].rpartition(b"\n")[0]
    penguins = assets.data_file("penguins.csv").read_bytes()[:2000].rpartition(b"\n")[0]
    arff = b"@relation r\n@attribute a numeric\n@attribute c {x,y}\n@data\n" + b"1.5,x\n2,y\n{0 1, 1 y}\n" * 5
    files = [iris, penguins, iris.replace(b".", b"\xc2\xb7"), penguins.replace(b",", b"\t"), arff]
    files += [
        iris.replace(b",", b";").replace(b".", b","),
        iris.decode().encode("utf-16"),
        gzip.compress(iris, mtime=0),
    ]
    files += [b"\n".join(b'"' + line.replace(b",", b'","') + b'"' for line in penguins.split(b"\n"))]
    files += [iris.replace(b",", b"   ")]
    stream = io.BytesIO()
    np.savez(stream, X=np.arange(12.0).reshape(4, 3), y=np.array(["p", "q", "p", "q"]))
    files.append(stream.getvalue())
    stream = io.BytesIO()
    np.save(stream, np.arange(12.0).reshape(4, 3))
    files.append(stream.getvalue())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("iris.csv", iris)
    files.append(stream.getvalue())
    return files


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return a damaged copy."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at, length = rng.randrange(len(data) + 1), rng.choice((0, 1, 1, 4, 40))
        match rng.randrange(6):
            case 0:
                data[at : at + length] = rng.choice(_PIECES)
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + 10 * length]
            case 3 if at < len(data):
                data[at] = rng.randrange(256)
            case 4:
                data[at:at] = rng.choice(_PIECES) * rng.choice((1, 2, 30))
            case 5 if rng.random() < 0.3:
                del data[at:]
    return bytes(data)
