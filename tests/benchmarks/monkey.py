"""Lets a monkey loose on the window: ``python tests/benchmarks/monkey.py [--actions 100000] [--seed 0]``.

It clicks, drags, types, trains, opens, undoes and resizes at random, in a process of its own that may crash. What goes
wrong is printed with its seed and the last steps, then replayed with fewer and fewer of them (`--no-shrink`: not).
Prints every thousand steps, with the memory: it has to stay flat; and of a step that takes long, what the window was
at. Exit status 1 where anything was found.

Under an X server (``QT_QPA_PLATFORM=xcb DISPLAY=:1``, with a window manager) `--pointer` clicks and drags with its own
pointer, by xdotool, such as dock titles and tabs alone: ``--pointer --only "drag dock,layout,dock"``.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

from nnviz.doctor import compile_ahead
from nnviz.session.made_exceptions import amid_handling
from tests.memory import held_bytes, resident_mb
from tests.ui.monkey import Monkey, Step, random_steps, write_files
from tests.ui.monkey_pointer import PointedMonkey

#: A step that takes longer freezes the window; one that takes far longer hangs.
SLOW_S, HANGS_S = 5.0, 120.0
#: Growth of the resident memory, but for the runs that *Undo* keeps, from the second tenth of a series to its end.
MOST_GROWTH_MB = 150.0
MOST_REPLAYS = 40


def main(argv: Sequence[str] | None = None) -> int:
    """Run until everything is done or found; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--replay", type=Path, help="a file with the steps to take, as --child writes them")
    parser.add_argument("--only", help="names of steps, with commas between: no others are taken")
    parser.add_argument("--pointer", action="store_true", help="click and drag with the X server's own pointer")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.child is not None:
        steps = [tuple(step) for step in json.loads(options.child.read_text())]
        return amid_handling(partial(_child, steps, is_real=options.pointer))
    if options.replay is not None:
        steps = [tuple(step) for step in json.loads(options.replay.read_text())]
    else:
        steps = random_steps(options.seed, options.actions, options.only.split(",") if options.only else Monkey.STEPS)
    # Nobody waits for the compiler meanwhile.
    print(compile_ahead(), flush=True)
    done, chosen, said = _attempt(steps, show=True, is_real=options.pointer)
    if not said:
        print(f"{len(steps)} steps, nothing found", flush=True)
        return 0
    print(f"seed {options.seed}, step {done}: {said}", flush=True)
    print("last steps:", *steps[max(0, done - 10) : done], f"which chose {chosen}", sep="\n  ", flush=True)
    if not options.no_shrink:
        few = _shrunk(steps[:done], said, is_real=options.pointer)
        print(f"{len(few)} steps are enough:", json.dumps(few), sep="\n", flush=True)
    return 1


def _attempt(steps: Sequence[Step], *, show: bool = False, is_real: bool = False) -> tuple[int, str, str]:
    """Take `steps` in another process; return how many were begun, what the last chose, and what was found."""
    with tempfile.TemporaryDirectory(prefix="monkey") as name:
        folder = Path(name)
        (folder / "steps.json").write_text(json.dumps(list(steps)))
        command = [sys.executable, __file__, *["--pointer"] * is_real, "--child", str(folder / "steps.json")]
        with (folder / "said").open("w") as said:
            # Its home, settings and unsaved work are its own.
            home = {"HOME": name, "XDG_CONFIG_HOME": f"{name}/config", "XDG_DATA_HOME": f"{name}/data"}
            process = subprocess.Popen(
                command, env=os.environ | _cache() | home, stdout=None if show else subprocess.DEVNULL, stderr=said
            )
            process.wait()
        begun = (folder / "begun").read_text() if (folder / "begun").exists() else ""
        number, _, chosen = begun.partition(" ")
        text = (folder / "said").read_text()
        said = "" if process.returncode == 0 else f"ended with {process.returncode}\n{text[-6000:]}"
        return int(number or 0), chosen.strip(), said


