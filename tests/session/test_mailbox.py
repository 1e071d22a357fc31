from __future__ import annotations

import threading

from msgspec.structs import replace

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Needs
from nnviz.session.mailbox import Adopt, Go, Halt, Mailbox, SetParameters, Step
from nnviz.session.speeds import SPEEDS


def make() -> Mailbox:
    return Mailbox(Needs(), SPEEDS["full"])


def test_commands_come_out_in_order_and_are_counted() -> None:
    mailbox = make()
    assert mailbox.post(Go()) == 1
    assert mailbox.post(SetParameters(((0, 1.0),))) == 2
    assert isinstance(mailbox.take(), Go)
    assert mailbox.served == 1
    assert isinstance(mailbox.take(), SetParameters)
    assert mailbox.take() is None
    assert mailbox.served == 2


def test_of_two_edits_in_a_row_the_later_counts() -> None:
    mailbox, first, second = make(), Experiment(title="a"), Experiment(title="b")
    mailbox.post(Adopt(first))
    mailbox.post(Adopt(second))
    assert mailbox.take() == Adopt(second)
    assert mailbox.take() is None
    assert mailbox.served == 2


def test_edits_do_not_overtake_a_step() -> None:
    mailbox, experiment = make(), Experiment()
    for command in (Adopt(experiment), Step("batch"), Adopt(experiment)):
        mailbox.post(command)
    assert [type(mailbox.take()) for _ in range(3)] == [Adopt, Step, Adopt]


def test_a_halt_takes_back_the_steps_that_have_not_begun() -> None:
    mailbox = make()
    for command in (Step("epoch"), SetParameters(()), Step("epoch"), Halt()):
        mailbox.post(command)
    assert isinstance(mailbox.take(), SetParameters)
    assert isinstance(mailbox.take(), Halt)
    assert mailbox.served == 4


def test_a_run_begins_paused() -> None:
    assert make().pause.is_set()


def test_whatever_is_posted_rings_the_bell_until_it_is_taken_away() -> None:
    mailbox, rung = make(), []
    mailbox.bell = lambda: rung.append(len(rung))
    mailbox.post(Go())
    mailbox.set_needs(replace(mailbox.needs, gradient=True))
    mailbox.set_speed(SPEEDS["1"])
    assert rung == [0, 1, 2]
    assert mailbox.needs.gradient
    assert mailbox.speed is SPEEDS["1"]
    mailbox.silence()
    mailbox.post(Go())
    assert rung == [0, 1, 2]


def test_who_is_told_to_stop_takes_nothing_that_is_for_the_next_one() -> None:
    mailbox, stop = make(), threading.Event()
    mailbox.post(Go())
    assert isinstance(mailbox.take(stop), Go)
    stop.set()
    mailbox.post(Halt())
    assert mailbox.take(stop) is None
    assert isinstance(mailbox.take(), Halt)
