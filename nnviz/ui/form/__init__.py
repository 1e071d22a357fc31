"""Controls that are bound to one value of the experiment.

May import of ui/: widgets.

Start with `form.py`, where a row is bound by two functions, `read` and `write`; `controls.py` has the number controls.

- `set_value` shows a value without a signal, `edited` says what a person chose: so a control never answers itself.
- Whether an edit starts the run over is asked of `nnviz.experiment.effects`, not known by the row.
- A drag is one undo step: its edits share a merge key (`nnviz.session.commands`).
"""
