"""Trained models as files: a network with all that is needed to apply it to new rows.

A model is an ``.npz`` of `Network.save` whose metadata hold how a table's columns become the network's inputs and what
its outputs mean, so that prediction needs neither the experiment nor its data. A ``.nnviz`` with its run is one too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike

from nnviz.core.arguments import instance, numbers, plain_array
from nnviz.core.arrays import read_only
from nnviz.core.errors import DataError, ExperimentError, NnvizError, SettingError
from nnviz.core.inert import shown
from nnviz.core.network import Network
from nnviz.core.storage import PathLike, expanded
from nnviz.data.dataset import Dataset
from nnviz.data.frames import is_columns, table_of_columns, table_of_objects
from nnviz.data.inputs import DERIVED, InputMap
from nnviz.data.new_rows import NewRows, read_new_rows
from nnviz.data.opening import open_table
from nnviz.data.recipe import Recipe, recipe_of_names
from nnviz.data.table import Table
from nnviz.data.targets import TargetMap
from nnviz.data.wording import joined
from nnviz.experiment.document import load_document
from nnviz.experiment.prepare import Prepared
from nnviz.export.predictions import Predictions

#: Key of the metadata that make a saved network a model.
METADATA_KEY = "model"
#: What `nnviz train` calls a model in the folder that it writes.
MODEL_NAME = "model.npz"

NewData = PathLike | Table | Dataset | Mapping[str, Any] | ArrayLike
"""What a model can be applied to."""


class Model(Struct, frozen=True, eq=False):
    r"""A trained network and what its inputs and outputs mean. `nnviz.load_model` gives one.

    Attributes
    ----------
    network : Network
    inputs : InputMap
        Raw features → the network's inputs.
    targets : TargetMap
        The network's outputs ← values in the units of the data.
    classes : tuple of str
        In the order of the outputs; empty for a regression.
    target_names : tuple of str
        The class column, or the columns of numbers.
    title : str
        Of the experiment.
    recipe : Recipe or None
        How a table's columns become raw features; None: as their names tell.

    Examples
    --------
    >>> import nnviz, pathlib
    >>> text = "length,colour,kind\n" + "1,green,fig\n2,blue,fig\n6,green,pear\n7,yellow,pear\n" * 5
    >>> _ = pathlib.Path("fruit.csv").write_text(text)
    >>> experiment = nnviz.Experiment.load("fruit.csv")
    >>> trainer = experiment.trainer()
    >>> _ = trainer.run(epochs=100)
    >>> nnviz.save_model("fruit.npz", trainer.network, experiment.prepared())
    >>> model = nnviz.load_model("fruit.npz")
    >>> model
    <Model 'fruit': 'kind' (fig, pear) from length, colour; network 4-8-8-1>
    >>> model.features, model.classes, model.task
    (('length', 'colour'), ('fig', 'pear'), 'classification')
    >>> predictions = model.predict({"Length": [1.5, 6.5], "COLOUR": ["green", "violet"]})
    >>> predictions.labels.tolist()
    ['fig', 'pear']
    >>> print(predictions.notes[-1])
    Column 'colour': 'violet' (1 row) was never seen in training; it was taken for none of 'blue', 'green', 'yellow'.
    """

    network: Network
    inputs: InputMap
    targets: TargetMap
    classes: tuple[str, ...]
    target_names: tuple[str, ...]
    title: str
    recipe: Recipe | None = None

    def __repr__(self) -> str:
        some = joined([shown(name) for name in self.features], 5)
        goal = ", ".join(f"{shown(name)!r}" for name in self.target_names[:3])
        classes = f" ({joined([shown(name) for name in self.classes], 5)})" if self.classes else ""
        sizes = "-".join(map(str, self.network.layer_sizes))
        return f"<Model {shown(self.title)!r}: {goal}{classes} from {some}; network {sizes}>"

    @property
    def task(self) -> Literal["classification", "regression"]:
        """Whether classes are predicted, or values."""
        return "classification" if self.classes else "regression"

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that a table needs."""
        recipe = self.recipe or recipe_of_names(self.inputs.feature_names, self.target_names)
        needed = self._needed
        return tuple(column.name for column in recipe.columns if not needed.isdisjoint(column.features))

    def predict(self, rows: NewData) -> Predictions:
        """Return the predictions for the rows of a table.

        Parameters
        ----------
        rows : path-like, Table, Dataset, mapping of str to column, DataFrame or array_like
            A file that `nnviz.read_table` reads, or its columns by name: their order does not matter, nor do others,
            capitals and blanks around names. Or an array of raw features ``(n_samples, n_features)``, in the order of
            `inputs.feature_names`.

        Returns
        -------
        Predictions
            Its `notes` name categories that were never seen, cells that were filled, and rows without a prediction;
            where the table has the answers too, it tells how good the predictions are.

        Raises
        ------
        DataError
            Where a table cannot be read, lacks a column, has it twice, or a cell is no number.
        """
        new = self._read(rows)
        complete = np.isfinite(new.X).all(axis=1)
        outputs = np.full((len(new.X), self.network.layer_sizes[-1]), np.nan)
        outputs[complete] = self.targets.restore(self.network.predict(self.inputs.transform(new.X[complete])))
        return Predictions(
            outputs=read_only(outputs),
            classes=self.classes,
            target_names=self.target_names,
            threshold=0.5 * sum(self.network.activation_entries[-1].class_targets),
            are_probabilities=self.network.activation_entries[-1].probability,
            answers=new.answers,
            notes=new.notes,
        )

    @property
    def _needed(self) -> set[str]:
        """Names of the raw features of which the network sees something."""
        names = set(self.inputs.names)
        return set(self.inputs.feature_names) if names & set(DERIVED) - set(self.inputs.feature_names) else names

    def _read(self, rows: NewData) -> NewRows:
        if isinstance(rows, Dataset):
            return self._of_dataset(rows)
        if isinstance(rows, Table):
            return self._of_table(rows)
        if isinstance(rows, str | os.PathLike):
            return self._of_table(open_table(rows))
        if is_columns(rows):
            return self._of_table(table_of_columns(rows))
        array = plain_array(rows, "The rows")
        if array.dtype.kind in "OUS":
            return self._of_table(table_of_objects(array))
        return self._of_array(array)

    def _of_table(self, table: Table) -> NewRows:
        header = [column.name for column in table.columns]
        recipe = self.recipe or recipe_of_names(self.inputs.feature_names, self.target_names, header)
        return read_new_rows(table, recipe, self.inputs.feature_names, self._needed, self.classes)

    def _of_dataset(self, data: Dataset) -> NewRows:
        position = {name: column for column, name in enumerate(data.feature_names)}
        missing = [name for name in self.inputs.feature_names if name in self._needed and name not in position]
        if missing:
            raise DataError("{0} has no feature {1!r}, which the model needs.", data.title, missing[0])
        raw = data.X
        columns = [raw[:, position[name]] if name in position else 0.0 for name in self.inputs.feature_names]
        X = np.empty((data.n_samples, len(columns)))
        for column, values in enumerate(columns):
            X[:, column] = values
        answers = None
        if data.target_names == self.target_names and data.task == self.task:
            places = [self.classes.index(name) if name in self.classes else np.nan for name in data.class_names]
            answers = np.array(places).reshape(-1, 1)[data.class_index] if self.classes else data.y
        return NewRows(X, answers)

    def _of_array(self, array: np.ndarray) -> NewRows:
        X = numbers(array, "The features").copy()
        n = self.inputs.n_features
        if X.ndim != 2 or X.shape[1] != n:
            shape = " × ".join(map(str, X.shape)) or "1"
            names = joined([shown(name) for name in self.inputs.feature_names], 5)
            raise DataError("The model needs rows of {0} features ({1}), not an array of {2}.", n, names, shape)
        recipe = self.recipe or recipe_of_names(self.inputs.feature_names, ())
        for column in recipe.columns:
            if column.kind == "numeric" and column.fill is not None:
                values = X[:, self.inputs.feature_names.index(column.features[0])]
                values[np.isnan(values)] = column.fill
        return NewRows(X)


