"""The look and the small widgets; they know no run, no data and no experiment.

May import of ui/: nothing.

Start with `style.py`: a palette and one style sheet, both made from a `nnviz.drawing.theme.Theme`.

- A widget chooses its look by the dynamic property ``role``, never by a colour of its own.
- Help texts are derived from the tables of choices (`help_text.py`), so that they are written once.
"""
