"""The brush on the map: classes, values or a curve of one's own, painted while the network trains.

May import of ui/: plots, widgets.

Start with `paint_mode.py`, which takes the mouse over; `paint_tools.py` is what each tool does with it.

- What a brush does to points is plain arithmetic in `nnviz.data.brushes`, and a canvas is `nnviz.experiment.painting`.
- A stroke is one undo step. While it lasts the document follows some fifteen times a second (`paint_strokes.py`).
"""
