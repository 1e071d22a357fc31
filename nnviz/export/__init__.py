"""Figures and tables written to disk. Draws with `nnviz.drawing`, needs no widgets."""
