"""Lessons: what is said, done, pointed at and waited for, step by step, and the conditions that tell a run's story.

May import of nnviz: core, assets, data, experiment. Libraries: NumPy, msgspec. No Qt.

Start with `conditions.py`, the small language in which lessons, challenges and stop conditions say what has to hold;
`facts.py` is what it can speak of.

- A lesson waits for events of the run or of the pupil, never for seconds.
- A condition is read with Python's own parser and checked node by node against a short list; nothing is ever executed.
"""
