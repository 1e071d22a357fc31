import json

import numpy as np
import pytest

import nnviz
from nnviz.core.checkpoint import Checkpoint
from nnviz.core.errors import DataError, ExperimentError, NnvizError, SettingError
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer


def test_weights_and_biases_are_views_of_one_vector():
    network = Network([2, 4, 3, 1])
    assert [W.shape for W in network.weights] == [(4, 2), (3, 4), (1, 3)]
    assert [b.shape for b in network.biases] == [(4,), (3,), (1,)]
    assert network.layer_sizes == (2, 4, 3, 1)
    network.weights[1][2, 3] = 42.0
    network.biases[0][1] = 43.0
    assert network.parameters[network.layout.weight_index(2, 2, 3)] == 42.0
    assert network.parameters[network.layout.bias_index(1, 1)] == 43.0


def test_forward_is_the_formula():
    network = Network([3, 4, 2], activation="tanh", output_activation="linear", seed=1)
    network.biases[0][:] = [0.1, 0.2, 0.3, 0.4]
    X = np.random.default_rng(0).normal(size=(5, 3))
    Z1 = X @ network.weights[0].T + network.biases[0]
    Z2 = np.tanh(Z1) @ network.weights[1].T + network.biases[1]
    for ours, expected in zip(network.forward(X), [X, np.tanh(Z1), Z2], strict=True):
        np.testing.assert_allclose(ours, expected)
    for ours, expected in zip(network.pre_activations(X), [Z1, Z2], strict=True):
        np.testing.assert_allclose(ours, expected)
    np.testing.assert_allclose(network.predict(X), Z2)


def test_activations_one_name_or_one_each():
    assert Network([2, 3, 3, 1], "relu").activations == ("relu", "relu", "sigmoid")
    assert Network([2, 3, 3, 1], ["sine", "elu"], "linear").activations == ("sine", "elu", "linear")
    assert Network([2, 1]).activations == ("sigmoid",)


def test_without_hidden_layer_it_is_logistic_regression():
    network = Network([2, 1], init="zeros")
    network.weights[0][:] = [[1.0, -2.0]]
    assert network.predict([[3.0, 1.0]])[0, 0] == pytest.approx(1 / (1 + np.exp(-1.0)))


def test_one_example_may_be_flat():
    assert Network([2, 1]).predict([0.5, 0.5]).shape == (1, 1)
    assert Network([1, 1]).predict([0.5, 0.5, 0.5]).shape == (3, 1)


def test_step_networks_run_forward_but_refuse_gradients():
    network = Network([2, 2, 1], "step", "step", init="constant")
    assert network.predict([[1.0, 1.0]]).tolist() == [[1.0]]
    with pytest.raises(SettingError, match="Layer 1 cannot be trained through step"):
        network.gradients([[1.0, 1.0]], [[1.0]], "mean_squared_error")


def test_loss_defaults_to_the_one_that_fits():
    X, Y = [[0.0, 0.0]], [[1.0]]
    assert Network([2, 1], init="zeros").loss(X, Y) == pytest.approx(np.log(2))
    assert Network([2, 1], output_activation="linear", init="zeros").loss(X, Y) == 1.0


