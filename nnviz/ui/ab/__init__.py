"""A/B: two networks side by side on the same data and mini-batches, in step, with a map of what differs.

May import of ui/: form, network, setup, widgets.

Start with `ab_window.py`; the model behind it is `nnviz.session.runs.second_keeper.SecondKeeper`.

- Diagrams and set-up are those of the main window: they are handed the second network in the place of the first.
- Everything is made when the window is first opened; while it is closed, no frame reaches it.
"""
