"""The laboratory: several runs side by side, by id, with one crew of training threads and one budget of memory.

May import of nnviz: core, assets, data, experiment, session, sweeps. Qt: QtCore only.

Start with `laboratory.py`, which owns the runs; `crew.py` are the threads that take turns at them, `host.py` is what a
run needs while they do.

- Every run has an observer of its own (`RunObserver`); whoever shows a run listens to that, and whoever
  wants to hear of all of them to the signals of the laboratory, which carry the run's id.
- A run that nobody looks at costs nothing while it rests: it has no thread, and no frame is built of it.
- The foreground run goes first. The others share what it leaves, and are never starved.
"""
