"""Which frames views of numbers and curves take over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from nnviz.experiment.frame import Frame
from nnviz.session.glance import Glance


@dataclass
class Moment:
    """Stands for a frame."""

    run_id: int = 1
    is_moving: bool = True


def test_a_run_that_trains_is_looked_at_now_and_then_and_what_rests_always() -> None:
    now = 0.0
    glance = Glance(0.1, lambda: now)

    def worth(at: float, **changes: object) -> bool:
        nonlocal now
        now = at
        return glance.is_worth(cast("Frame", Moment(**changes)))  # type: ignore[arg-type]

    assert worth(10.00), "the first one"
    assert not worth(10.04)
    assert not worth(10.09)
    assert worth(10.12)
    assert worth(10.13, run_id=2), "another run"
    assert not worth(10.15, run_id=2)
    assert worth(10.16, run_id=2, is_moving=False)
    assert worth(10.17, run_id=2, is_moving=False), "each one at rest"
    assert worth(10.18, run_id=2), "the first one after a rest"
    assert not worth(10.20, run_id=2)
    glance.forget()
    assert worth(10.21, run_id=2)
