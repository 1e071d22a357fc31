"""Streams that are closed, narrow, full or unread, and signals: nnviz says what it can and keeps what it has learnt."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnviz import cli
from nnviz.core.trainer import Trainer
from nnviz.experiment import load_document
from nnviz.export import run_folder
from nnviz.terminal import Interrupted, Interruption, ending_signals, usable_streams

ROOT = Path(cli.__file__).parents[1]
FAST = "--set training.engine=numpy --epochs 3"
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
if hasattr(signal, "SIGHUP"):
    SIGNALS.append((signal.SIGHUP, 129))
on_posix = pytest.mark.skipif(os.name != "posix", reason="the shell of POSIX and its signals")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _signals_as_usual():
    """A shell that runs the tests in the background has them ignore Ctrl-C."""
    usual = {number: signal.SIG_DFL for number, _ in SIGNALS} | {signal.SIGINT: signal.default_int_handler}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def no_pictures(monkeypatch):
    monkeypatch.setattr(run_folder, "library_problem", lambda **_: "Qt is left out here.")


def shell(command: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of the shell in which `nnviz` stands for this one, without Qt so that it is quick."""
    start = "import nnviz.qt_libraries as q, sys; q.library_problem = lambda **_: 'No pictures here.'; "
    start += "from nnviz.__main__ import main; sys.exit(main())"
    return subprocess.run(
        ["bash", "-c", f'nnviz() {{ {sys.executable} -c "{start}" "$@"; }}; {command}'],
        capture_output=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", **environ},
        check=False,
    )


@on_posix
@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("nnviz list >&-", 0),
        ("nnviz screenshot --size big >&- 2>&-", 2),
        (f"nnviz train source-b {FAST} >&- 2>&- <&-", 0),
        (f"nnviz train source-b {FAST} 2>&1 | head -c 1; exit ${{PIPESTATUS[0]}}", 0),
        ("nnviz list | head -n 1; exit ${PIPESTATUS[0]}", 0),
    ],
)
def test_closed_and_unread_streams_end_in_no_traceback(command, status):
    done = shell(command)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr + done.stdout
    assert b"Exception ignored" not in done.stderr + done.stdout
    if "train " in command:
        # Nothing that was said has got into a file that was opened in place of a stream.
        assert json.loads(Path("nnviz-run/summary.json").read_text())["epochs"] == 3
        assert Path("nnviz-run/history.csv").read_text().startswith("epoch,")


@pytest.mark.parametrize("command", [[], *([name] for name in cli.COMMANDS)])
def test_no_command_needs_a_stream(command, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit) as stopped:
        cli.main([*command, "--help"])
    assert stopped.value.code == 0
    assert cli.main([*command, "--nonsense"]) == 2
    assert (sys.stdout, sys.stderr) == (None, None)


@on_posix
@pytest.mark.parametrize("narrow", [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}])
def test_an_encoding_without_the_characters_shows_question_marks(narrow):
    done = shell("nnviz list; nnviz train ü", PYTHONUTF8="0", **narrow)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.startswith(b"nnviz: ")
    assert b"x?\xb2" in done.stdout or b"x??" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
@pytest.mark.parametrize("command", ["list", "--help"])
def test_a_full_disk_is_a_sentence(command, monkeypatch, capsys):
    """As where somebody writes ``nnviz list > FILE``."""
    with open("/dev/full", "w") as full:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", full)
        assert cli.main([command]) == 2
        monkeypatch.undo()
    assert "No space left on device" in capsys.readouterr().err


class _Broken(io.StringIO):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def write(self, text: str) -> int:
        raise OSError(self.number, "broken")


def test_a_stream_that_nobody_reads_is_silent_and_is_given_back(monkeypatch):
    """A terminal that has gone says EIO: a training that SIGHUP ends must still be able to say what it wrote."""
    out, err = _Broken(errno.EIO), _Broken(errno.ENOSPC)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with usable_streams():
        print("to nobody")
        print("to nobody", file=sys.stderr, flush=True)
    assert (sys.stdout, sys.stderr) == (out, err)
    monkeypatch.setattr(sys, "stdout", _Broken(errno.ENOSPC))
    with usable_streams(), pytest.raises(OSError, match="broken"):
        print("lost")


