"""Lessons from files: whole, or one sentence; and what they promise, over seeds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz import assets
from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.experiment import LESSONS
from nnviz.lessons.files import MOST_LESSON_BYTES, lessons_in, load_lesson, read_lesson
from nnviz.lessons.rehearsal import rehearse
from nnviz.lessons.schema import LessonSpec
from nnviz.lessons.writing import lesson_text, portable

HEAD = 'title = "Two lines"\nsummary = "Two lines do."\n'
STEP = '[[steps]]\nsay = "Look."\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "title is missing"),
        (HEAD, "steps is missing"),
        (HEAD + "steps = []", "steps"),
        (HEAD + "[[steps]]\nsay = ''", "says nothing in step 1"),
        (HEAD + "[[steps]]\nsay = '" + "x" * 241 + "'", "steps.0.say"),
        (HEAD + STEP + "wait = 'epoch'", "steps.0.wait is not right"),
        (HEAD + STEP + "promise = 'epohc > 1'", "did you mean 'epoch'"),
        (HEAD + STEP + "do = ['plai']", "did you mean 'play'"),
        (HEAD + STEP + "point = 'los'", "did you mean 'loss'"),
        (HEAD + STEP + "do = ['set learning_rte=1']", "cannot be played, because of step 1"),
        (HEAD + STEP + "do = ['set training.learning_rate=-1']", "cannot be played, because of step 1"),
        (HEAD + STEP + "wiat = 'epoch > 1'", "did you mean 'wait'"),
        (HEAD + "level = 'guru'\n" + STEP, "level"),
        (HEAD + "format = 2\n" + STEP, "newer nnviz"),
        (HEAD + "experiment = 'source-z'\n" + STEP, "must be a table, or one of"),
        (HEAD + "experiment = { network = { hidden = 3 } }\n" + STEP, "Its experiment"),
        (HEAD + "title = 3", "lesson.toml"),
    ],
)
def test_what_is_no_lesson_is_said_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        read_lesson(text, "lesson.toml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("lesson.toml")
    assert len(str(caught.value)) <= 300


@given(st.text(max_size=60), st.sampled_from(["say", "do", "point", "wait", "promise", "hint", "minutes", "format"]))
def test_any_value_of_any_field_is_taken_or_said(value: str, name: str) -> None:
    quoted = "".join(f"\\u{ord(letter):04x}" for letter in value if letter.isascii())
    text = f'{HEAD}{STEP}{name} = "{quoted}"' if name != "say" else f'{HEAD}[[steps]]\nsay = "{quoted}"'
    try:
        lesson = read_lesson(text, "lesson.toml")
    except NnvizError as error:
        said = str(error)
    else:
        said = lesson.steps[0].say
    assert said.strip()


@given(
    st.sampled_from(["xor-needs-a-hidden-layer", "source-b-chain-rule", "source-e-on-paper", "drawn-back"]),
    st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(0, 30), st.text(max_size=12)), min_size=1, max_size=4),
)
def test_a_damaged_lesson_is_whole_or_said_in_one_sentence(name: str, edits: list[tuple[float, int, str]]) -> None:
    text = assets.course_file(name).read_text(encoding="utf-8")
    for place, length, instead in edits:
        at = int(place * len(text))
        text = text[:at] + instead + text[at + length :]
    try:
        said = read_lesson(text, "lesson.toml").steps[0].say
    except NnvizError as error:
        said = str(error)
        is_told = said.startswith("lesson.toml") and "\n" not in said
    else:
        is_told = bool(said.strip())
    assert is_told


def test_a_lesson_begins_with_an_experiment_that_ships_or_one_of_its_own() -> None:
    shipped = read_lesson(HEAD + "experiment = 'source-c'\n" + STEP, "lesson.toml")
    assert shipped.experiment == LESSONS["source-c"].experiment
    own = read_lesson(HEAD + "experiment = { training = { l2 = 0.5 } }\n" + STEP, "lesson.toml")
    assert own.experiment.training.l2 == 0.5


def test_a_file_is_read_through_the_gate(tmp_path: Path) -> None:
    good = tmp_path / "mine.toml"
    good.write_text(HEAD + STEP, encoding="utf-8-sig")
    assert load_lesson(good).title == "Two lines"
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "huge.toml").write_bytes(b"#" * (MOST_LESSON_BYTES + 1))
    (tmp_path / "folder.toml").mkdir()
    for name in ("bytes.toml", "huge.toml", "folder.toml", "none.toml"):
        with pytest.raises(ExperimentError, match=name):
            load_lesson(tmp_path / name)


PLAYED = """
experiment = { data = { name = "xor", parameters = { n_samples = 60 } }, network = { hidden = [] } }
[[steps]]
say = "A line."
do = ["play"]
wait = "epoch >= 20"
promise = "train_accuracy < 0.8 and hidden_layers == 0"
[[steps]]
say = "Another rate: the run goes on."
do = ["set learning_rate=0.1"]
wait = "epoch >= 25"
promise = "learning_rate == 0.1 and at(learning_rate, 20) == 0.01"
[[steps]]
say = "More points: the weights stay."
do = ["set data.seed=5"]
wait = "epoch >= 30"
promise = "epoch == 30"
[[steps]]
say = "A layer: it begins anew."
do = ["add_layer 6 tanh"]
promise = "epoch == 0 and weights == 25"
[[steps]]
say = "Click."
wait = "unit_selected"
promise = "epoch == 0"
[[steps]]
say = "What never comes."
wait = "epoch >= 3 and epoch < 2 or stopped"
do = ["set target_loss=10", "play"]
promise = "stopped"
[[steps]]
say = "What is not so."
promise = "epoch > 1000"
[[steps]]
say = "What cannot come, for nothing is trained."
do = ["pause"]
wait = "epoch > 1000"
"""


def test_a_rehearsal_does_waits_and_judges() -> None:
    outcomes = rehearse(read_lesson(HEAD + PLAYED, "lesson.toml"), seed=3)
    assert [(outcome.epoch, outcome.is_reached, outcome.is_kept) for outcome in outcomes] == [
        (20, True, True),
        (25, True, True),
        (30, True, True),
        (0, True, True),
        (0, True, True),
        (1, True, True),
        (1, True, False),
        (1, False, False),
    ]


def test_a_folder_lists_its_lessons_and_names_what_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('title = "B"\nsummary = "B."\n[[steps]]\nsay = "Look."\n')
    (tmp_path / "a.TOML").write_text('title = "A"\nsummary = "A."\n[[steps]]\nsay = "Look."\n')
    (tmp_path / "damaged.toml").write_text("title = ")
    (tmp_path / "notes.txt").write_text("Nothing.")
    (tmp_path / "folder.toml").mkdir()
    shelf = lessons_in(tmp_path)
    assert [(Path(path).name, lesson.title) for path, lesson in shelf.lessons.items()] == [
        ("a.TOML", "A"),
        ("b.toml", "B"),
    ]
    assert [name for name in ("damaged.toml", "folder.toml") if any(name in each for each in shelf.complaints)] == [
        "damaged.toml",
        "folder.toml",
    ]
    gone = lessons_in(tmp_path / "gone")
    assert (dict(gone.lessons), len(gone.complaints)) == ({}, 1)
    assert "gone" in gone.complaints[0]


def test_a_lesson_carries_a_small_table_along(tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    table.write_text("a,b,class\n" + "".join(f"{n},{n * n},{'x' if n % 2 else 'y'}\n" for n in range(40)))
    data = {"table": {"path": str(table), "target": "class"}}
    lesson = LessonSpec.model_validate(
        {"title": "T", "summary": "T.", "experiment": {"data": data}, "steps": [{"say": "Look."}]}
    )
    carried = portable(lesson)
    table.unlink()
    again = read_lesson(lesson_text(carried), "t.toml")
    assert again.experiment.prepared().dataset.n_samples == 40
    assert portable(lesson) == lesson
