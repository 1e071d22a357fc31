"""Walls: many runs side by side as small live maps, sorted by loss or by two settings, with their outcomes.

May import of ui/: widgets.

Start with `wall_panel.py`; the model behind it, which trains, is `nnviz.session.runs.wall.Wall`.

- One widget paints all maps (`wall_view.py`), each from a picture that is made anew only when its run has sent a frame.
- What the maps cost the GUI thread is told to the wall (`Wall.worked`), which asks for frames as often as that allows.
"""
