"""A network's arithmetic written out: forward, loss, backward and update, as a person would do it on paper.

May import of nnviz: core. Libraries: NumPy, msgspec.

Start with `example.py`; `passes.py` computes the numbers, `equations.py` says how each came about, `writers.py` writes
that as text, LaTeX, HTML or Python.

- The numbers are those of the engines; on paper they are rounded before they are used on (`rounding.py`).
- An equation is data (`expression.py`): the same tree is written with symbols or with numbers, and evaluated in the
  tests, so that what is written is what was computed.
- A choice of a table that `notation.py` knows nothing of is written by its name, with the right value.
"""
