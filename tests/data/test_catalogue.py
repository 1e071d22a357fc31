"""The table of data sets: every entry loads and is what it says; truth tables and real sets are right."""

import numpy as np
import pytest

import nnviz.data
from nnviz.core.errors import SettingError
from nnviz.data import DATASETS, datasets, load_dataset

NAMES = [
    "circles",
    "xor",
    "xor_blobs",
    "blobs",
    "moons",
    "spiral",
    "checkerboard",
    "random_labels",
    "plane",
    "multi_gaussian",
    "sine",
    "nielsen",
    "and",
    "or",
    "xor_table",
    "source_b",
    "source_c",
    "source_e",
    "iris",
    "wine",
    "breast_cancer_wisconsin",
    "wdbc",
    "penguins",
    "sonar",
    "digits8x8",
    "fashion_mnist",
    "auto_mpg",
    "concrete",
    "wine_quality_red",
    "two_spirals_cmu",
]
REAL = [name for name, entry in DATASETS.items() if entry.group == "real"]
TRUTH_TABLES = [name for name, entry in DATASETS.items() if entry.group == "truth table"]


def test_the_names_are_those_of_the_public_api():
    assert datasets() == tuple(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_loads_as_it_says(name):
    entry, data = DATASETS[name], load_dataset(name)
    assert data.name == name
    assert data.title == entry.label
    assert data.task == entry.task
    assert data.n_features == entry.n_features
    assert len(data.target_names) == 1
    if data.task == "classification":
        assert min(data.class_counts) >= 1
        assert data.n_outputs == (1 if len(data.class_names) == 2 else len(data.class_names))
        assert data.labels.tolist() == [data.class_names[c] for c in data.class_index]
    else:
        assert data.labels is None
        assert data.n_outputs == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_explains_itself(name):
    entry = DATASETS[name]
    assert entry.label
    assert entry.help.endswith((".", "?"))
    for parameter in entry.parameters:
        assert parameter.minimum <= parameter.default <= parameter.maximum
        assert parameter.help.endswith(".")
        assert parameter.label
    assert set(entry.defaults) == {parameter.name for parameter in entry.parameters}


@pytest.mark.parametrize("name", NAMES)
def test_suggestions_follow_the_kind_of_data(name):
    entry = DATASETS[name]
    assert entry.test_fraction_default == (0.0 if entry.group == "truth table" else 0.3)
    # Exceptions, each with its reason beside it in the table.
    assert entry.standardise_default == (name in {*REAL, "nielsen"} - {"fashion_mnist", "two_spirals_cmu"})


@pytest.mark.parametrize("name", REAL)
def test_real_sets_say_whom_to_cite_and_on_which_terms(name):
    entry, data = DATASETS[name], load_dataset(name)
    assert data.citation == entry.citation != ""
    assert data.licence == entry.licence != ""
    assert data.doi == entry.doi
    assert entry.doi or name == "two_spirals_cmu"


def test_generated_sets_have_no_citation():
    entry = DATASETS["moons"]
    assert (entry.citation, entry.licence, entry.doi) == ("", "", "")


def rows_of(name):
    data = load_dataset(name)
    return {tuple(int(v) for v in x): int(y[0]) for x, y in zip(data.X, data.y, strict=True)}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("and", {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 1}),
        ("or", {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 1}),
        ("xor_table", {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}),
        ("source_b", {(0, 1, 0): 1, (0, 0, 1): 0, (1, 0, 0): 0, (1, 1, 0): 1, (1, 1, 1): 1}),
        ("source_c", {(0, 0, 1): 0, (0, 1, 1): 1, (1, 0, 1): 1, (1, 1, 1): 0}),
        (
            "source_e",
            {
                (1, 1, 1): 1,
                (1, 1, 0): 1,
                (1, 0, 1): 0,
                (1, 0, 0): 1,
                (0, 1, 1): 0,
                (0, 1, 0): 1,
                (0, 0, 1): 0,
                (0, 0, 0): 1,
            },
        ),
    ],
)
def test_truth_tables_are_those_of_their_sources(name, rows):
    # The order of the rows is the source's too.
    assert list(rows_of(name).items()) == list(rows.items())


