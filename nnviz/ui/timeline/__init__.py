"""Time: the strip by which one moves through the past of a run, and what says that the past is shown.

May import of ui/: widgets.

Start with `timeline_strip.py`; the model behind it, which gets the pictures, is `nnviz.session.timeline.Timeline`.

- The strip shows where the model stands and asks it to move; the views learn of it by the frames that they are handed.
- The past is never shown without saying so: `past_sign.py` draws the frame round the window and the sign on the strip.
"""
