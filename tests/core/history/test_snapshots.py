import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.errors import SettingError
from nnviz.core.history.snapshots import SnapshotStore

N_PARAMETERS = 9
PER_SNAPSHOT = 8 * (N_PARAMETERS + 1)


def vectors(epochs):
    """Parameters that say which epoch they belong to."""
    return np.repeat(np.asarray(epochs, dtype=float)[:, None], N_PARAMETERS, axis=1)


def train(store, n_epochs, piece):
    """Add what an engine would hand over: the multiples of the stride that was asked for."""
    for start in range(1, n_epochs + 1, piece):
        epochs = np.arange(start, min(start + piece, n_epochs + 1))
        epochs = epochs[epochs % store.stride == 0]
        store.add(epochs, vectors(epochs))


def test_every_epoch_while_they_fit():
    store = SnapshotStore(PER_SNAPSHOT * 100)
    train(store, 100, 7)
    np.testing.assert_array_equal(store.epochs, np.arange(1, 101))
    assert store.stride == 1
    assert (store.parameters(42) == 42.0).all()


@settings(max_examples=50)
@given(st.integers(2, 300), st.integers(1, 20_000), st.integers(1, 3000))
def test_the_budget_holds_and_what_is_kept_is_right(capacity, n_epochs, piece):
    store = SnapshotStore(PER_SNAPSHOT * capacity)
    train(store, n_epochs, piece)
    epochs = store.epochs
    assert len(epochs) <= capacity
    assert store.nbytes <= store.budget_bytes
    assert (np.diff(epochs) > 0).all()
    for epoch in epochs[:: max(1, len(epochs) // 7)]:
        assert (store.parameters(int(epoch)) == epoch).all()


def test_thinning_is_logarithmic():
    store = SnapshotStore(PER_SNAPSHOT * 200)
    train(store, 100_000, 500)
    epochs = store.epochs
    assert len(epochs) > 80
    assert (epochs < 20).sum() >= 5
    gaps = np.diff(epochs) / epochs[:-1]
    assert gaps[epochs[:-1] > 100].max() < 0.35
    assert epochs[-1] > 97_000


def test_first_best_and_last_are_always_there():
    store = SnapshotStore(PER_SNAPSHOT * 4)
    store.pin("first", 0, vectors([0])[0])
    train(store, 1000, 50)
    store.pin("best", 333, vectors([333])[0])
    store.pin("last", 1000, vectors([1000])[0])
    for epoch in (0, 333, 1000):
        assert epoch in store.epochs
        assert (store.parameters(epoch) == epoch).all()
    store.pin("best", 444, vectors([444])[0])
    assert 333 not in store.epochs


def test_pins_are_copies_and_the_last_is_renewed():
    store = SnapshotStore()
    vector = np.zeros(3)
    store.pin("last", 1, vector)
    store.pin("best", 1, vector)
    vector[:] = 1.0
    assert not store.parameters(1).any()
    store.pin("last", 1, vector)
    store.pin("best", 1, vector)
    assert store.nbytes == 2 * 24


def test_networks_too_large_for_the_budget_keep_their_pins_only():
    store = SnapshotStore(100)
    store.pin("first", 0, vectors([0])[0])
    store.add(np.array([1]), vectors([1]))
    assert store.epochs.tolist() == [0]


def test_epochs_that_were_not_kept_are_refused_with_the_nearest():
    store = SnapshotStore()
    store.add(np.array([5, 9]), vectors([5, 9]))
    assert store.nearest(6) == 5
    assert store.nearest(100) == 9
    with pytest.raises(SettingError, match="epoch 8 were not kept; the nearest kept is 9"):
        store.parameters(8)
