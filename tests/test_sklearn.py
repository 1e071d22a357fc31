"""nnviz's estimators are scikit-learn's: they pass its own checks, and what they add works."""

import doctest
import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.utils.estimator_checks import estimator_checks_generator

import nnviz.sklearn
from nnviz import NnvizError
from nnviz.data import load_dataset
from nnviz.sklearn import NNClassifier, NNRegressor

#: Small and short, so that all checks take some seconds.
QUICK = {"hidden_layer_sizes": (6,), "epochs": 25, "learning_rate": 0.05, "batch_size": 16}
MOONS = load_dataset("moons", n_samples=200, seed=0)


#: scikit-learn skips it itself where an environment variable is not set before SciPy is imported.
NOT_RUN = {"check_array_api_input"}


def checks():
    for estimator in (NNClassifier(**QUICK), NNRegressor(**QUICK)):
        for made, check in estimator_checks_generator(estimator, mark=None):
            name = getattr(check, "func", check).__name__
            if name not in NOT_RUN:
                options = ",".join(f"{key}={value}" for key, value in getattr(check, "keywords", {}).items())
                yield pytest.param(made, check, id=f"{type(estimator).__name__}-{name}({options})")


@pytest.mark.parametrize(("estimator", "check"), [*checks()])
def test_the_checks_of_scikit_learn_pass(estimator, check):
    check(estimator)


@pytest.mark.parametrize("name", nnviz.sklearn.__all__)
def test_the_examples_in_the_docstrings_run(name):
    (test,) = [
        test
        for test in doctest.DocTestFinder(exclude_empty=True).find(getattr(nnviz.sklearn, name), name, globs={})
        if test.examples
    ]
    told = []
    doctest.DocTestRunner().run(test, out=told.append)
    assert not told, "".join(told)


def test_labels_and_values_come_back_in_their_own_units():
    model = NNClassifier((8,), epochs=60, random_state=0).fit(MOONS.X, MOONS.labels)
    assert set(model.predict(MOONS.X)) == set(MOONS.class_names)
    assert model.score(MOONS.X, MOONS.labels) > 0.85
    shares = model.predict_proba(MOONS.X)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.classes_[shares.argmax(axis=1)], model.predict(MOONS.X))
    X = np.linspace(100, 106, 80).reshape(-1, 1)
    prices = np.column_stack([3e5 + 1e4 * np.sin(X[:, 0]), X[:, 0]])
    regressor = NNRegressor((8,), epochs=150, random_state=0).fit(X, prices)
    assert regressor.predict(X).shape == prices.shape
    assert regressor.score(X, prices) > 0.9
    assert regressor.history_.train_rmse[-1] < regressor.history_.train_rmse[0]


@pytest.mark.parametrize("kind", [NNClassifier, NNRegressor])
def test_early_stopping_keeps_the_parameters_that_served_best(kind):
    model = kind((12,), epochs=400, learning_rate=0.05, early_stopping=True, validation_fraction=0.3, patience=5)
    model.set_params(random_state=1).fit(MOONS.X, MOONS.y.ravel())
    assert 5 < model.n_iter_ < 400
    assert model.history_.test_loss.argmin() < model.n_iter_
    best = model.history_.snapshots.parameters(int(model.history_.test_loss.argmin()))
    np.testing.assert_array_equal(model.network_.parameters, best)


def test_early_stopping_keeps_its_share_of_each_class_back():
    labels = np.array(["a"] * 90 + ["b"] * 8 + ["c"] * 2)
    model = NNClassifier((3,), early_stopping=True, validation_fraction=0.25)
    kept_back = model._kept_back(np.random.RandomState(0), 100, np.unique(labels, return_inverse=True)[1])
    assert [int((kept_back & (labels == name)).sum()) for name in "abc"] == [22, 2, 1]


