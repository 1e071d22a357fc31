"""Many runs of one experiment without a window. Over settings, seeds and folds, in threads or on a cluster. No Qt.

May import of nnviz: core, assets, data, experiment. Libraries: NumPy; Dask where a cluster is used.

Start with `sweep.py`, the public function; `plan.py` says which runs there are, `task.py` trains one of them.

- A run is known by its number alone: whoever trains it, in whatever order, gets the same result, bit for bit on one
  class of processor. What is finished is written whole or not at all (`folder.py`): an interrupted sweep goes on.
- Threads serve the compiled engine, which lets go of the interpreter, processes NumPy's; `crews.py` has both, and takes
  executors of others and Dask clients.
- The picture of all runs is laid out here (`wall.py`) and painted in `nnviz.drawing.wall`.
"""
