"""The engine: networks, their training and the mathematics of both. It knows no Qt, no experiment and no data set.

May import of nnviz: nothing. Libraries: NumPy, msgspec and threadpoolctl; Numba only in `kernels/`, and only once the
compiled engine is wanted; tqdm where a progress bar is.

Start with `propagation.py`, the forward and the backward pass in ninety lines; then `network.py` and `trainer.py`.

- All weights and biases lie in one float64 vector, and `W[l]` and `b[l]` are views into it (`layout.py`).
- Two engines stand behind `engine.py`: `numpy_engine.py` is the reference, `kernels/` the fast one. Whatever one of
  them learns the other has to learn too; the tests compare them entry by entry of the tables.
- A choice (activation, loss, optimiser, initialiser, schedule) is an entry of a table (`choices.py`); menus, help,
  command line, files and tests are derived from it.
"""
