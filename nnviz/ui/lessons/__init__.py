"""Lessons in the window: the step that is told, the ring round what it speaks of, and the list of all lessons.

May import of ui/: widgets.

Start with `played_lesson.py`, the lesson that is open; `lesson_panel.py` is what is seen of it.

- What a step does to the window is the stage's business (`nnviz.ui.window.lesson_stage`).
- Nothing here waits for a clock.
"""
