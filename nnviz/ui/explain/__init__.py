"""Worked arithmetic: a sheet that writes down what the network does with one example, step by step.

May import of ui/: widgets.

Start with `worked_panel.py`; the model behind it, which computes, is `nnviz.session.working.WorkedArithmetic`.

- The sheet shows what the model says and computes nothing; the numbers on the diagram are those of the same page.
- A link of the sheet names the wire that a term is about, and a wire under the mouse names its terms.
"""
