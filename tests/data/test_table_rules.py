"""Each rule of reading and proposing, over generated tables: words, targets, pictures, gaps, dates, declarations."""

from __future__ import annotations

import datetime as dt
import gzip
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nnviz.core.errors import DataError
from nnviz.data import default_choices, make_dataset, open_table, read_table, summarise
from nnviz.data.target_choice import _SURE_NAMES

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MARKS = ["none", "None", "NA", "n/a", "missing", "N/A"]
WORDS = ["bank", "stores", "friends"]


def of(text: str | bytes, **more):
    return open_table(text.encode() if isinstance(text, str) else text, name="t.csv", **more)


def csv_of(columns: dict[str, list], header: bool = True) -> str:
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(map(str, row)) for row in rows]
    return "\n".join([*([",".join(columns)] if header else []), *lines, ""])


def measures(n_rows: int, *names: str, seed: int = 0) -> dict[str, list]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=n_rows).round(4).tolist() for name in names}


def pictures(side: int, n_rows: int = 30, seed: int = 0) -> np.ndarray:
    """Return smooth pictures ``(n_rows, side, side)`` with a dark border."""
    rng = np.random.default_rng(seed)
    grid = np.linspace(-2, 2, side)
    at = rng.uniform(-0.8, 0.8, size=(n_rows, 2))
    blobs = np.exp(-((grid[None, :, None] - at[:, :1, None]) ** 2) - (grid[None, None, :] - at[:, 1:, None]) ** 2)
    blobs[:, 0] = blobs[:, -1] = blobs[:, :, 0] = blobs[:, :, -1] = 0.0
    return (255 * blobs).astype(int)


# -- words and spellings ----------------------------------------------------------------------------------------------


@FEW
@given(st.sampled_from(MARKS), st.booleans(), st.integers(0, 1000))
def test_a_mark_among_words_is_an_answer(mark, as_target, seed):
    rng = np.random.default_rng(seed)
    words = [*WORDS, mark] * 6
    rng.shuffle(words)
    columns = {"a": measures(24, "a", seed=seed)["a"], "plan": words, "risk": ["good", "bad"] * 12}
    table = of(csv_of(columns))
    choices = default_choices(table, target="plan" if as_target else "risk")
    data = make_dataset(table, choices)
    assert data.n_samples == 24
    assert mark in data.class_names if as_target else f"plan={mark}" in data.feature_names
    assert any(repr(mark) in note for note in table.notes)
    asked = [offer for offer in summarise(table, choices).offers if repr(mark) in offer.action]
    assert summarise(table, asked[0].choices).n_used == 18


@FEW
@given(st.sampled_from([*MARKS, "-", "?", "inf"]), st.integers(0, 1000))
def test_a_mark_among_numbers_is_missing(mark, seed):
    numbers = [str(value) for value in measures(24, "a", seed=seed)["a"]]
    numbers[seed % 24] = mark
    assert read_table_of({"a": numbers, "b": measures(24, "b")["b"], "c": ["x", "y"] * 12}).n_samples == 23


def read_table_of(columns: dict[str, list]):
    table = of(csv_of(columns))
    return make_dataset(table, default_choices(table))


@FEW
@given(st.lists(st.sampled_from(["yes", "no", "may be"]), min_size=12, max_size=40), st.integers(0, 1000))
def test_joined_labels_are_those_without_capitals_and_blanks(answers, seed):
    rng = np.random.default_rng(seed)
    spelt = [
        [word, word.upper(), word.title(), f" {word}", word.replace(" ", "  ")][rng.integers(5)] for word in answers
    ]
    columns = {"a": measures(len(spelt), "a")["a"], "answer": spelt}
    table = of(csv_of(columns))
    choices = default_choices(table, target="answer")
    joined = replace(choices, columns={**choices.columns, "answer": replace(choices.columns["answer"], joined=True)})
    if len(set(answers)) < 2:
        assert summarise(table, joined).problem
        return
    data = make_dataset(table, joined)
    assert [" ".join(label.lower().split()) for label in data.labels] == answers
    assert len(data.class_names) == len(set(answers))


# -- the target -------------------------------------------------------------------------------------------------------


@FEW
@given(st.sampled_from([*_SURE_NAMES, "Überlebt", "Diagnóstico", "Target?", "OUTCOME"]), st.integers(0, 4))
def test_a_sure_name_is_the_target_anywhere(name, position):
    columns = measures(20, "a", "b", "c", "price")
    items = list(columns.items())
    items.insert(position, (name, ["u", "v"] * 10))
    assert default_choices(of(csv_of(dict(items)))).target == name