def save_model(path: PathLike, network: Network, prepared: Prepared) -> None:
    """Write a trained network as a model: with all that it takes to apply it to the rows of a table.

    Parameters
    ----------
    path : str or Path
        Of an ``.npz``.
    network : Network
    prepared : Prepared
        What it was trained on: `Experiment.prepared`.

    Raises
    ------
    ExperimentError
        Where it cannot be written.

    Examples
    --------
    >>> import nnviz
    >>> experiment = nnviz.Experiment.load("concrete")
    >>> nnviz.save_model("concrete.npz", experiment.trainer().network, experiment.prepared())
    >>> nnviz.load_model("concrete.npz").target_names
    ('strength_mpa',)
    """
    instance(prepared, Prepared, "prepared")
    model = instance(network, Network, "network").copy()
    recipe = prepared.dataset.recipe
    model.metadata[METADATA_KEY] = {
        "inputs": prepared.inputs.to_dict(),
        "targets": prepared.targets.to_dict() if prepared.targets.is_scaled else None,
        "class_names": list(prepared.class_names),
        "target_names": list(prepared.dataset.target_names),
        "title": prepared.experiment.title,
        "recipe": None if recipe is None else recipe.to_dict(),
    }
    model.save(path)


def load_model(path: PathLike) -> Model:
    """Read a trained model.

    Parameters
    ----------
    path : str or Path
        The ``model.npz`` of `nnviz train`, the folder that holds it, or a ``.nnviz`` that was saved with its run.

    Returns
    -------
    Model

    Raises
    ------
    ExperimentError
        In one sentence, where there is no such file or it holds no trained network.

    Examples
    --------
    >>> import nnviz
    >>> nnviz.load_model("nowhere.npz")
    Traceback (most recent call last):
    nnviz.core.errors.ExperimentError: There is no file nowhere.npz; check its name and folder.
    """
    file = expanded(path)
    if file.is_dir():
        if not (file / MODEL_NAME).is_file():
            raise ExperimentError("The folder {0} holds no {1}; `nnviz train` writes one.", file, MODEL_NAME)
        file = file / MODEL_NAME
    if file.suffix.lower() == ".nnviz":
        return _of_document(file)
    if file.suffix.lower() == ".toml":
        raise ExperimentError("{0} holds no trained network; train it with `nnviz train`.", file.name)
    return _of_archive(file)


