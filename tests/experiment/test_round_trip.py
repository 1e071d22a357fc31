"""What is saved reads back equal, bit for bit: settings, what the window shows, weights and curves."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from nnviz.experiment import Document, Experiment, load_document, save_document
from nnviz.experiment.schema import ViewSpec
from tests.experiment.strategies import experiments


@settings(max_examples=60, deadline=None)
@given(experiment=experiments())
def test_any_experiment_reads_back_equal_and_saves_to_the_same_bytes(experiment: Experiment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "one.nnviz", Path(folder) / "other.nnviz"
        # A path that is no absolute one would be read as relative to the file.
        if experiment.data.table is not None:
            table = experiment.data.table.edited(path="/tables/a.csv")
            experiment = experiment.edited(data=experiment.data.edited(table=table))
        save_document(Document(experiment), one)
        document = load_document(one)
        assert document.experiment == experiment
        save_document(document, other)
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("field", list(ViewSpec.model_fields))
def test_every_field_of_the_view_is_kept(field: str, moons: Experiment, tmp_path: Path) -> None:
    others = {
        bool: lambda value: not value,
        tuple: lambda value: (1, 0) if value and isinstance(value[0], int) else ("a", "b"),
        float: lambda value: 0.5,
        type(None): lambda value: (-1 / 3, 2.5),
    }
    default = getattr(ViewSpec(), field)
    changed: object
    if field == "through":
        changed = ("test", 3)
    elif field == "shown_class":
        changed = 3
    elif field == "held_values":
        changed = (1 / 3, -2.0, 1e-17)
    elif isinstance(default, str):
        names = ViewSpec.model_json_schema()["properties"][field].get("enum", [default])
        changed = next((name for name in names if name != default), default)
    else:
        changed = others[type(default)](default)
    experiment = moons.edited(view=ViewSpec().edited(**{field: changed}))
    save_document(Document(experiment), tmp_path / "a.nnviz")
    assert getattr(load_document(tmp_path / "a.nnviz").experiment.view, field) == changed


def test_a_trained_run_reads_back_bit_for_bit(moons: Experiment, tmp_path: Path) -> None:
    trainer = moons.trainer()
    trainer.advance(17)
    checkpoint = trainer.checkpoint()
    save_document(Document(moons, checkpoint=checkpoint), tmp_path / "a.nnviz")
    document = load_document(tmp_path / "a.nnviz")
    assert document.checkpoint is not None
    before, after = checkpoint.to_arrays(), document.checkpoint.to_arrays()
    assert before.keys() == after.keys()
    for name, array in before.items():
        assert array.dtype == after[name].dtype
        assert np.asarray(array).tobytes() == np.asarray(after[name]).tobytes(), name
    save_document(document, tmp_path / "b.nnviz")
    assert (tmp_path / "a.nnviz").read_bytes() == (tmp_path / "b.nnviz").read_bytes()