@pytest.mark.parametrize(
    ("names", "target"),
    [
        ("y,x1,x2", "y"),
        ("x,y,label", "label"),
        ("x,y,z", "z"),
        ("a,y,b", "y"),
        ("price,a,b", "price"),
        ("a,price,b", "price"),
        ("a,price,class", "class"),
        ("a,price,score,b", "b"),
        ("a,b,c", "c"),
    ],
)
def test_names_and_places(names, target):
    assert default_choices(of(csv_of(measures(20, *names.split(","))))).target == target


@FEW
@given(st.integers(1, 4), st.booleans())
def test_words_in_front_are_a_feature_where_the_last_column_can_be_learnt(n_more, counts):
    columns = {"sex": ["m", "f"] * 20, **measures(40, *(f"m{number}" for number in range(n_more)))}
    columns["rings"] = [row % 13 for row in range(40)] if counts else measures(40, "r")["r"]
    choices = default_choices(of(csv_of(columns)))
    assert (choices.target, choices.columns["sex"].role) == ("rings", "feature")


def test_words_in_front_are_the_target_where_the_last_column_is_none():
    columns = {"kind": ["m", "f"] * 20, **measures(40, "a"), "id": list(range(100, 140))}
    assert default_choices(of(csv_of(columns))).target == "kind"


@FEW
@given(st.integers(0, 50), st.sampled_from(["minutes", "nr", "n", "step"]))
def test_a_running_number_alone_is_the_input(start, name):
    columns = {name: list(range(start, start + 20)), **measures(20, "value")}
    assert read_table_of(columns).feature_names == (name,)
    both = {"nr": list(range(1, 21)), **measures(20, "a", "value")}
    assert read_table_of(both).feature_names == ("a",)


def test_no_message_asks_for_columns_where_a_role_is_the_cure():
    table = of(csv_of({**measures(10, "a"), "c": ["x", "y"] * 5}))
    choices = default_choices(table)
    ignored = replace(choices, columns={**choices.columns, "a": replace(choices.columns["a"], role="ignored")})
    assert "give one of the others the role of a feature" in summarise(table, ignored).problem


# -- pictures ---------------------------------------------------------------------------------------------------------


@FEW
@given(st.integers(8, 13), st.booleans(), st.booleans(), st.sampled_from(["words", "few", "many"]))
def test_numbered_pixels_and_a_label_are_pictures(side, first, header, kind):
    X = pictures(side)
    n_classes = 3 if kind != "many" else 15
    labels = [str(row % n_classes) if kind != "words" else "abc"[row % 3] for row in range(len(X))]
    columns = {f"pixel{number}": column.tolist() for number, column in enumerate(X.reshape(len(X), -1).T)}
    table = of(csv_of({"label": labels, **columns} if first else {**columns, "label": labels}, header=header))
    data = make_dataset(table, default_choices(table))
    assert data.image_shape == (side, side)
    assert len(data.class_names) == n_classes
    assert np.array_equal(data.X, X.reshape(len(X), -1))


