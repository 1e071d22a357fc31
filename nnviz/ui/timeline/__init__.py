"""Time: the strip by which one moves through the past of a run, what says that it is shown, and the runs that leave it.

May import of ui/: widgets.

Start with `timeline_strip.py`; the model behind it, which gets the pictures, is `nnviz.session.timeline.Timeline`.

- The strip shows where the model stands and asks it to move; the views learn of it by the frames that they are handed.
- Another course is asked for in `continue_dialog.py`; `runs_panel.py` lists all of them, `compare_dialog.py` compares.
- The past is never shown without saying so: `past_sign.py` draws the frame round the window and the sign on the strip.
"""
