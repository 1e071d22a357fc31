"""What an audience sees on a screen of its own, and the console from which that is led.

May import of ui/: plots, widgets.

Start with `stage_window.py`, the window on the projector's screen; `tiles.py` has the views that stand on it.

- `console.py` is the panel on the laptop; `presentation.py` opens, moves and closes the stage, and hands it frames.
- `prediction_model.py` has what a class predicts, and the curtain over the map until it is revealed.
- The views are painted by `nnviz.drawing` from the frames that the main window gets: they have no controls, need no
  plot of their own and cannot differ from it. Who makes the network diagram is handed in, for a room knows no other.
"""