def test_gradients_have_the_shape_of_the_parameters():
    network = Network([2, 3, 1], bias=False)
    dW, db = network.gradients([[1.0, 2.0]], [[1.0]], loss="binary_cross_entropy")
    assert [g.shape for g in dW] == [(3, 2), (1, 3)]
    assert not any(g.any() for g in db)
    assert all(g.any() for g in dW)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([2],), "at least an input and an output layer"),
        (([2, 0, 1],), "at least 1"),
        (([2, 2.5, 1],), "whole number"),
        (("ab",), "whole numbers"),
        ((7,), "whole numbers"),
        (([2, 3, 1], ["tanh", "tanh"]), "1 hidden layers but 2 activations"),
        (([2, 3, 1], "tanhh"), "did you mean 'tanh'"),
        (([2, 3, 1], "softmax"), "output layer only"),
        (([2, 3, 1], "tanh", "softmax"), "a single one always answers 1"),
        (([2, 1], "tanh", "softmax"), "a single one always answers 1"),
        (([2, 1], "softmax"), "output layer only"),
        (([2, 1], "tanh", "nothing"), "no activation called 'nothing'"),
        (([2, 1], "tanh", "sigmoid", True, "nothing"), "no initialiser called 'nothing'"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(SettingError, match=message):
        Network(*arguments)


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        ([[1.0, 2.0, 3.0]], [[1.0]], "2 inputs, but an array of 1 × 3"),
        ([["a", "b"]], [[1.0]], "must be numbers"),
        ([[1.0, 2.0]], [[1.0], [0.0]], "1 examples but 2 targets"),
        ([[1.0, 2.0]], [[-1.0]], "between 0 and 1"),
        ([[[1.0, 2.0]]], [[1.0]], "2 inputs, but an array of 1 × 1 × 2"),
    ],
)
def test_data_that_do_not_fit_are_refused(X, Y, message):
    with pytest.raises(DataError, match=message):
        Network([2, 1]).loss(X, Y)


def test_copy_is_independent():
    network = Network([2, 3, 1], seed=5)
    network.metadata["inputs"] = ["a", "b"]
    other = network.copy()
    np.testing.assert_array_equal(other.parameters, network.parameters)
    assert (other.activations, other.init, other.seed, other.metadata) == (
        network.activations,
        network.init,
        network.seed,
        network.metadata,
    )
    other.parameters[:] = 0.0
    assert network.parameters.any()


def test_save_and_load(tmp_path):
    network = Network([2, 5, 3], ["gelu"], "softmax", bias=False, init="normal", init_scale=0.3, seed=11)
    network.metadata["classes"] = ["α", "β", "γ"]
    path = tmp_path / "model.npz"
    network.save(path)
    again = nnviz.Network.load(path)
    X = np.random.default_rng(0).normal(size=(4, 2))
    np.testing.assert_array_equal(again.predict(X), network.predict(X))
    assert again.metadata == network.metadata
    assert (again.bias, again.init, again.init_scale, again.seed) == (False, "normal", 0.3, 11)
    assert list(tmp_path.iterdir()) == [path]


def write(path, **arrays):
    np.savez(path, **arrays)


def test_files_that_are_no_network_are_refused(tmp_path):
    path = tmp_path / "m.npz"
    with pytest.raises(ExperimentError, match="There is no file"):
        Network.load(path)
    for content in (b"", b"no archive", b"PK\x03\x04 broken"):
        path.write_bytes(content)
        with pytest.raises(ExperimentError, match="is no saved network"):
            Network.load(path)
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ExperimentError, match="is no saved network"):
        Network.load(tmp_path / "array.npy")
    write(path, parameters=np.zeros(3))
    with pytest.raises(ExperimentError, match="description is missing"):
        Network.load(path)
    arrays = Network([2, 1]).to_arrays()
    write(path, **{**arrays, "parameters": np.zeros(99)})
    with pytest.raises(ExperimentError, match="needs 3 finite parameters"):
        Network.load(path)
    write(path, **{**arrays, "parameters": np.full(3, np.nan)})
    with pytest.raises(ExperimentError, match="needs 3 finite parameters"):
        Network.load(path)
    write(path, **{**arrays, "network": np.array(json.dumps({"activations": ["nonsense"], "layer_sizes": [2, 1]}))})
    with pytest.raises(ExperimentError, match="no saved network that nnviz understands"):
        Network.load(path)