def _of_document(path: Path) -> Model:
    document = load_document(path)
    if document.parameters is None:
        raise ExperimentError("{0} holds no trained network; train it and save it again.", path.name)
    try:
        prepared = document.experiment.prepared()
    except NnvizError as error:
        words = "{0} needs its data to be applied: {1}"
        raise ExperimentError(words, path.name, str(error)) from error
    if document.checkpoint is not None:
        network = document.checkpoint.network
    else:
        network = prepared.network()
        if document.parameters.shape != network.parameters.shape:
            raise ExperimentError("{0} is damaged: its weights do not fit its network; train it again.", path.name)
        network.parameters[:] = document.parameters
    if network.layer_sizes != prepared.layer_sizes:
        raise ExperimentError("{0} was trained on other columns than its table has now; train it again.", path.name)
    return Model(
        network,
        prepared.inputs,
        prepared.targets,
        prepared.class_names,
        prepared.dataset.target_names,
        prepared.experiment.title,
        prepared.dataset.recipe,
    )


def _of_archive(path: Path) -> Model:
    network = Network.load(path)
    stored = network.metadata.get(METADATA_KEY)
    if stored is None:
        raise ExperimentError("{0} holds a bare network; `nnviz train` writes models that can be applied.", path.name)
    try:
        inputs = InputMap.from_dict(stored["inputs"])
        classes, target_names = tuple(stored["class_names"]), tuple(stored["target_names"])
        title = str(stored["title"])
        targets = _target_map(stored.get("targets"), network.layer_sizes[-1])
        recipe = None if stored.get("recipe") is None else Recipe.from_dict(stored["recipe"])
    except (KeyError, TypeError, SettingError) as error:
        raise ExperimentError("{0} is damaged: its description cannot be read; train it again.", path.name) from error
    n_inputs, n_outputs = network.layer_sizes[0], network.layer_sizes[-1]
    fitting = {1, 2} if len(classes) == 2 else {len(classes or target_names)}
    fits = recipe is None or set(recipe.features) == set(inputs.feature_names)
    if inputs.n_inputs != n_inputs or n_outputs not in fitting or not fits:
        raise ExperimentError("{0} is damaged: its network does not fit its description; train it again.", path.name)
    return Model(network, inputs, targets, classes, target_names, title, recipe)


def _target_map(stored: Any, n_outputs: int) -> TargetMap:
    """Return the map that a model file describes; files of nnviz 0.1 know none."""
    return TargetMap.plain(n_outputs) if stored is None else TargetMap.from_dict(stored, n_outputs)
