"""The set-up: what is learnt from, by which network, and how it is trained.

May import of ui/: form, widgets.

Start with `setup_panel.py`; each section (`data_section.py`, `network_section.py`, `training_section.py`) is a form.

- A section makes another experiment of the present one by functions of `nnviz.experiment.edits`; it trains nothing.
- Settings that are allowed but make no sense together are explained at their control (`setup_hints.py`).
"""
