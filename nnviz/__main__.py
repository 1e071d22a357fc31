"""``python -m nnviz`` and the command ``nnviz``."""

import atexit
import os
import sys

_statuses: list[int] = []


def main() -> int:
    """Run the command line; return the exit status (130: interrupted)."""
    # Registered before all others, it is called after them.
    atexit.register(_leave)
    try:
        from nnviz.cli import main as run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    _statuses.append(status)
    return status


def _leave() -> None:
    """End the process of a window that has closed; taking the interpreter apart takes seconds on a busy computer."""
    abandoned = sys.modules.get("nnviz.session.abandoned")
    if _statuses and abandoned is not None and abandoned.is_over():
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(_statuses[-1])


if __name__ == "__main__":
    sys.exit(main())
