"""The pages about every row: the table, the confusion of classes, predicted values, mistakes, a pad to draw on.

May import of ui/: plots, widgets.

Start with `answers_panel.py`, which holds the pages; `answers_page.py` is what each of them is.

- The worker evaluates the rows, and only while a page is seen; a page shows what the frame brings.
- Which rows are marked is `nnviz.session.marking`: a page changes it and follows it, and so does the map.
"""
