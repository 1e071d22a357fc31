"""The race of optimisers: their trails on one loss surface, live, with a legend of their losses.

May import of ui/: widgets.

Start with `race_panel.py`; the model behind it, which trains, is `nnviz.session.runs.race.Race`, and its surfaces are
computed by `nnviz.session.runs.surface_maker.SurfaceMaker`.

- The surface is painted once for each that is computed, the trails at every round.
"""
