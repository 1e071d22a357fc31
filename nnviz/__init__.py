"""nnviz: see a neural network learn."""

from nnviz._version import __version__

__all__ = ["__version__"]
