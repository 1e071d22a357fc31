"""What the runs of a window are called where all of them are listed."""

from __future__ import annotations

from nnviz.core.numbers import count_text
from nnviz.core.translation import translated
from nnviz.session.controller import Controller


def run_name(controller: Controller, run_id: int) -> str:
    """Return the name of a run: in the tree, on a wall, in a race, or by its place among all of them."""
    from nnviz.session.runs.wall_run import WallRun

    lab, course = controller.lab, controller.tree.course_of(run_id)
    run = lab.run(run_id)
    if course is not None:
        name = course.name
    elif isinstance(run, WallRun) and run.label:
        name = run.label
    else:
        name = translated("Run {0}", count_text(list(lab).index(run_id) + 1))
    return translated("{0}, which is shown", name) if run_id == lab.foreground else name
