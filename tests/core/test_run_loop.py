"""`Trainer.run`: a callback that may stop it, and a progress bar."""

import numpy as np
import pytest

import nnviz

X = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
Y = X[:, :1]

engines = pytest.mark.parametrize("engine", ["numpy", "auto"])


def make(engine="numpy", **settings):
    return nnviz.Trainer(nnviz.Network([2, 3, 1], seed=0), X, Y, engine=engine, batch_size=2, **settings)


@engines
def test_a_callback_is_called_after_every_epoch_and_changes_nothing(engine):
    plain, watched, seen = make(engine), make(engine), []
    plain.run(7)
    watched.run(7, callback=lambda trainer: seen.append((trainer is watched, trainer.epoch, len(trainer.history))))
    assert seen == [(True, epoch, epoch + 1) for epoch in range(1, 8)]
    np.testing.assert_array_equal(plain.network.parameters, watched.network.parameters)


@pytest.mark.parametrize("answer", [True, np.True_])
def test_it_may_end_the_run_which_then_can_go_on(answer):
    trainer = make()
    history = trainer.run(100, callback=lambda run: answer if run.epoch == 4 else None)
    assert (trainer.epoch, len(history), trainer.is_stopped) == (4, 5, False)
    trainer.run(2, callback=lambda run: False)
    assert trainer.epoch == 6


def test_it_may_change_settings():
    trainer = make()
    history = trainer.run(3, callback=lambda run: run.set(learning_rate=0.1 / run.epoch))
    np.testing.assert_allclose(history.learning_rate[1:], [0.03, 0.1, 0.05])


def test_what_it_raises_is_raised_and_the_run_stays_whole():
    trainer = make()

    def callback(run):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        trainer.run(3, callback=callback)
    assert trainer.epoch == 1
    assert trainer.run(1).last_epoch == 2


@pytest.mark.parametrize("answer", [0, 1, "no", np.zeros(2)])
def test_an_answer_that_could_mean_anything_is_refused(answer):
    with pytest.raises(nnviz.SettingError, match="What the callback returns must be True or False"):
        make().run(2, callback=lambda run: answer)


def test_it_is_not_called_for_an_epoch_that_diverged():
    seen = []
    trainer = nnviz.Trainer(nnviz.Network([2, 3, 1], "relu", "linear"), X, Y, learning_rate=1e6, engine="numpy")
    trainer.run(50, callback=lambda run: seen.append(run.epoch))
    assert trainer.diverged is not None
    assert seen == list(range(1, trainer.epoch + 1))


def test_a_progress_bar_is_drawn_on_stderr(capsys):
    trainer = make()
    trainer.run(3)
    assert capsys.readouterr().err == ""
    trainer.run(5, progress=True)
    drawn = capsys.readouterr()
    assert drawn.out == ""
    assert "8/8" in drawn.err
    assert "loss=" in drawn.err
