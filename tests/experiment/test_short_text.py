"""One line of text for a whole experiment: equal after a round trip, readable, and a sentence for every damage."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.errors import ExperimentError
from nnviz.experiment import LESSONS, Experiment, default_experiment
from nnviz.experiment.schema import DataSpec, ViewSpec
from nnviz.experiment.short_text import MAX_CHARACTERS, _keys, from_short_text, to_short_text
from tests.experiment.strategies import TEXT, experiments

SHIPPED = [Experiment(), default_experiment(), *(lesson.experiment for lesson in LESSONS.values())]


@pytest.mark.parametrize("experiment", SHIPPED, ids=lambda experiment: experiment.title)
def test_what_nnviz_ships_is_short_and_reads_back_equal(experiment: Experiment) -> None:
    text = to_short_text(experiment)
    assert from_short_text(text) == experiment
    assert len(text) < 400
    assert "\n" not in text


def test_the_line_can_be_read_and_typed() -> None:
    assert to_short_text(Experiment(title="a b", notes="why, oh")) == (
        "nnviz:4{title=a+b notes=why%2C+oh data=spiral hidden=8,8 optimizer=adam learning_rate=0.01}"
    )
    typed = from_short_text("NNVIZ:1 {data=xor data.noise=.2\n hidden=4,3:relu batch_size=all }")
    assert typed.data.parameters == {"noise": 0.2}
    assert [(layer.units, layer.activation) for layer in typed.network.hidden] == [(4, "tanh"), (3, "relu")]
    assert typed.training.batch_size is None


def test_every_field_has_a_key_of_its_own() -> None:
    keys = list(_keys().values())
    assert len(keys) == len(set(keys))


@settings(max_examples=150, deadline=None)
@given(experiment=experiments(), before=TEXT.filter(lambda text: "nnviz" not in text.lower()), after=TEXT)
def test_any_experiment_reads_back_equal_from_the_middle_of_a_text(
    experiment: Experiment, before: str, after: str
) -> None:
    text = to_short_text(experiment)
    assert from_short_text(f"{before}{text}{after}") == experiment
    assert all(part.isprintable() for part in text.split(" "))


@settings(max_examples=80, deadline=None)
@given(cut=st.integers(1, 80), junk=TEXT)
def test_damage_is_told_in_one_sentence_or_reads_as_something_else(cut: int, junk: str) -> None:
    text = to_short_text(LESSONS["source-e"].experiment)
    for damaged in (text[:cut], text[:cut] + junk + text[cut:], text[:cut] + text[cut + 3 :]):
        sentence = "Read."
        try:
            from_short_text(damaged)
        except ExperimentError as error:
            sentence = str(error)
        assert sentence.endswith((".", "?"))
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with nnviz:4{"),
        ("nnviz:7{}", "newer nnviz"),
        ("nnviz:2{data=xor hidden=8", "cut off"),
        ("nnviz:2{data=xor hidden}", "'hidden'"),
        ("nnviz:2{hiden=8}", "did you mean 'hidden'"),
        ("nnviz:2{hidden=8 hidden=9}", "twice"),
        ("nnviz:2{hidden=eight}", "whole number"),
        ("nnviz:2{learning_rate=-1}", "at least 0"),
        ("nnviz:2{explicit=~eNq}", "damaged at 'explicit'"),
        ("nnviz:2{notes=@nowhere}", "lesson 'nowhere'"),
        ("nnviz:2{data=xor table.path=a.csv}", "exactly one"),
    ],
)
def test_refusals_say_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ExperimentError, match=words.replace("{", r"\{")):
        from_short_text(text)


def test_a_bomb_is_not_unpacked() -> None:
    import base64
    import zlib

    packed = base64.urlsafe_b64encode(zlib.compress(b'"' + b"a" * 10**8 + b'"', 9)).decode()
    with pytest.raises(ExperimentError, match="damaged at 'notes'"):
        from_short_text(f"nnviz:2{{notes=~{packed}}}")


def test_many_rows_of_its_own_belong_in_a_file() -> None:
    rows = {
        "feature_names": ["p"],
        "features": [[k / 7] for k in range(2000)],
        "labels": ["ab"[k % 2] for k in range(2000)],
    }
    with pytest.raises(ExperimentError, match="save it and pass on the file"):
        to_short_text(Experiment.model_validate({"data": {"rows": rows}}))
    assert MAX_CHARACTERS <= 4000


def test_hundreds_of_held_values_are_left_out() -> None:
    view = ViewSpec(hold="values", held_values=tuple(k / 7 for k in range(784)))
    experiment = Experiment(data=DataSpec(name="fashion_mnist"), view=view)
    assert from_short_text(to_short_text(experiment)) == experiment.edited(view=ViewSpec())
    few = experiment.edited(view=ViewSpec(hold="values", held_values=(1 / 3, 2.5)))
    assert from_short_text(to_short_text(few)) == few


def test_a_line_of_the_first_format_keeps_its_units_and_rules() -> None:
    old = from_short_text("nnviz:1{data=auto_mpg hidden=8}")
    assert old.data.standardise_targets is False
    assert from_short_text("nnviz:2{data=auto_mpg hidden=8}").data.standardise_targets is None
    table = from_short_text("nnviz:1{table.path=a.csv}").data.table
    assert table is not None
    assert table.rules == 1
    assert from_short_text(to_short_text(old)) == old