def _signalled(monkeypatch, owner, name: str, number: int, *, once_epoch: int = 0) -> None:
    """Have `number` sent to this process after each call of a function, from an epoch on."""
    usual = getattr(owner, name)

    def signalled(*given, **named):
        result = usual(*given, **named)
        if owner is not Trainer or given[0].epoch >= once_epoch:
            signal.raise_signal(number)
        return result

    monkeypatch.setattr(owner, name, signalled)


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_a_signal_ends_training_and_keeps_what_was_learnt(number, status, capsys, monkeypatch, no_pictures):
    handler = signal.getsignal(number)
    _signalled(monkeypatch, Trainer, "advance", number, once_epoch=2)
    # The second and the third, while history and model are written.
    _signalled(monkeypatch, run_folder, "save_model", number)
    _signalled(monkeypatch, run_folder, "summary", number)
    assert cli.main(["train", "source-b", "--epochs", "1000", "--set", "training.engine=numpy"]) == status
    summary = json.loads(Path("nnviz-run/summary.json").read_text())
    assert 2 <= summary["epochs"] < 1000
    assert f"interrupted at epoch {summary['epochs']} of" in capsys.readouterr().out
    assert len(Path("nnviz-run/history.csv").read_text().splitlines()) == summary["epochs"] + 2
    assert Path("nnviz-run/model.npz").is_file()
    assert signal.getsignal(number) is handler


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_a_signal_before_anything_is_learnt_ends_at_once(number, status, capsys, monkeypatch, no_pictures):
    monkeypatch.setattr(Trainer, "advance", lambda *_given, **_named: signal.raise_signal(number))
    assert cli.main(["train", "source-b", "--set", "training.engine=numpy"]) == status
    assert not list(Path("nnviz-run").iterdir())


def test_a_signal_during_the_last_files_is_no_interruption(capsys, monkeypatch, no_pictures):
    _signalled(monkeypatch, run_folder, "save_model", signal.SIGINT)
    assert cli.main(["train", "source-b", *FAST.split()]) == 0
    assert Path("nnviz-run/summary.json").is_file()


@on_posix
def test_signals_that_are_ignored_stay_so():
    """So nohup lets a training outlive its terminal."""
    assert ending_signals() == [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert ending_signals() == [signal.SIGINT, signal.SIGTERM]
    with Interruption(lambda: True) as interruption:
        signal.raise_signal(signal.SIGHUP)
        assert not interruption
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        assert interruption.status == 143
    with pytest.raises(Interrupted), Interruption(lambda: False):
        signal.raise_signal(signal.SIGTERM)


WINDOW = """
import signal, sys
from PySide6.QtCore import QTimer
from nnviz import app
from nnviz.experiment import DataSpec, Experiment, TrainingSpec

app.create_application(["nnviz"])

def hang_up():
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        # The window is not there yet.
        QTimer.singleShot(20, hang_up)
        return
    window = next(widget for widget in app.QApplication.topLevelWidgets() if isinstance(widget, app.MainWindow))
    window.controller.wait_idle()
    window.state.edit(window.state.experiment.edited(title="before the terminal closed"), "rename")
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.raise_signal(number)

QTimer.singleShot(0, hang_up)
quick = Experiment(data=DataSpec(name="xor_table"), training=TrainingSpec(engine="numpy"))
sys.exit(app.main(["nnviz"], quick))
"""


@on_posix
def test_a_terminal_that_closes_closes_the_window_and_leaves_its_work_to_be_offered(tmp_path):
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    homes = {f"XDG_{kind}_HOME": str(tmp_path) for kind in ("DATA", "CONFIG", "CACHE")}
    done = subprocess.run(
        [sys.executable, "-c", WINDOW], capture_output=True, timeout=100, env={**environ, **homes}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    (left,) = tmp_path.rglob("autosave/*.nnviz")
    assert load_document(left).experiment.title == "before the terminal closed"
