"""The guide inside the program: every concept and control in a paragraph with a picture, in three levels of words.

May import of ui/: widgets.

Start with `guide_window.py`; `terms.py` is the glossary, `pages.py` makes pages of it and of what the window says of
itself.

- Controls are described in the words of their own tooltips, so that nothing is written twice.
- Pictures are drawn by the program: of the views and controls as they are, and of concepts in `concept_pictures.py`.
"""