def _cache() -> dict[str, str]:
    """Let the child use the kernels that are compiled already, although its home is another."""
    from nnviz.core.kernels.cache import user_cache_folder

    return {"NUMBA_CACHE_DIR": str(user_cache_folder().parent)}


def _shrunk(steps: list[Step], said: str, *, is_real: bool) -> list[Step]:
    """Return a part of `steps` after which the same is found: halves, quarters … are left out as long as it is."""
    mark, replays, size = _mark(said), 0, max(1, len(steps) // 2)
    while size and replays < MOST_REPLAYS:
        begin = 0
        while begin < len(steps) and replays < MOST_REPLAYS:
            fewer = steps[:begin] + steps[begin + size :]
            replays += 1
            if fewer and _mark(_attempt(fewer, is_real=is_real)[2]) == mark:
                steps = fewer
                print(f"  {len(steps)} steps", flush=True)
            else:
                begin += size
        size //= 2
    return steps


def _mark(said: str) -> str:
    """Return what two findings of the same kind have in common: how it ended, and the last line."""
    lines = said.strip().splitlines()
    return f"{lines[0]} {lines[-1].split(':')[0]}" if lines else ""


def _child(steps: list[Step], *, is_real: bool) -> int:
    from nnviz.app import create_application, create_window
    from nnviz.session.garbage import GarbageCollector
    from nnviz.session.pacing import share_interpreter

    folder = Path(sys.argv[-1]).parent
    faulthandler.enable()
    app = create_application(["monkey"])
    share_interpreter()
    collector = GarbageCollector(parent=app)
    collector.start()
    write_files(folder / "files")
    window = create_window(theme="light")
    window.controller.wait_idle()
    monkey = (PointedMonkey if is_real else Monkey)(window, folder / "files")
    begin, memory = time.perf_counter(), []
    with (folder / "begun").open("w") as begun, monkey.watching():
        monkey.tell = partial(_note, begun)
        for number, step in enumerate(steps, start=1):
            begun.seek(0)
            begun.truncate()
            begun.write(f"{number} ")
            begun.flush()
            faulthandler.dump_traceback_later(HANGS_S, exit=True)
            before = time.perf_counter()
            watch = threading.Timer(SLOW_S, _print_where, (threading.get_ident(),))
            watch.start()
            try:
                monkey.do(step)
            finally:
                watch.cancel()
            taken = time.perf_counter() - before
            if taken > SLOW_S:
                print(f"  step {number} {step} took {taken:.1f} s", flush=True)
            if number % 1000 == 0 or number == len(steps):
                lab, elapsed = window.controller.lab, time.perf_counter() - begin
                kept_mb = sum(held_bytes(lab.run(run_id)) for run_id in lab) / 2**20
                memory.append(resident_mb() - kept_mb)
                taken_mb = f"{memory[-1]:.0f} MB beyond {kept_mb:.0f} MB of runs"
                print(f"  {number} steps, {elapsed:.0f} s, {taken_mb}, {len(app.allWidgets())} widgets", flush=True)
        monkey.end()
    faulthandler.cancel_dump_traceback_later()
    collector.stop()
    # The first thousand steps load what a session needs.
    growth = memory[-1] - memory[min(max(1, len(memory) // 10), len(memory) - 1)] if memory else 0.0
    if growth > MOST_GROWTH_MB:
        print(f"memory grew by {growth:.0f} MB", file=sys.stderr)
        return 1
    return 0


def _note(begun: TextIO, chosen: str) -> None:
    """Keep on disk what a step has chosen, should it end the process."""
    begun.write(f"{chosen}, ")
    begun.flush()


def _print_where(thread: int) -> None:
    """Print what the window is at in the midst of a step that takes long, and what the other threads are."""
    frames = sys._current_frames()
    window = frames.pop(thread, None)
    print("".join(traceback.format_stack(window, limit=8)), flush=True)
    for frame in frames.values():
        print(
            "  another thread:", *(line.split("\n")[0] for line in traceback.format_stack(frame, limit=4)), flush=True
        )


if __name__ == "__main__":
    sys.exit(main())
