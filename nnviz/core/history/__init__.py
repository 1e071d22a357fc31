"""What a run leaves behind: its figures epoch by epoch, thinned within a budget, and snapshots of its parameters.

May import of nnviz: core. Libraries: NumPy.

Start with `history.py`; `thinning.py` makes curves of a million epochs cheap to draw, `snapshots.py` keeps parameters.

- Every epoch is recorded at every speed: exact up to a million of them, then as minima, means and maxima of blocks.
- Columns grow in place and are handed out as read-only prefixes that are never rewritten, so that frames need no copy.
"""
