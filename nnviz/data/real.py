"""The real data sets that ship with nnviz: how each file becomes features, targets and names.

Citations, licences and changes come from the provenance that ships beside the files, so that they are said once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct

from nnviz import assets
from nnviz.data.dataset import Dataset, Task


class RealSource(Struct, frozen=True):
    """What a file's provenance does not say.

    Attributes
    ----------
    target : str
        Name of the target column.
    task : "classification" or "regression"
    one_hot, ignored : tuple of str
        Columns of categories, and columns that are no features.
    notes : tuple of str
        Sentences for the user.
    image_shape : (height, width) or None
    class_names : tuple of str
        Where the file has numbers for classes; otherwise what it says is used.
    """

    target: str
    task: Task = "classification"
    one_hot: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()


SOURCES: Mapping[str, RealSource] = MappingProxyType(
    {
        "iris": RealSource("species"),
        "wine": RealSource("cultivar"),
        "breast_cancer_wisconsin": RealSource("class"),
        "wdbc": RealSource("diagnosis"),
        "penguins": RealSource(
            "species",
            one_hot=("island", "sex"),
        ),
        "sonar": RealSource("object"),
        "digits8x8": RealSource("digit", image_shape=(8, 8)),
        "fashion_mnist": RealSource(
            "article",
            image_shape=(28, 28),
            notes=("Brightness 0 … 255 was divided by 255.",),
            class_names=(
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ),
        ),
        "auto_mpg": RealSource(
            "mpg",
            task="regression",
            one_hot=("origin",),
            ignored=("car_name",),
            notes=(
                "The origin is a category: each region became one feature of 0 and 1.",
                "The name of the car is no feature and was left out.",
            ),
        ),
        "concrete": RealSource("strength_mpa", task="regression"),
        "wine_quality_red": RealSource("quality", task="regression"),
        "two_spirals_cmu": RealSource("spiral"),
    }
)


@cache
def load_real(name: str, title: str) -> Dataset:
    """Read a shipped data set; it cannot change, so that the same object serves every caller.

    Parameters
    ----------
    name : str
        A key of `SOURCES`.
    title : str
        What a person reads.

    Returns
    -------
    Dataset
    """
    from nnviz.data.opening import open_table
    from nnviz.data.tables import table_dataset

    source, origin = SOURCES[name], assets.provenance()[name]
    about: dict[str, Any] = {
        "name": name,
        "title": title,
        "notes": source.notes,
        "citation": origin["citation"],
        "licence": origin["licence"],
        "doi": origin.get("doi", ""),
        "image_shape": source.image_shape,
    }
    file = str(origin["file"])
    if file.endswith(".npz"):
        return _pictures(file, source, about)
    data = assets.data_file(file).read_bytes()
    if file.endswith(".gz"):
        import gzip

        data = gzip.decompress(data)
    return table_dataset(
        # Their rows are those of nnviz 0.1: an NA of the penguins is a missing cell.
        open_table(data, name=file, rules=1),
        target=source.target,
        task=source.task,
        one_hot=source.one_hot,
        ignored=source.ignored,
        **about,
    )


def _pictures(file: str, source: RealSource, about: dict[str, Any]) -> Dataset:
    with np.load(assets.data_file(file), allow_pickle=False) as archive:
        images, classes = archive["images"], archive["labels"]
    height, width = images.shape[1:]
    names = [f"row {row} column {column}" for row in range(height) for column in range(width)]
    X = images.reshape(len(images), -1) / 255.0
    return Dataset.of_classes(X, classes, source.class_names, names, source.target, **about)
