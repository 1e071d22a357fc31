"""Runs by id, the threads that train them, the controller that shows one of them, and undo.

May import of nnviz: core, assets, data, experiment, sweeps. Qt: QtCore and QtGui only, no widgets. Threads live here
and nowhere else.

Start with `controller.py`, the window's hand on the run in the foreground; `runs/laboratory.py` owns all of them,
`loop.py` is what a thread does with one, `state.py` the document.

- The window writes to a run only through its `mailbox.py`; a run answers only with a `Report` (`report.py`), frozen.
- Nothing is stopped from outside: the loop looks at its events between slices of some 20 ms (`pacing.py`).
- Until the first frame is painted nothing imports Numba; the engine comes after it (`engine_start.py`).
- A view is handed frames of what it looks at and no others (`audience.py`), says by its name what it needs of them
  (`needs.py`), and is set for itself (`view_settings.py`).
- Every report carries the ids of its run and its hosting: each reaches the observer of its run (`observer.py`), and
  what arrives late is dropped (`runs/laboratory.py`).
"""
