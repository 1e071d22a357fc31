"""Pure painters: functions of a painter, a geometry, a frame and a theme, shared by the window, exports and tests.

May import of nnviz: core, assets, data, experiment. Qt: QtCore and QtGui only, no widgets, no pyqtgraph.

Start with `diagram.py`, the picture of the network; `theme.py` holds every colour, width and font size.

- The same arguments give the same pixels; what is kept between two calls, a class keeps (`pixel_picture.py`).
- Colours are opaque, mixed with the canvas beforehand: translucent antialiased lines cost Qt four times as much.
- Lines and sprites go to Qt straight from NumPy's memory (`curves.py`, `sprites.py`).
"""
