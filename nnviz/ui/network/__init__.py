"""The diagram, the inspector of a unit or an edge, and *Try an input*.

May import of ui/: plots, widgets.

Start with `diagram_view.py`: a click on a unit arrives in its `mousePressEvent` and leaves as `unit_selected`, which
`diagram_area.py` answers by opening `inspector_panel.py`.

- What the network looks like is painted by `nnviz.drawing.diagram`; `diagram_canvas.py` keeps the picture and zooms it.
- Painter, mouse and keyboard share one geometry (`nnviz.drawing.diagram_layout`), so that what is seen is what is hit.
- A dragged weight goes through `Controller.edit_parameters`: an undo step, training or not.
"""