@pytest.mark.parametrize("layout", ["pixels", "planes"])
@pytest.mark.parametrize("side", [8, 28, 32])
def test_colour_pictures_are_known(side, layout):
    grey = pictures(side)
    colour = np.stack([grey, 255 - grey, grey // 3], axis=3)
    flat = (colour if layout == "pixels" else np.moveaxis(colour, 3, 1)).reshape(len(grey), -1)
    columns = {f"p{number}": column.tolist() for number, column in enumerate(flat.T)}
    data = read_table_of({"label": [row % 2 for row in range(len(grey))], **columns})
    assert (data.colour_shape, data.colours, data.image_shape) == ((side, side), layout, None)
    assert np.array_equal(data.picture(data.X[4]), colour[4])


def test_whole_measures_are_no_pictures():
    rng = np.random.default_rng(0)
    named = {f"answer {chr(97 + n % 26)}{'x' * (n // 26)}": rng.integers(1, 6, 40).tolist() for n in range(64)}
    assert of(csv_of({**named, "class": [row % 2 for row in range(40)]})).image_shape is None
    halves = {f"m{n}": (rng.integers(1, 6, 40) / 2).tolist() for n in range(64)}
    assert of(csv_of({**halves, "class": [row % 2 for row in range(40)]})).image_shape is None


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


@pytest.mark.parametrize(
    "names", [("train-images-idx3-ubyte", "train-labels-idx1-ubyte"), ("a-images.idx3-ubyte.gz",) * 2]
)
def test_idx_files_find_each_other(names, tmp_path):
    X, y = pictures(6, 10), np.arange(10) % 4
    images, labels = tmp_path / names[0], tmp_path / names[1].replace("images.idx3", "labels.idx1")
    pack = gzip.compress if names[0].endswith(".gz") else bytes
    images.write_bytes(pack(idx(X)))
    with pytest.raises(
        DataError, match=r"pictures without their labels; put the file of the labels beside it \(.*labels"
    ):
        open_table(images)
    labels.write_bytes(pack(idx(y)))
    for path in (images, labels):
        data = read_table(path)
        assert data.image_shape == (6, 6)
        assert np.array_equal(data.X, X.reshape(10, -1))
        assert data.labels.tolist() == y.astype(str).tolist()
    labels.write_bytes(pack(idx(y[:5])))
    with pytest.raises(DataError, match="10 pictures and 5 labels"):
        open_table(images)
    images.write_bytes(pack(idx(X)[:-3]))
    with pytest.raises(DataError, match="cut off"):
        open_table(images)


# -- gaps -------------------------------------------------------------------------------------------------------------


@FEW
@given(st.integers(0, 30))
def test_gaps_are_filled_where_dropping_costs_more_than_a_third(n_gaps):
    columns = {**measures(30, "a", "b"), "kind": ["u", "v", "v"] * 10, "c": ["x", "y"] * 15}
    columns["a"] = ["" if row < n_gaps else value for row, value in enumerate(columns["a"])]
    table = of(csv_of(columns))
    summary = summarise(table, default_choices(table))
    if n_gaps == 30:
        assert "no values" in summary.becomes["a"]
    elif n_gaps > 10:
        assert summary.n_used == 30
    else:
        assert summary.n_used == 30 - n_gaps
    assert summary.missing["a"] == n_gaps


@FEW
@given(st.integers(0, 1000), st.floats(0, 0.5))
def test_every_offer_is_another_choice_that_works(seed, share):
    rng = np.random.default_rng(seed)
    columns = {
        "when": [(dt.date(2021, 1, 1) + dt.timedelta(days=int(day))).isoformat() for day in rng.integers(0, 90, 40)],
        "size": ["" if rng.random() < share else round(float(value), 3) for value in rng.normal(size=40)],
        "plan": rng.choice(["bank", "Bank", "none", "stores", ""], 40).tolist(),
        "answer": rng.choice(["yes", "YES", "no", "n/a"], 40).tolist(),
    }
    table = of(csv_of(columns))
    choices = default_choices(table)
    assert summarise(table, choices).problem == ""
    for offer in summarise(table, choices).offers:
        assert offer.choices != choices
        summary = summarise(table, offer.choices)
        assert summary.problem == "" or "two are needed" in summary.problem
        if not summary.problem:
            assert make_dataset(table, offer.choices).feature_names == summary.inputs


# -- dates ------------------------------------------------------------------------------------------------------------

FORMATS = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
]


@FEW
@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)), st.lists(st.integers(1, 9), min_size=25, max_size=25),
    st.sampled_from(FORMATS), st.integers(0, 23),
)  # fmt: skip
def test_dates_are_days_since_the_first_row(start, steps, form, hour):
    days = np.concatenate([[0], np.cumsum(steps)])
    moments = [dt.datetime.combine(start, dt.time(hour)) + dt.timedelta(days=int(day)) for day in days]
    cells = [f'"{moment.strftime(form)}"' for moment in moments]
    data = read_table_of({"when": cells, "v": measures(26, "v")["v"]})
    assert data.feature_names == (f"when (days since {start.isoformat()})",)
    assert data.X[:, 0] == pytest.approx(days + (hour / 24 if "%H" in form else 0), abs=1e-6)


@FEW
@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["%H:%M", "%I:%M %p", "%H:%M:%S"]))
def test_times_of_day_are_hours(hour, minute, form):
    cells = [dt.time((hour + row) % 24, minute).strftime(form) for row in range(10)]
    data = read_table_of({"at": cells, "v": measures(10, "v")["v"]})
    assert data.feature_names == ("at (hours)",)
    assert data.X[:, 0] == pytest.approx([(hour + row) % 24 + minute / 60 for row in range(10)])


