"""What the pyqtgraph views share: a plot in the theme's colours, curves, points, marks and the menu of every plot.

May import of ui/: widgets.

Start with `plot.py`.

- Items are made once and given new data; a plot is never cleared and built again.
- `curve_item.py` stands in for pyqtgraph's curves, whose paths took 32 ms a repaint for two noisy curves of 2 000
  points; as separate lines out of NumPy's memory they take 1–2 ms.
- Files are written by `nnviz.export.plots`: pyqtgraph's exporter of SVG fails on the Qt that we use.
"""
