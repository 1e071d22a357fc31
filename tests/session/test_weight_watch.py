"""The model behind the ways of weights tells of what there is in the run that answers."""

from __future__ import annotations

from collections.abc import Callable

from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.weight_watch import WeightId, WeightStory, WeightWatch, _look

Train = Callable[[Controller, int], Frame]


def test_a_story_is_of_the_weights_that_the_run_has_which_answers(controller: Controller, train: Train) -> None:
    train(controller, 3)
    there, gone = WeightId(1, 1, 0), WeightId(1, 40, 0)
    for weights, known in (((gone, there), (there,)), ((there, gone), (there,)), ((gone,), ())):
        # They were those of the run in front when the question was put, and it is another one that is asked.
        story: WeightStory = controller.ask(lambda run, weights=weights: _look(weights, 0, True, None, run))
        assert story.weights == known
        assert story.values.shape == (len(story.epochs), len(known))
        assert story.pushes is not None
    model = WeightWatch(controller)
    model.set_active(True)
    model.follow(there)
    assert model.current == there
    model.stop()