def test_parts_of_dates_become_inputs():
    days = [dt.date(2021, 3, 1) + dt.timedelta(days=row) for row in range(40)]
    table = of(csv_of({"day": days, **measures(40, "v")}))
    choices = default_choices(table)
    (offer,) = [offer for offer in summarise(table, choices).offers if "weekday" in offer.action]
    data = make_dataset(table, offer.choices)
    assert data.feature_names[1:4] == ("day (weekday)=Mon", "day (weekday)=Tue", "day (weekday)=Wed")
    assert data.X[:, 1:].argmax(axis=1).tolist() == [day.weekday() for day in days]
    assert any(offer.action == "Add the month of 'day'" for offer in summarise(table, choices).offers)


def test_an_order_that_nothing_tells_is_a_guess_and_said():
    table = of("d,v\n03/04/2021,1.5\n04/05/2021,2.5\n03/04/2021,0.5\n")
    assert any("is a guess" in note for note in table.notes)
    assert not any("is a guess" in note for note in of("d,v\n13/04/2021,1.5\n04/05/2021,2.5\n").notes)


# -- declarations -----------------------------------------------------------------------------------------------------

ODD = ["rye, dark", "{mixed}", "100 %", "it's", 'say "so"', "NA", "-", "none", "plain", "a b"]


def arff_cell(value: str, quote: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return f"{quote}{escaped}{quote}"


@FEW
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.sampled_from(ODD), st.sampled_from("123")), min_size=6, max_size=20),
    st.sampled_from([",", ", ", "\t", " ", " , "]), st.sampled_from("'\""), st.booleans(),
)  # fmt: skip
def test_arff_reads_back_as_it_was_written(rows, between, quote, sparse):
    values = ",".join(arff_cell(value, quote) for value in ODD)
    head = "@relation r % made up\n@attribute size real\n@attribute 'the word' "
    head += f"{{{values}}}\n@attribute code {{1,2,3}}\n@data\n"
    lines = []
    for size, word, code in rows:
        cells = [repr(size), arff_cell(word, quote), code]
        if sparse:
            cells = [f"{position} {cell}" for position, cell in enumerate(cells)]
        line = (", " if sparse else between).join(cells)
        lines.append(f"{{{line}}} % row" if sparse else f"{line} % row, 1")
    table = of(head + "\n".join(lines) + "\n")
    assert table.preview(100) == [[repr(size), word, code] for size, word, code in rows]
    assert [column.declared for column in table.columns] == ["numeric", "nominal", "nominal"]
    assert all(column.n_missing == 0 for column in table.columns)
    assert table.usual_target == "code"


@FEW
@given(st.lists(st.integers(0, 3), min_size=12, max_size=30), st.sampled_from(["real", "numeric", "integer"]))
def test_a_declared_number_stays_one_and_declared_codes_are_classes(codes, kind):
    rows = "\n".join(f"{row}.5,{code}" for row, code in enumerate(codes))
    number = of(f"@relation r\n@attribute a real\n@attribute b {kind}\n@data\n{rows}\n")
    nominal = of(f"@relation r\n@attribute a real\n@attribute b {{0,1,2,3}}\n@data\n{rows}\n")
    if len(set(codes)) < 2:
        return
    assert make_dataset(number, default_choices(number)).task == "regression"
    data = make_dataset(nominal, default_choices(nominal))
    assert data.labels.tolist() == [str(code) for code in codes]
    read = make_dataset(number, default_choices(number, task="classification"))
    assert read.labels.tolist() == data.labels.tolist()


def test_weights_of_rows_are_named_and_travel_with_them():
    head = "@relation r\n@attribute a real\n@attribute c {x,y}\n@data\n"
    table = of(head + "1,x,{2}\n2,y, {0.5}\n3,x\n{0 4, 1 y}, {3}\n")
    assert table.preview(9) == [["1", "x"], ["2", "y"], ["3", "x"], ["4", "y"]]
    assert table.notes == ("3 rows have weights, by which they count in the loss.",)
    data = make_dataset(table, default_choices(table))
    assert data.row_weights.tolist() == [2.0, 0.5, 1.0, 3.0]
    assert data.take([3, 1]).row_weights.tolist() == [3.0, 0.5]
    train, test = data.split(0.5, seed=0)
    weight_of = dict(zip(data.X[:, 0].tolist(), data.row_weights.tolist(), strict=True))
    for part in (train, test):
        assert part.row_weights.tolist() == [weight_of[x] for x in part.X[:, 0].tolist()]
    old = of(head + "1,x,{2}\n2,y\n", rules=1)
    assert make_dataset(old, default_choices(old)).row_weights is None
    assert of(head + "1,x,{2}\n2,y,{2}\n").row_weights is None
    for wrong in ("-1", "2e9", "1.2.3"):
        with pytest.raises(DataError, match="line 6: the weight of the row is"):
            of(head + f"1,x\n2,y,{{{wrong}}}\n")


