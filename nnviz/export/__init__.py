"""Figures, tables and models as files on disk.

May import of nnviz: core, assets, data, experiment, drawing, qt_libraries. Qt: QtCore, QtGui and QtSvg, no widgets.

Start with `plots.py`, how a picture becomes a PNG, an SVG or a place in the clipboard; `run_folder.py` is what
`nnviz train` writes, `models.py` what `nnviz predict` reads.

- Pictures are painted anew by `nnviz.drawing` at the size wanted, never grabbed from a widget.
- Where Qt's system libraries are missing, everything but the pictures is written, and what was left out is named.
"""
