from hypothesis import given
from hypothesis import strategies as st

from nnviz.drawing.layer_window import LayerGap, LayerWindow, fitting_window

WINDOWS = st.builds(LayerWindow, st.integers(0, 200), st.integers(0, 60), st.integers(-3, 250))


@given(WINDOWS)
def test_every_layer_has_a_column_or_is_counted_in_a_gap(window: LayerWindow) -> None:
    place = 0
    for slot in window.slots:
        if isinstance(slot, LayerGap):
            assert slot.n_layers > 1, "one layer has room where its gap would be"
            place += slot.n_layers
        else:
            assert slot == place
            place += 1
    assert place == window.n_hidden + 2
    assert window.is_whole == all(isinstance(slot, int) for slot in window.slots)
    assert window.is_whole or len(window.slots) == max(window.n_columns, 6)


@given(WINDOWS, st.integers(0, 201))
def test_any_layer_can_be_shown_and_what_is_shown_stays(window: LayerWindow, layer: int) -> None:
    shown = window.showing(layer)
    assert layer > window.n_hidden or layer in shown.slots
    if layer in window.slots:
        assert shown.slots == window.slots


@given(WINDOWS)
def test_steps_of_one_lead_through_all_layers_and_back(window: LayerWindow) -> None:
    seen, back = set(window.moved(-500).layers), set()
    there = window.moved(-500)
    for _ in range(window.n_hidden):
        there = there.moved(1)
        seen |= set(there.layers)
    assert seen == set(range(1, window.n_hidden + 1))
    for _ in range(window.n_hidden):
        back |= set(there.layers)
        there = there.moved(-1)
    assert back == seen
    assert there.layers.start == 1


@given(WINDOWS)
def test_a_gap_leads_to_its_own_layers(window: LayerWindow) -> None:
    for place, slot in enumerate(window.slots):
        if isinstance(slot, LayerGap):
            before, after = window.layers, LayerWindow(window.n_hidden, window.n_columns, slot.first).layers
            assert after.start < before.start if place == 1 else after.start > before.start


def test_layers_are_left_out_only_where_columns_would_touch() -> None:
    assert fitting_window(20, 40.0, 1).is_whole
    assert len(fitting_window(200, 40.0, 1).slots) == 16