def test_weights_of_classes_are_those_of_the_loss():
    random = np.random.default_rng(0)
    X = np.vstack([random.normal(size=(190, 2)), random.normal(1.0, size=(10, 2))])
    labels = np.repeat(["common", "rare"], [190, 10])
    found = {}
    for weight in (None, "balanced", {"rare": 19}):
        model = NNClassifier((), epochs=60, random_state=0, class_weight=weight).fit(X, labels)
        found[str(weight)] = (model.predict(X) == "rare").sum()
    assert found["None"] < 10 < found["balanced"]
    assert abs(found["balanced"] - found["{'rare': 19}"]) < 10
    for wrong in ({"rarer": 2}, "balance", {"rare": -1}):
        with pytest.raises(NnvizError):
            NNClassifier(class_weight=wrong).fit(X, labels)


def test_partial_fit_goes_on_and_takes_other_rows():
    model = NNClassifier((8,), learning_rate=0.05, random_state=0)
    for start in range(0, 200, 50):
        model.partial_fit(MOONS.X[start : start + 50], MOONS.labels[start : start + 50], classes=MOONS.class_names)
    assert model.n_iter_ == 4
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(MOONS.X), model.predict_proba(MOONS.X))
    again.partial_fit(MOONS.X, MOONS.labels)
    assert (again.network_.parameters != model.network_.parameters).any()
    with pytest.raises(NnvizError, match="none of those"):
        model.partial_fit(MOONS.X[:2], ["neither", "nor"])


def test_a_pickled_model_does_not_carry_the_rows_that_it_has_learnt_from():
    few, many = (
        pickle.dumps(NNClassifier((4,), epochs=1).fit(np.tile(MOONS.X, (n, 1)), np.tile(MOONS.labels, n)))
        for n in (1, 50)
    )
    assert len(many) < len(few) + 5000


def test_they_work_in_pipelines_and_searches():
    pipeline = make_pipeline(PolynomialFeatures(2), NNClassifier(**QUICK, random_state=0))
    assert cross_val_score(pipeline, MOONS.X, MOONS.labels, cv=3).mean() > 0.8
    search = GridSearchCV(NNClassifier(**QUICK, random_state=0), {"l2": [0.0, 100.0]}, cv=2).fit(MOONS.X, MOONS.labels)
    assert search.best_params_ == {"l2": 0.0}


WRONG = {
    "hidden_layer_sizes": [(0,), 5, "8", (2.5,)],
    "activation": ["tangens", 3],
    "epochs": [0, -1, 2.5, "many"],
    "optimizer": ["adamm"],
    "learning_rate": [-1, "fast", np.nan],
    "schedule": ["sometimes"],
    "batch_size": [0, 1.5],
    "standardise": ["no", 1],
    "early_stopping": ["false", None],
    "engine": ["steam"],
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("kind", [NNClassifier, NNRegressor])
def test_a_wrong_parameter_is_refused_by_fit_in_one_sentence(kind, name):
    for value in WRONG[name]:
        with pytest.raises(NnvizError, match=r"^[^\n]*[.?]$"):
            kind(**{**QUICK, name: value}).fit(MOONS.X, MOONS.y.ravel())


@pytest.mark.parametrize("value", [0.0, 1.0, "half", np.nan])
def test_a_wrong_share_is_refused(value):
    with pytest.raises(NnvizError, match="validation_fraction must lie between"):
        NNRegressor(early_stopping=True, validation_fraction=value).fit(MOONS.X, MOONS.y.ravel())


def test_divergence_is_an_error_that_says_what_to_do():
    with pytest.raises(NnvizError, match="smaller learning rate"):
        NNRegressor((8,), "relu", optimizer="sgd", learning_rate=1e6).fit(MOONS.X, MOONS.y.ravel())


def test_without_scikit_learn_one_sentence_says_what_is_missing():
    code = "import sys; sys.modules['sklearn.base'] = None\nimport nnviz.sklearn"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stderr.splitlines()[-1] == (
        "ImportError: nnviz.sklearn needs scikit-learn 1.6 or later; install it with: pip install 'scikit-learn>=1.6'."
    )
