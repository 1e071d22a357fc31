"""The compiled engine: every epoch of a small network in machine code, without the interpreter's lock.

May import of nnviz: core. Libraries: Numba and llvmlite, which nothing else of the package imports.

Start with `engine.py`, what Python sees; then `train.py`, the loop, and `update.py`, where a gradient becomes a step.

- A choice of a table is here its integer `code`: a new activation, loss, optimiser or schedule needs a branch in
  `functions.py` or `update.py`, and `tests/core/kernels/test_kernels.py` fails until table and branch agree.
- Functions take pointers and plain numbers (`types.py`), never arrays: counted references cost more
  than a small layer.
- The cache folder is named by a hash of these sources (`cache.py`): after an edit the first training compiles anew,
  for ten to twenty seconds.
- Formulas run when a kernel is compiled, on stand-ins for lanes (`tracing.py`): what is done to these becomes code.
"""
