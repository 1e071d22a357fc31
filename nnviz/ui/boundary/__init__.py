"""The map: what the network answers everywhere on a plane of two features, and what is chosen of it.

May import of ui/: painting, plots, widgets.

Start with `boundary_view.py`; `map_layer.py` is the image under the points, `map_pointer.py` the mouse.

- The worker samples the plane (`nnviz.experiment.grids`); the view hands the picture to pyqtgraph and computes nothing.
- What happens to features that are on neither axis is the slice: `slice_control.py`, `slice_layer.py`, `hold_row.py`.
- It knows `painting` because the brush works on the map; no other view may import a view.
"""