def test_orange_weights_travel_with_the_rows_that_are_kept():
    text = "a\tw\tc\ncontinuous\tcontinuous\tdiscrete\n\tweight\tclass\n1\t2\tx\n\t9\ty\n3\t\ty\n4\t0.5\tx\n"
    table = of(text)
    assert "rows have weights, by which they count in the loss." in " ".join(table.notes)
    data = make_dataset(table, default_choices(table))
    assert data.feature_names == ("a",)
    assert data.X[:, 0].tolist() == [1.0, 3.0, 4.0]
    assert data.row_weights.tolist() == [2.0, 1.0, 0.5]
    with pytest.raises(DataError, match="line 4: the weight of the row is -2"):
        of(text.replace("1\t2\tx", "1\t-2\tx"))


@FEW
@given(st.sampled_from(["meta", "ignore", "m"]), st.sampled_from(["class", "c"]), st.booleans())
def test_orange_headers_say_class_and_type(left_out, target, prefixes):
    columns = {
        **measures(20, "size"),
        "code": [row % 3 for row in range(20)],
        "note": [f"n{row % 4}" for row in range(20)],
    }
    columns["grade"] = [row % 2 for row in range(20)]
    rows = csv_of(columns, header=False)
    if prefixes:
        head = "C#size,D#code,mS#note,cD#grade\n"
    else:
        head = f"size,code,note,grade\ncontinuous,discrete,string,discrete\n,,{left_out},{target}\n"
    table = of(head + rows)
    data = make_dataset(table, default_choices(table))
    assert data.feature_names == ("size", "code=0", "code=1", "code=2")
    assert (data.target_names, data.class_names, data.n_samples) == (("grade",), ("0", "1"), 20)


@pytest.mark.parametrize("header", ["C#,Java\n", "#,name\n", "a#b,c\n"])
def test_a_sign_in_a_name_is_no_orange_header(header):
    names = [column.name for column in of(header + "1.5,x\n2.5,y\n").columns]
    assert names == header.strip().split(",")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"$FL2@(#) SPSS DATA FILE" + bytes(60), "SPSS"),
        (b"<stata_dta><header>", "Stata"),
        (b"\x72\x02\x01\x00" + bytes(100), "Stata"),
        (b"RDX3\nX\n\0\0\0\3", "R's own"),
        (gzip.compress(b"X\n\0\0\0\3\0\4", mtime=0), "R's own"),
        (b"MATLAB 5.0 MAT-file, Platform: GLNXA64", "MATLAB"),
        (b"MATLAB 7.3 MAT-file, Platform: GLNXA64", "MATLAB"),
        (b"\x80\x04\x95\5\0\0\0\0\0\0\0K\1.", "pickle"),
        (b'[{"a": 1}, {"a": 2}]', "JSON"),
        (b"\0" * 12 + b"\xc2\xea\x81\x60" + bytes(20), "SAS"),
    ],
)
def test_files_of_other_programs_are_named_with_a_way_out(content, words):
    with pytest.raises(DataError, match=words) as caught:
        of(content)
    assert "csv" in str(caught.value).lower()


# -- the rules of 0.1 -------------------------------------------------------------------------------------------------


def test_the_rules_of_0_1_are_kept():
    columns = {"c": ["x", "y"] * 10, "day": [f"2021-01-{row + 1:02}" for row in range(20)], **measures(20, "a", "b")}
    columns["plan"] = ["none", "bank", "stores", "bank"] * 5
    table = of(csv_of(columns), rules=1)
    choices = default_choices(table)
    assert choices.target == "plan"
    data = make_dataset(table, choices.with_target("c"))
    assert data.feature_names == ("a", "b", "plan=bank", "plan=stores")
    assert data.n_samples == 15


def test_a_column_that_orange_leaves_out_is_no_target_though_it_is_last():
    columns = {"C#a": measures(20, "a")["a"], "D#kind": ["x", "y"] * 10, "mS#note": [f"n{row}" for row in range(20)]}
    assert default_choices(of(csv_of(columns))).target == "kind"
