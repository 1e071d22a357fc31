"""Before, difference and contribution on a map: against networks that are evaluated by hand, on slices as well."""

from __future__ import annotations

import numpy as np
import pytest

import nnviz
from nnviz.core.surgery import swap_units
from nnviz.drawing.plane import difference_look, difference_output, is_difference, plane_image
from nnviz.drawing.theme import DARK, LIGHT, PROJECTOR
from nnviz.experiment import DataSpec, Experiment, FrameBuilder, Needs, NetworkSpec
from nnviz.experiment.answers import answer_on_plane
from nnviz.experiment.contrast import Contrast, Reference, difference, without_unit
from nnviz.experiment.contrast_words import contrast_sentence, difference_name
from nnviz.experiment.frame import Hold, PlaneRequest

SIZES = {"moons": {"n_samples": 60}, "iris": {}, "sine": {"n_samples": 60}, "concrete": {}}


def made(name, hold=None, epochs=3, **network):
    experiment = Experiment(
        data=DataSpec(name=name, parameters=SIZES.get(name, {})),
        network=NetworkSpec.model_validate({"hidden": [4, 3], **network}),
    )
    prepared = experiment.prepared()
    trainer = prepared.trainer()
    trainer.run(epochs)
    request = {"max_resolution": 12, "hold": hold or Hold()}

    def plane_of(contrast=None, **more):
        needs = Needs(planes={"": PlaneRequest(contrast=contrast, **request, **more)})
        frame = FrameBuilder(prepared).build(trainer.moment(), needs)
        return frame, frame.plane

    return prepared, trainer, plane_of


def reference_of(trainer, words="cut weight"):
    net = trainer.network
    return Reference(net.layout, net.activations, net.parameters.copy(), trainer.epoch, words)


@pytest.mark.parametrize(
    ("name", "hold"),
    [
        ("moons", Hold()),
        ("iris", Hold("means")),
        ("iris", Hold("row", row=("test", 3))),
        ("iris", Hold("average")),
        ("iris", Hold("components")),
        ("concrete", Hold("means")),
    ],
)
def test_a_contribution_is_the_answer_minus_the_answer_without_the_unit(name, hold):
    _, trainer, plane_of = made(name, hold)
    _, own = plane_of()
    _, shown = plane_of(Contrast(unit=(1, 2)))
    trainer.network.parameters[:] = without_unit(trainer.network.layout, trainer.network.parameters, (1, 2))
    _, without = plane_of()
    assert is_difference(shown)
    assert shown.values.shape == own.values.shape
    assert np.abs(shown.values).max() > 1e-4
    np.testing.assert_allclose(shown.values, own.values - without.values, atol=1e-5 * np.abs(own.values).max())


def test_a_muted_unit_contributes_nothing_and_the_sentence_says_so():
    _, trainer, plane_of = made("iris")
    trainer.network.mute(2, 1)
    _, plane = plane_of(Contrast(unit=(2, 1)))
    assert not plane.values.any()
    assert contrast_sentence(plane).endswith("It differs nowhere on this map.")


def test_before_and_difference_are_of_the_network_before_whatever_its_shape():
    prepared, _, plane_of = made("iris", Hold("means"))
    _, own = plane_of()
    other = nnviz.Network([prepared.X_train.shape[1], 7, 3], "relu", "softmax", seed=4)
    reference = Reference(other.layout, other.activations, other.parameters, 12, "remove unit")
    _, before = plane_of(Contrast("before", reference=reference))
    frame, apart = plane_of(Contrast("difference", reference=reference))
    np.testing.assert_allclose(apart.values, own.values - before.values, atol=1e-6)
    np.testing.assert_allclose(apart.values.sum(axis=2), 0.0, atol=1e-6)
    assert contrast_sentence(before) == "The answer before “remove unit”, as it was at epoch 12."
    assert contrast_sentence(apart) == "The present answer minus that before “remove unit” at epoch 12."
    # What is read out is exact, between the samples as well.
    (x0, x1), (y0, y1) = apart.x_range, apart.y_range
    x, y = x0 + (x1 - x0) * 3.5 / 12, y0 + (y1 - y0) * 7.5 / 12
    for plane in (before, apart):
        read = answer_on_plane(frame, plane, prepared, x, y)
        np.testing.assert_allclose(read, plane.values[7, 3], atol=1e-6)
    # The answer's boundary stays where the differences are shown.
    _, drawn = plane_of(Contrast("difference", reference=reference), contour=True)
    _, plain = plane_of(contour=True)
    np.testing.assert_array_equal(drawn.contour, plain.contour)


def test_what_changes_nothing_differs_nowhere():
    _, trainer, plane_of = made("moons")
    reference = reference_of(trainer, "swap units")
    swap_units(trainer.network, 1, 0, 3)
    _, plane = plane_of(Contrast("difference", reference=reference))
    assert not plane.values.any()
    own = np.array([[1.0, np.nan, 3.0]])
    np.testing.assert_array_equal(difference(own, own * (1.0 + 1e-15)), [[0.0, np.nan, 0.0]])
    np.testing.assert_array_equal(difference(own, own + 1e-3)[0, 2], 3.0 - (3.0 + 1e-3))


def test_a_network_with_other_ends_is_not_contrasted():
    _, _, plane_of = made("iris")
    other = nnviz.Network([2, 3, 1], seed=0)
    _, plane = plane_of(
        Contrast("before", reference=Reference(other.layout, other.activations, other.parameters, 0, ""))
    )
    assert plane.contrast is None
    for unit in ((0, 0), (3, 0), (1, 4)):
        assert plane_of(Contrast(unit=unit))[1].contrast is None
    # A unit that is looked at is itself, and no contrast.
    assert plane_of(Contrast(unit=(1, 0)), unit=(1, 0))[1].contrast is None


def test_one_feature_has_both_curves():
    _, trainer, plane_of = made("sine")
    _, own = plane_of()
    _, plane = plane_of(Contrast(unit=(1, 1)))
    assert not is_difference(plane)
    np.testing.assert_array_equal(plane.values, own.values)
    trainer.network.parameters[:] = without_unit(trainer.network.layout, trainer.network.parameters, (1, 1))
    np.testing.assert_allclose(plane.other, plane_of()[1].values, atol=1e-6)
    assert contrast_sentence(plane) == "Dashed: the answer without unit 2 of layer 1."


def test_colours_are_neutral_at_zero_and_tell_the_class():
    prepared, _, plane_of = made("iris")
    frame, plane = plane_of(Contrast(unit=(1, 2)))
    largest = int(np.abs(plane.values).max(axis=(0, 1)).argmax())
    assert difference_output(plane, prepared.train, None) == largest
    assert difference_output(plane, prepared.train, 1) == 1
    assert difference_name(frame, prepared, 1) == "ΔP(versicolor)"
    for theme in (LIGHT, DARK, PROJECTOR):
        (low, high), colours = difference_look(plane, prepared.train, theme, 1)
        assert -low == high == pytest.approx(float(np.abs(plane.values).max()), rel=1e-6)
        middle = theme.colour("neutral").rgb()
        assert max(abs((int(colours[128]) >> s & 255) - (middle >> s & 255)) for s in (0, 8, 16)) <= 3
        image = plane_image(plane, prepared.train, theme, frame=frame, shown_class=1)
        assert (image.width(), image.height()) == (12, 12)
    prepared, _, plane_of = made("moons")
    frame, plane = plane_of(Contrast(unit=(1, 2)))
    assert difference_name(frame, prepared, 0) == "ΔP(class B)"
