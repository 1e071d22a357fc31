"""New, open, save, the clipboard, and tables with their dialog.

May import of ui/: commands, widgets.

Start with `document_actions.py`; `table_import.py` brings tables in, `import_dialog.py` is what it asks.

- Tables are read in a thread of their own (`nnviz.session.job`); until *Open* is pressed the session stays as it was.
- Every failure is one sentence in the bar above the network; the one modal question is `unsaved_question.py`.
"""
