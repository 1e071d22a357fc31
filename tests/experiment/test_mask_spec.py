"""Masks of an experiment: in its files, in its trainer, and in edits that change the network under them."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.core.errors import ExperimentError
from nnviz.experiment import Experiment, edits, load_document
from nnviz.experiment.carried import carried_trainer
from nnviz.experiment.document import save_document
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.mask_spec import MaskSpec
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import LayerSpec, NetworkSpec
from nnviz.experiment.short_text import from_short_text, to_short_text

TOML = """
[data]
name = "moons"
parameters = {n_samples = 60}

[network]
hidden = [4, 3]
masks = [
    {kind = "frozen", layer = 1, unit = 2},
    {kind = "cut", layer = 2, unit = 0, source = 1},
    {kind = "pinned", layer = 3, unit = 0, source = 0, value = 0.25},
    {kind = "muted", layer = 2, unit = 2},
    {kind = "cut", layer = 1, unit = 0, source = 9},
]
"""


@pytest.fixture
def masked(tmp_path) -> Experiment:
    (tmp_path / "masked.toml").write_text(TOML)
    return Experiment.load(tmp_path / "masked.toml")


def test_a_file_s_masks_are_kept_without_a_display(masked: Experiment, tmp_path) -> None:
    trainer = masked.trainer()
    network = trainer.network
    # Of the ninth input, which there is not, there is no mask.
    assert [mask.kind for mask in network.masks.entries] == ["frozen", "cut", "pinned", "muted"]
    before, held = network.parameters.copy(), network.masks.held
    trainer.run(3)
    assert before[held].tobytes() == network.parameters[held].tobytes()
    assert network.weights[2][0, 0] == 0.25
    masked.save(tmp_path / "again.toml")
    assert Experiment.load(tmp_path / "again.toml").network == masked.network
    assert from_short_text(to_short_text(masked)).network == masked.network
    document = load_document(tmp_path / "again.toml")
    save_document(document, tmp_path / "again.nnviz")
    assert load_document(tmp_path / "again.nnviz").experiment.network == masked.network


@pytest.mark.parametrize(
    "mask",
    [
        {"kind": "frozen", "layer": 0},
        {"kind": "frozen", "layer": 4},
        {"kind": "frozen", "layer": 1, "unit": 4},
        {"kind": "cut", "layer": 2, "unit": 0, "source": 4},
        {"kind": "cut", "layer": 2, "unit": 0},
        {"kind": "pinned", "layer": 2, "unit": 0, "source": 0},
        {"kind": "pinned", "layer": 2, "unit": 0, "source": 0, "value": float("inf")},
        {"kind": "muted", "layer": 3, "unit": 0},
        {"kind": "glued", "layer": 1},
        {"kind": "frozen", "layer": 1, "units": 2},
    ],
)
def test_a_mask_that_makes_no_sense_is_refused_in_one_sentence(mask: dict[str, object]) -> None:
    with pytest.raises(ExperimentError) as told:
        NetworkSpec(hidden=(4, 3), masks=(mask,))
    assert "\n" not in str(told.value)


def test_other_masks_are_a_live_change_and_other_layers_take_theirs_along(masked: Experiment) -> None:
    free = edits.with_network(masked, masks=())
    assert effect_of(masked, free) is Effect.LIVE
    fewer = edits.with_hidden_count(masked, 1)
    assert effect_of(masked, fewer) is Effect.RESTART
    # The pinned weight of layer 3 went with that; what is left is of layer 1, and of the outputs.
    assert [spec.layer for spec in fewer.network.masks] == [1, 2, 1]
    narrow = edits.with_layer(masked, 1, units=1)
    assert "muted" not in [spec.kind for spec in narrow.network.masks]
    assert edits.with_dataset(masked, "xor", "classification").network.masks == ()
    pinned = edits.with_network(masked, masks=(MaskSpec(kind="pinned", layer=1, unit=0, value=1.0),))
    assert edits.with_network(pinned, bias=False).network.masks == ()


def test_what_a_muted_unit_has_to_say_is_carried_into_another_network(masked: Experiment) -> None:
    trainer = masked.trainer()
    kept = trainer.network.masks.muted[0].kept
    trainer.run(2)
    wider = edits.with_network(masked, hidden=(LayerSpec(units=6), masked.network.hidden[1]))
    carried = carried_trainer(prepare(wider), trainer.checkpoint()).network
    assert carried.masks.muted[0].kept == kept
    X = trainer.problem.X
    np.testing.assert_allclose(carried.predict(X), trainer.network.predict(X), rtol=1e-12)
    carried.release()
    assert carried.weights[2][0, 2] == kept[0]
