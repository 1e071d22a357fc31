"""Several maps side by side: of another unit, of another epoch, of another run, each right and set for itself."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.experiment.schema import LayerSpec, NetworkSpec
from nnviz.experiment.subject import Subject
from nnviz.session.past_frames import frame_at
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from nnviz.session.view_settings import ViewSettings
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import small_experiment


def second(window: MainWindow, name: str, subject: Subject | None = None) -> BoundaryView:
    """Return another map beside the window's, with settings of its own."""
    settings = ViewSettings(window.state.experiment.view, window)
    view = BoundaryView(
        *(window.state, window.controller, window.marks, window.theme),
        name=name,
        settings=settings,
        subject=subject,
    )
    view.resize(420, 400)
    view.show_prepared(window.controller.prepared)
    window.audience.look_at(view, subject)
    return view


def answers_at(view: BoundaryView) -> tuple[np.ndarray, np.ndarray]:
    """Return some samples of the map that a view draws, and the places that they are of."""
    plane = view._frame.plane
    n_y, n_x, _ = plane.values.shape
    rows, columns = np.array([3, n_y // 2, n_y - 2]), np.array([5, n_x // 3, n_x - 4])
    (x0, x1), (y0, y1) = plane.x_range, plane.y_range
    places = np.column_stack([x0 + (columns + 0.5) / n_x * (x1 - x0), y0 + (rows + 0.5) / n_y * (y1 - y0)])
    return plane.values[rows, columns], places


def test_maps_of_a_unit_an_epoch_and_another_run_are_each_right(window: MainWindow) -> None:
    controller, audience, main = window.controller, window.audience, window.boundary_view
    window.step()
    controller.wait_idle()
    past_network = controller.ask(lambda run: run.trainer.network.copy())
    unit_view = second(window, "unit")
    unit_view.show_unit((1, 2))
    for _ in range(4):
        window.step()
    controller.wait_idle()
    unit_view.show_frame(controller.frame)
    past = Subject(controller.run_id, 1)
    past_view = second(window, "past", past)
    past_view.show_unit((2, 0))
    frame = controller.ask(lambda run: frame_at(run, 1, controller.needs_of(past)))

    other = small_experiment(network=NetworkSpec(hidden=(LayerSpec(units=5),)))
    run = Run(other, controller.needs_of(past), SPEEDS["full"])
    controller.lab.add(run)
    other_view = second(window, "other", Subject(run.id))
    seen: list[object] = []
    controller.lab.frame_ready.connect(lambda _id, frame: seen.append(frame))
    views = (main, unit_view, past_view, other_view)
    controller.lab.ask(run.id, lambda run: run.trainer.run(2)).result(30)
    foreign = controller.lab.ask(run.id, lambda run: run.builder.build(run.moment(), run.mailbox.needs)).result(30)
    for each in (frame, controller.frame, foreign):
        audience.show_frame(each, views)

    network = controller.ask(lambda run: run.trainer.network.copy())
    other_network = controller.lab.ask(run.id, lambda run: run.trainer.network.copy()).result(30)
    prepared = controller.prepared
    expected = {
        main: lambda X: network.predict(X)[:, 0],
        unit_view: lambda X: network.forward(X)[1][:, 2],
        past_view: lambda X: past_network.forward(X)[2][:, 0],
        other_view: lambda X: other_network.predict(X)[:, 0],
    }
    for view, answer in expected.items():
        values, places = answers_at(view)
        np.testing.assert_allclose(values[:, 0], answer(prepared.inputs.transform(places)), atol=1e-5)
    assert [view._frame.epoch for view in views] == [5, 5, 1, 2]
    assert controller.frame.planes.keys() == {"boundary", "unit"}

    # Axes, range and what is drawn are set for each view alone.
    past_view.settings.edit({"contour": True, "x_range": (-1.0, 1.0)})
    assert not any(view.settings.spec.contour for view in (main, unit_view, other_view))
    assert window.state.experiment.view.x_range is None
    main.settings.edit({"grid": True})
    assert window.state.experiment.view.grid
    assert not past_view.settings.spec.grid
    for view in views[1:]:
        view.close()
        view.deleteLater()
    controller.lab.remove(run.id)


def test_settings_that_views_share_set_both(window: MainWindow) -> None:
    shared = ViewSettings(window.state.experiment.view)
    heard: list[None] = []
    shared.changed.connect(lambda: heard.append(None))
    shared.edit({"hold": "average"})
    shared.edit({"hold": "average"})
    assert (shared.spec.hold, len(heard)) == ("average", 1)
    with pytest.raises(ValueError, match="hold"):
        shared.edit({"hold": "nothing"})
