"""The main window: it composes the rooms below it, and nothing below imports it.

May import of ui/: ab, answers, boundary, commands, documents, explain, form, guide, lessons, loss, network, painting,
plots, race, setup, stage, timeline, walls, widgets.

Start with `main_window.py`; `nnviz.app` makes the window and `recovery.py` looks after the user's own one.

- A view is told about themes, data and frames by the window; it asks for what it needs with `Controller.set_needs`.
- Closing stops drawing, then ends the threads, then keeps the settings: the order matters (`MainWindow.closeEvent`).
"""
