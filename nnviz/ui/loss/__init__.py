"""The curves of loss, score and learning rate.

May import of ui/: plots, widgets.

Start with `loss_view.py`.

- Frames bring curves that are thinned already, with their extremes (`nnviz.core.history.thinning`).
- Curves are drawn as many short lines (`nnviz.ui.plots.curve_item`): 1–2 ms a repaint, where pyqtgraph's paths took 32.
"""
