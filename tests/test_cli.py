"""The command line, driven as a user would: in this process where that is enough, in one of its own elsewhere."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnviz import __version__, cli
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.losses import LOSSES
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.data import DATASETS
from nnviz.experiment import LESSONS, Document, Experiment, default_experiment, edits, save_document
from nnviz.experiment.carried import carried_trainer
from nnviz.export import run_folder

ROOT = Path(cli.__file__).parents[1]
FAST = ["--set", "training.engine=numpy"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def no_pictures(monkeypatch):
    """Leave the pictures out: they are tested elsewhere, and take half a second."""
    monkeypatch.setattr(run_folder, "library_problem", lambda **_: "Qt is left out here.")


def run(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``python -m nnviz`` in a process of its own, without a screen."""
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    path = os.pathsep.join(filter(None, [str(ROOT), bare.get("PYTHONPATH", "")]))
    return subprocess.run(
        [sys.executable, "-m", "nnviz", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        env={**bare, "PYTHONPATH": path, **(environ or {})},
        check=False,
    )


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was said on stderr, which must be one sentence."""
    text = capsys.readouterr().err
    assert text.startswith("nnviz: ")
    assert text.count("\n") == 1
    assert text.rstrip().endswith((".", "?"))
    return text


# -- help and names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [[], *([name] for name in cli.COMMANDS)])
def test_help_names_every_command(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main([*command, "--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    assert "usage: nnviz" in text
    if not command:
        assert all(f"\n  {name}" in text for name in cli.COMMANDS)


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"nnviz {__version__}\n"


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom nnviz import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('numpy', 'numba', 'pydantic', 'PySide6', 'tqdm') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_list_names_everything(capsys):
    assert cli.main(["list"]) == 0
    text = capsys.readouterr().out
    for name in (*LESSONS, *DATASETS, *ACTIVATIONS, *LOSSES, *OPTIMIZERS):
        assert f"\n  {name} " in text


# -- train -----------------------------------------------------------------------------------------------------------


def test_train_writes_its_folder_and_says_so(capsys, no_pictures, tmp_path):
    assert cli.main(["train", "source-c", "--epochs", "50", "--out", "run", *FAST]) == 0
    output = capsys.readouterr()
    assert "network 3-4-1" in output.out
    assert "After 50 epochs: training loss" in output.out
    assert "prediction" in output.out
    assert "Qt is left out here." in output.out
    assert "50/50" in output.err
    assert {p.name for p in (tmp_path / "run").iterdir()} == {"history.csv", "model.npz", "summary.json"}
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["epochs"] == 50


def test_train_may_be_run_again(capsys, no_pictures):
    for _ in range(2):
        assert cli.main(["train", "source-b", "--epochs", "3", *FAST]) == 0
    assert Path("nnviz-run/history.csv").is_file()


def test_settings_change_the_experiment(capsys, no_pictures):
    arguments = ["--set", "network.hidden=[3]", "--set", "learning_rate=0.5", "--set", "data.parameters.n_samples=50"]
    assert cli.main(["train", "moons", "--epochs", "2", *arguments, *FAST]) == 0
    summary = json.loads(Path("nnviz-run/summary.json").read_text())
    assert summary["layer_sizes"] == [2, 3, 1]
    assert summary["n_train"] + summary["n_test"] == 50
    assert Experiment.model_validate(summary["experiment"]).training.learning_rate == 0.5


def test_a_diverged_run_is_told_and_kept(capsys, no_pictures):
    arguments = ["--set", "training.optimizer=sgd", "--set", "learning_rate=1000", "--set", "output_activation=linear"]
    assert cli.main(["train", "sine", "--epochs", "20", *arguments, *FAST]) == 0
    summary = json.loads(Path("nnviz-run/summary.json").read_text())
    assert summary["stop_reason"]
    assert summary["stop_reason"] in capsys.readouterr().out


def test_train_draws_its_pictures(qapp, capsys):
    assert cli.main(["train", "source-e", "--epochs", "5", *FAST]) == 0
    output = capsys.readouterr().out
    for name in ("boundary.png", "loss.png", "network.png"):
        assert Path("nnviz-run", name).read_bytes().startswith(b"\x89PNG")
        assert name in output


def test_the_same_command_gives_the_same_run(capsys, no_pictures):
    columns = []
    for name in ("one", "two"):
        cli.main(["train", "moons", "--epochs", "4", "--out", name, *FAST])
        with Path(name, "history.csv").open(newline="") as file:
            columns.append([row["train_loss"] for row in csv.DictReader(file)])
    assert columns[0] == columns[1]


# -- predict ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def model(capsys, no_pictures) -> Path:
    cli.main(["train", "iris", "--epochs", "60", *FAST])
    capsys.readouterr()
    return Path("nnviz-run/model.npz")


def feature_table(model: Path) -> Path:
    from nnviz.export.models import load_model

    names = load_model(model).inputs.feature_names
    rows = ([5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5])
    lines = [",".join(reversed(names)), *(",".join(str(x) for x in reversed(row)) for row in rows)]
    Path("new.csv").write_text("\n".join(lines) + "\n")
    return Path("new.csv")


def test_predict_to_the_terminal_and_to_a_file(model, capsys):
    table = feature_table(model)
    assert cli.main(["predict", str(model), str(table)]) == 0
    printed = capsys.readouterr().out
    assert [line.split(",")[0] for line in printed.splitlines()[1:]] == ["setosa", "virginica"]
    assert cli.main(["predict", str(model), str(table), "--out", "p.csv"]) == 0
    assert Path("p.csv").read_text() == printed
    assert "2 predictions" in capsys.readouterr().out


def test_predict_says_how_many_rows_are_incomplete(model, capsys):
    table = feature_table(model)
    with table.open("a") as file:
        file.write("?,1,1,1\n")
    assert cli.main(["predict", str(model), str(table)]) == 0
    output = capsys.readouterr()
    assert output.err == "nnviz: 1 of 3 rows lacks a value and has no prediction: 'petal_width_cm' (1 row).\n"
    assert output.out.splitlines()[-1] == ",,,"


def test_predict_names_a_missing_column(model, capsys):
    Path("t.csv").write_text("a,b\n1,2\n")
    assert cli.main(["predict", str(model), "t.csv"]) == 2
    assert "t.csv lacks the columns" in sentence(capsys)


def test_predict_compares_with_the_answers_of_the_table(model, capsys):
    Path("new.csv").write_text(
        "Species,sepal_length_cm,sepal_width_cm,petal_length_cm,PETAL_WIDTH_CM\n"
        "setosa,5.1,3.5,1.4,0.2\nsetosa,6.3,3.3,6.0,2.5\ntulip,5,3,1.4,0.2\n"
    )
    assert cli.main(["predict", str(model.parent), "new.csv"]) == 0
    terminal = capsys.readouterr()
    assert terminal.out.startswith("species,p(setosa)")
    assert "'tulip' (1 row) is no class of the model" in terminal.err
    assert "Accuracy 50.0 %: 1 of 2 rows are right; balanced accuracy 50.0 %.\n" in terminal.err
    assert "true \\ predicted  setosa  versicolor  virginica\nsetosa                 1" in terminal.err
    assert cli.main(["predict", str(model), "new.csv", "--out", "p.csv"]) == 0
    assert "Accuracy 50.0 %" in (said := capsys.readouterr().out)
    assert "Wrote p-confusion.csv" in said
    with Path("p-confusion.csv").open(newline="") as file:
        assert list(csv.reader(file))[1] == ["setosa", "1", "0", "1"]


# -- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train"], "FILE_OR_LESSON"),
        (["train", "source-x"], "did you mean"),
        (["train", "gone.toml"], "gone.toml"),
        (["train", "broken.toml"], "not valid TOML"),
        (["train", "broken.csv"], "broken.csv"),
        (["train", "source-a", "--epochs", "many"], "--epochs: must be a whole number"),
        (["train", "source-a", "--epochs", "0"], "at least 1"),
        (["train", "source-a", "--set", "learning_rate=-1"], "at least 0"),
        (["train", "source-a", "--set", "activation=relu"], "activation"),
        (["train", "source-a", "--set", "network.hidden.0.activation=rely"], "did you mean 'relu'"),
        (["train", "source-a", "--out", "broken.csv/x"], "broken.csv/x"),
        (["train", "source-a", "--out", ""], "must not be empty"),
        (["train", "source-a", "--out", "taken"], "model.npz is a folder"),
        (["predict", "gone.npz", "broken.csv", "--out", ""], "must not be empty"),
        (["predict", "gone.npz", "broken.csv", "--out", "gone/x.csv"], "folder that exists"),
        (["predict", "gone.npz", "broken.csv", "--out", "taken"], "is a folder"),
        (["screenshot", "--out", ""], "must not be empty"),
        (["screenshot", "--out", "folder.png"], "is a folder"),
        (["screenshot", "--pictures", ""], "must not be empty"),
        (["train", "source-a", "--set", "learning_rate=true"], "must be a number"),
        (["train", "source-a", "--fast"], "--fast"),
        (["predict", "gone.npz", "broken.csv"], "gone.npz"),
        (["predict", "broken.csv", "broken.csv"], "broken.csv"),
        (["screenshot", "--size", "big"], "--size"),
        (["screenshot", "--epochs", "5", "--at", "6"], "--at 6 lies beyond the training"),
        (["screenshot", "--at", "2", "--wall", "4"], "not allowed with"),
        (["screenshot", "--wall", "1"], "--wall"),
        (["screenshot", "--race", "adam"], "at least two"),
        (["screenshot", "--race", "adam,adagradd"], "adagradd"),
        (["screenshot", "--race", "adam=fast,sgd"], "fast"),
        (["screenshot", "--theme", "pink"], "--theme"),
        (["screenshot", "source-x"], "did you mean"),
        (["screenshot", "--out", "gone/x.png"], "folder that exists"),
        (["screenshot", "--out", "x.jpg"], "must end in .png"),
        (["screenshot", "--pictures", "broken.csv"], "broken.csv"),
        (["train", "folder.csv"], "is a folder"),
        (["train", ""], "must not be empty"),
        (["train", "nul.toml"], "cannot be the name of a file"),
        (["train", "~nobody-here/x.toml"], "no home folder"),
        (["train", "source-a", "--out", "~nobody-here/x"], "no home folder"),
        (["train", "source-a", "--set", f"network.hidden={[512] * 200}"], "fewer or smaller layers"),
        (["predict", "gone.npz", "~nobody-here/x.csv"], "no home folder"),
        (["trian", "source-a"], "There is no command 'trian'; did you mean 'train'?"),
        (["gone.nnviz"], "gone.nnviz"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_mistakes_end_in_one_sentence_and_status_2(arguments, words, capsys, no_pictures):
    Path("broken.toml").write_text("title = ")
    Path("broken.csv").write_text("a,b\n1\n")
    Path("nul.toml").write_text('data.table.path = "a\\u0000b"')
    for folder in ("folder.csv", "folder.png", "taken/model.npz"):
        Path(folder).mkdir(parents=True)
    assert cli.main(arguments) == 2
    assert words in sentence(capsys)


def test_other_failures_of_the_system_are_sentences_too(capsys, monkeypatch):
    for error, words in (
        (PermissionError(13, "Permission denied", "x.png"), "x.png cannot be used"),
        (MemoryError(), "memory"),
    ):

        def fail(_options: object, error: BaseException = error) -> int:
            raise error

        monkeypatch.setitem(cli.COMMANDS, "list", (cli.COMMANDS["list"][0], fail))
        assert cli.main(["list"]) == 2
        assert words in sentence(capsys)


# -- the window, and none --------------------------------------------------------------------------------------------


def test_a_missing_library_is_named_before_qt_starts(capsys, monkeypatch):
    monkeypatch.setattr("nnviz.qt_libraries.loads", lambda name: name != "libEGL.so.1")
    assert cli.main([]) == 2
    assert "libegl1" in sentence(capsys)
    assert cli.main(["screenshot"]) == 2
    assert "libegl1" in sentence(capsys)


def test_the_window_gets_the_document(monkeypatch):
    import nnviz.app

    shown = []
    monkeypatch.setattr("nnviz.qt_libraries.library_problem", lambda: None)
    monkeypatch.setattr(nnviz.app, "main", lambda argv, document=None, table=None: shown.append(document) or 0)
    assert cli.main([]) == 0
    assert cli.main(["source-d"]) == 0
    assert shown[0] is None
    assert shown[1].experiment == LESSONS["source-d"].experiment


@pytest.mark.parametrize(
    "content",
    [
        "a,b,c\n1.5,2,x\n2.5,1,y\n3.5,5,x\n",
        "a,b,c\n1.5,,x\n,1,y\n3.5,5,x\n,2,y\n",
        "a,b,c\n1.5,2,x\n2.5,1\n3.5,5,x\n",
        "a,b\n1.5,u\n2.5,v\n3,w\n4,q\n5,r\n",
    ],
    ids=["plain", "filled", "short rows", "no classes"],
)
def test_the_window_shows_a_table_before_it_is_opened(content, monkeypatch, tmp_path):
    import nnviz.app

    path = tmp_path / "t.csv"
    path.write_text(content)
    shown = []
    monkeypatch.setattr("nnviz.qt_libraries.library_problem", lambda: None)
    monkeypatch.setattr(nnviz.app, "main", lambda argv, document=None, table=None: shown.append((document, table)) or 0)
    assert cli.main([str(path)]) == 0
    assert shown == [(None, path.resolve())]


def test_the_window_asks_for_the_labels_of_pictures(monkeypatch, tmp_path):
    import nnviz.app

    path = tmp_path / "pictures"
    cases = Path(__file__).parent / "data" / "cases"
    path.write_bytes((cases / "t10k-images-idx3-ubyte.gz").read_bytes())
    shown = []
    monkeypatch.setattr("nnviz.qt_libraries.library_problem", lambda: None)
    monkeypatch.setattr(nnviz.app, "main", lambda argv, document=None, table=None: shown.append(table) or 0)
    assert cli.main([str(path)]) == 0
    assert shown == [path.resolve()]


def test_what_is_no_table_is_refused_before_there_is_a_window(monkeypatch, capsys, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"$FL2@(#) SPSS DATA FILE" + bytes(60))
    monkeypatch.setattr("nnviz.qt_libraries.library_problem", lambda: None)
    assert cli.main([str(path)]) == 2
    assert "SPSS" in sentence(capsys)


def test_screenshot_hands_its_options_over(monkeypatch, capsys):
    import nnviz.screenshots

    calls = []
    monkeypatch.setattr(nnviz.screenshots, "render_screenshot", lambda document, **more: calls.append((document, more)))
    assert cli.main(["screenshot", "--epochs", "7", "--size", "800x600", "--theme", "dark", "--out", "x.png"]) == 0
    document, options = calls[0]
    assert document.experiment == default_experiment()
    present = nnviz.screenshots.Scene()
    assert options == {"epochs": 7, "size": (800, 600), "theme": "dark", "out": Path("x.png"), "scene": present}
    for arguments in (["--at", "3"], ["--wall", "9"], ["--race", "sgd=0.5, adam"]):
        assert cli.main(["screenshot", "xor", *arguments]) == 0
    scenes = [options["scene"] for _, options in calls[1:]]
    assert [(scene.at, scene.seeds) for scene in scenes] == [(3, None), (None, 9), (None, None)]
    assert [(each.optimizer, each.rate) for each in scenes[2].entrants] == [("sgd", 0.5), ("adam", 0.01)]


def test_without_a_screen_it_trains_in_the_terminal():
    result = run(environ={"QT_QPA_PLATFORM": ""})
    assert result.returncode == 0, result.stderr
    assert "There is no screen here" in result.stdout
    assert "150/150" in result.stderr
    assert "Traceback" not in result.stderr
    names = {"history.csv", "model.npz", "summary.json", "boundary.png", "loss.png", "network.png"}
    assert {p.name for p in Path("nnviz-run").iterdir()} == names
    assert json.loads(Path("nnviz-run/summary.json").read_text())["last"]["test_accuracy"] >= 0.97


def test_without_the_compiler_numpy_trains_and_it_is_said():
    result = run("train", "and", "--epochs", "1", "--out", "run", environ={"NUMBA_DISABLE_JIT": "1"})
    assert result.returncode == 0, result.stderr
    assert result.stderr.splitlines()[-1] == (
        "nnviz: NUMBA_DISABLE_JIT switches the compiled engine off; the NumPy engine, which is slower, serves."
    )
    assert json.loads(Path("run/summary.json").read_text())["engine"] == "numpy"


def test_a_closed_pipe_is_no_failure():
    command = f'"{sys.executable}" -m nnviz list | head -n 1; exit "${{PIPESTATUS[0]}}"'
    result = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "Lessons\n"


def test_ctrl_c_ends_quietly_with_130():
    # A shell that runs the tests in the background has its children ignore Ctrl-C.
    listening = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from nnviz.__main__ import main"
    )
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"{listening}; raise SystemExit(main())",
            "train",
            "spiral",
            "--epochs",
            "10000000",
            *FAST,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    seen = ""
    while "loss=" not in seen:
        seen += process.stderr.read(1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "interrupted at epoch" in output
    assert Path("nnviz-run/summary.json").is_file()


def test_train_goes_on_from_weights_that_no_seed_gives(capsys, no_pictures, tmp_path):
    experiment = Experiment(data={"name": "xor"}, network={"hidden": (3,)}, training={"engine": "numpy", "epochs": 6})
    first, changed = experiment.trainer(), edits.with_layer(experiment, 0, units=5)
    first.run(4)
    trainer = carried_trainer(changed.prepared(), first.checkpoint())
    checkpoint = trainer.checkpoint()
    save_document(Document(changed, checkpoint=checkpoint, history=checkpoint.history), tmp_path / "carried.nnviz")
    assert cli.main(["train", "carried.nnviz"]) == 0
    told = capsys.readouterr().out
    assert "(at epoch 4): its seeds alone do not give it again. It goes on from epoch 4 of the file." in told
    summary = json.loads((tmp_path / "nnviz-run" / "summary.json").read_text())
    assert (summary["epochs"], summary["carried_over_at_epochs"]) == (6, [4])
    trainer.run(2)
    with (tmp_path / "nnviz-run" / "history.csv").open(newline="") as file:
        assert [float(row["train_loss"]) for row in csv.DictReader(file)] == trainer.history.train_loss.tolist()