@pytest.mark.parametrize("name", TRUTH_TABLES)
def test_truth_tables_have_no_settings(name):
    with pytest.raises(SettingError, match="has no setting 'noise'; its rows are fixed"):
        load_dataset(name, noise=0.1)


@pytest.mark.parametrize(
    ("name", "shape", "counts"),
    [
        ("iris", (150, 4), {"setosa": 50, "versicolor": 50, "virginica": 50}),
        ("wine", (178, 13), {"class_1": 59, "class_2": 71, "class_3": 48}),
        ("breast_cancer_wisconsin", (683, 9), {"benign": 444, "malignant": 239}),
        ("wdbc", (569, 30), {"benign": 357, "malignant": 212}),
        ("penguins", (333, 9), {"Adelie": 146, "Chinstrap": 68, "Gentoo": 119}),
        ("sonar", (208, 60), {"mine": 111, "rock": 97}),
        ("two_spirals_cmu", (194, 2), {"a": 97, "b": 97}),
    ],
)
def test_real_classes_are_complete(name, shape, counts):
    data = load_dataset(name)
    assert data.X.shape == shape
    assert dict(zip(data.class_names, data.class_counts, strict=True)) == counts


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("breast_cancer_wisconsin", "16 of 699 rows are incomplete and were left out."),
        ("penguins", "11 of 344 rows are incomplete and were left out."),
        ("auto_mpg", "6 of 398 rows are incomplete and were left out."),
        ("auto_mpg", "The name of the car is no feature and was left out."),
    ],
)
def test_what_was_left_out_is_said(name, note):
    assert note in load_dataset(name).notes


def test_categories_become_named_features_of_0_and_1():
    data = load_dataset("penguins")
    island = [name for name in data.feature_names if name.startswith("island=")]
    assert island == ["island=Biscoe", "island=Dream", "island=Torgersen"]
    assert data.feature_names[-2:] == ("sex=female", "sex=male")
    columns = data.X[:, [data.feature_names.index(name) for name in island]]
    assert np.array_equal(columns.sum(axis=1), np.ones(333))
    assert columns[0].tolist() == [0, 0, 1]
    assert load_dataset("auto_mpg").feature_names[-3:] == ("origin=europe", "origin=japan", "origin=usa")


def test_pictures_have_a_shape():
    digits, fashion = load_dataset("digits8x8"), load_dataset("fashion_mnist")
    assert (digits.X.shape, digits.image_shape, digits.X.max()) == ((1797, 64), (8, 8), 16.0)
    assert digits.class_names == tuple("0123456789")
    assert (fashion.X.shape, fashion.image_shape) == ((1000, 784), (28, 28))
    assert (fashion.X.min(), fashion.X.max()) == (0.0, 1.0)
    assert fashion.class_names[0] == "T-shirt/top"
    assert fashion.class_counts == (100,) * 10


@pytest.mark.parametrize(
    ("name", "shape", "first"),
    [("auto_mpg", (392, 9), 18.0), ("concrete", (1030, 8), 79.9861), ("wine_quality_red", (1599, 11), 5.0)],
)
def test_real_regressions_keep_their_values(name, shape, first):
    data = load_dataset(name)
    assert data.X.shape == shape
    assert data.y[0, 0] == first


def test_real_sets_are_read_once():
    assert load_dataset("iris") is load_dataset("iris", seed=5)


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(SettingError, match="did you mean 'spiral'"):
        load_dataset("spirals")


def test_the_module_offers_what_it_lists():
    assert all(hasattr(nnviz.data, name) for name in nnviz.data.__all__)
