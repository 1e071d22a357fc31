"""What a start does not import, so that it is quick; each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

FIRST_FRAME = """
import sys
from PySide6.QtCore import QEventLoop, QTimer
from nnviz.app import create_application, create_window

app = create_application(sys.argv)
loop, limit, seen = QEventLoop(), QTimer(singleShot=True), []
window = create_window()
def look(frame):
    seen.append(sorted({"numba", "llvmlite", "scipy", "numpy.ma"} & set(sys.modules)))
    loop.quit()
window.controller.frame_ready.connect(look)
limit.timeout.connect(loop.quit)
limit.start(60_000)
loop.exec()
window.close()
print(seen[:1])
"""


def run(code: str) -> str:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip().splitlines()[-1]


def test_help_imports_nothing_heavy() -> None:
    heavy = {"numpy", "numba", "PySide6", "pyqtgraph", "pydantic", "dataclasses", "inspect"}
    code = f"""
import sys
from nnviz.cli import main
try:
    main(["--help"])
except SystemExit:
    print(sorted({heavy!r} & set(sys.modules)))
"""
    assert run(code) == "[]"


def test_a_first_frame_needs_neither_numba_nor_masked_arrays() -> None:
    assert run(FIRST_FRAME) == "[[]]"