def test_pickles_are_never_read(tmp_path):
    path = tmp_path / "m.npz"
    np.savez(path, allow_pickle=True, network=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ExperimentError, match="is no saved network"):
        Network.load(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(ExperimentError, match="cannot be written"):
        Network([2, 1]).save(tmp_path / "missing" / "m.npz")


def test_assigned_parameters_are_copied_in():
    network = Network([2, 3, 1])
    vector, W = network.parameters, network.weights[0]
    new = np.arange(6.0).reshape(3, 2)
    network.weights[0] = new
    new[:] = 7.0
    assert W.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    network.weights[-1] = [[1, 2, 3]]
    network.weights[0] += 1.0
    network.biases = [[1, 2, 3], [4]]
    network.weights[:1] = [np.ones((3, 2))]
    assert vector.tolist() == [1] * 6 + [1, 2, 3] + [1, 2, 3] + [4]
    network.parameters = range(13)
    assert network.parameters is vector
    assert vector.tolist() == list(range(13))


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_training_goes_on_with_assigned_parameters(engine):
    network = Network([2, 3, 1], seed=0)
    trainer = Trainer(network, [[0.0, 1.0], [1.0, 0.0]], [[0.0], [1.0]], engine=engine)
    trainer.run(2)
    network.parameters = np.full(13, 0.1)
    network.weights[1] = [[1.0, 2.0, 3.0]]
    trainer.run(1)
    assert 0 < np.abs(network.weights[1] - [[1.0, 2.0, 3.0]]).max() < 0.1
    np.testing.assert_array_equal(trainer.history.snapshots.parameters(3), network.parameters)


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, np.ones((2, 3))), (0, np.full((3, 2), np.nan)), (2, np.ones((1, 2))), ("a", np.ones(3)), (0, "no")],
)
def test_an_assignment_that_does_not_fit_changes_nothing(place, value):
    network = Network([2, 3, 1], seed=0)
    before = network.parameters.copy()
    with pytest.raises(NnvizError):
        network.weights[place] = value
    with pytest.raises(NnvizError):
        network.weights = [value, np.ones((1, 3))]
    np.testing.assert_array_equal(network.parameters, before)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_biases_of_a_network_without_biases_are_never_used(engine):
    network, plain = Network([2, 3, 1], bias=False, seed=0), Network([2, 3, 1], bias=False, seed=0)
    for name, value in (("biases", [[1, 2, 3], [4]]), ("parameters", np.ones(13))):
        with pytest.raises(NnvizError, match="no biases"):
            setattr(network, name, value)
    with pytest.raises(NnvizError, match="no biases"):
        network.biases[0] = [1, 2, 3]
    with pytest.raises(ValueError, match="read-only"):
        network.biases[0][:] = 1.0
    network.biases = [[0, 0, 0], [0]]
    X, Y = [[0.0, 1.0], [1.0, 0.0]], [[0.0], [1.0]]
    network.parameters[~network.layout.is_weight] = 5.0
    np.testing.assert_array_equal(network.predict(X), plain.predict(X))
    trainers = [Trainer(each, X, Y, engine=engine) for each in (network, plain)]
    network.parameters[~network.layout.is_weight] = 5.0
    for trainer in trainers:
        trainer.run(3)
    np.testing.assert_array_equal(network.parameters, plain.parameters)


def test_a_loss_of_nothing_is_refused():
    with pytest.raises(DataError, match="no examples"):
        Network([2, 1]).loss(np.zeros((0, 2)), np.zeros((0, 1)))


def test_a_home_folder_is_found_in_saving_and_loading(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    network = Network([2, 3, 1], seed=0)
    network.save("~/net.npz")
    np.testing.assert_array_equal(Network.load("~/net.npz").parameters, network.parameters)
    trainer = Trainer(network, [[0.0, 1.0]], [[0.0]], engine="numpy")
    trainer.checkpoint().save("~/run.npz")
    assert Checkpoint.load("~/run.npz").epoch == 0
    nnviz.Experiment(title="mine").save("~/mine.toml")
    assert nnviz.Experiment.load("~/mine.toml").title == "mine"
    (tmp_path / "t.csv").write_text("a,b\n1,x\n2,y\n3,x\n4,y\n")
    assert nnviz.read_table("~/t.csv").n_samples == 4
    prepared = nnviz.Experiment(data={"name": "xor"}).prepared()
    nnviz.save_model("~/model.npz", prepared.network(), prepared)
    assert nnviz.load_model("~/model.npz").classes
