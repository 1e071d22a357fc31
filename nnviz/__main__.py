"""``python -m nnviz`` and the command ``nnviz``."""

import sys


def main() -> int:
    """Run the command line; return the exit status (130: interrupted)."""
    try:
        from nnviz.cli import main as run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
