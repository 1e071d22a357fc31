"""Which engine trains a network: a fixed table of shapes, made from measurements, and a fallback without Numba."""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.engine import Chunk, Engine, Hyper, Problem, RunState
from nnviz.core.errors import NnvizError
from nnviz.core.layout import Array, Layout
from nnviz.core.numpy_engine import NumpyEngine
from nnviz.core.pieces import Pause
from nnviz.core.processor import processor_class
from nnviz.core.translation import translated

ENGINES: ChoiceTable[Choice] = ChoiceTable(
    "engine",
    (
        Choice(name="auto", label="Automatic", help="The faster one for this network."),
        Choice(name="compiled", label="Compiled", help="Machine code made for training: the fastest."),
        Choice(name="numpy", label="NumPy", help="The readable reference; it needs no compiler."),
    ),
)

#: Whether Numba is installed. It is not imported before the compiled engine is wanted: that takes 0.2 s.
COMPILED_AVAILABLE = importlib.util.find_spec("numba") is not None
#: By class of processor: (weights up to, examples per batch up to) for which the compiled engine is the faster one,
#: NumPy's elsewhere. Times of NumPy's engine over those of the compiled one, one core and one thread:
#:
#: =======================  =======  ====  ====
#: network, batch           AVX-512  AVX2  SSE2
#: =======================  =======  ====  ====
#: 64-64-10, 32                 7.3   4.8   2.5
#: 784-128-10, 64               1.8   1.4   1.2
#: 784-512-10, 1                4.8   4.9   3.5
#: 784-512-10, 64               1.7   1.3   1.1
#: 512-512-512-512-10, 4        1.9   2.2   1.5
#: 784-300-100-10, 1 000        1.6   1.2
#: 784-512-512-10, 1 000        1.6   1.4   1.1
#: 2048-2048-10, 1 000          3.8   3.0
#: =======================  =======  ====  ====
#:
#: Other activations, optimisers and penalties lie between 1.4 and 2.9 with AVX-512, and 1.2 and 2.4 with AVX2.
_EVERYTHING = ((math.inf, math.inf),)
_COMPILED_UP_TO: dict[str, tuple[tuple[float, float], ...]] = {
    "AVX-512": _EVERYTHING,
    "AVX2": _EVERYTHING,
    "SSE2": _EVERYTHING,
}
#: NEON has not been measured: it is taken for the class nearest to it.
_NEAREST = "AVX2"


def _always_compiled() -> float:
    """Return up to how many weights the compiled engine is faster on every processor: none need be looked at then.

    That would import LLVM's bindings, before the first frame of a window.
    """
    return min(up_to[0][0] for up_to in _COMPILED_UP_TO.values())


@cache
def compiled_unavailable_reason() -> str:
    """Return why the compiled engine cannot serve, one sentence, or an empty string where it can.

    Where Numba is installed this imports it: a release that does not know this Python or NumPy fails only then. That
    its kernels compile shows only when they are first called: `SubstitutedEngine.note`.
    """
    if not COMPILED_AVAILABLE:
        return translated(
            "The compiled engine needs Numba, which is not installed; the NumPy engine, which is slower, serves."
        )
    try:
        importlib.import_module("nnviz.core.kernels.engine")
        is_switched_off = importlib.import_module("numba").config.DISABLE_JIT
    except Exception as error:  # Releases of Numba that do not know this Python or NumPy raise anything.
        return _cannot_start(error)
    if is_switched_off:
        return translated(
            "NUMBA_DISABLE_JIT switches the compiled engine off; the NumPy engine, which is slower, serves."
        )
    return ""


def _cannot_start(error: Exception) -> str:
    reason = (str(error) or type(error).__name__).splitlines()[0]
    return translated("The compiled engine cannot start ({0}); the NumPy engine, which is slower, serves.", reason)


T = TypeVar("T")


class SubstitutedEngine:
    """The compiled engine as long as it works, NumPy's from the call on in which its kernels cannot be compiled.

    Numba compiles when it is first called, after an engine has been chosen, and a release of it may raise anything.
    Nothing has been computed by then, so that NumPy's engine makes the same call.

    Parameters
    ----------
    engine : Engine
        The compiled one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._proven: set[str] = set()

    @property
    def name(self) -> str:
        """Of the engine that serves."""
        return self._engine.name

    @property
    def holds_interpreter(self) -> bool:
        """Whether other Python threads stand still while it works, but for moments."""
        return self._engine.holds_interpreter

    @property
    def note(self) -> str:
        """Why the compiled engine does not serve, or does not keep its kernels; else empty."""
        return self._engine.note

    def advance(
        self,
        problem: Problem,
        hyper: Hyper,
        state: RunState,
        *,
        max_batches: int,
        max_epochs: int,
        snapshot_stride: int,
        pause: Pause | None = None,
    ) -> Chunk:
        """Train; see `nnviz.core.engine.Engine.advance`."""
        return self._ask(
            "advance",
            lambda engine: engine.advance(
                problem,
                hyper,
                state,
                max_batches=max_batches,
                max_epochs=max_epochs,
                snapshot_stride=snapshot_stride,
                pause=pause,
            ),
        )

    def evaluate(self, problem: Problem, parameters: Array) -> Array:
        """Return the record of `parameters`; see `nnviz.core.engine.Engine.evaluate`."""
        return self._ask("evaluate", lambda engine: engine.evaluate(problem, parameters))

    def activations(self, problem: Problem, parameters: Array, X: Array) -> list[Array]:
        """Return ``[A1, …, AL]``; see `nnviz.core.engine.Engine.activations`."""
        return self._ask("activations", lambda engine: engine.activations(problem, parameters, X))

    def _ask(self, kernel: str, question: Callable[[Engine], T]) -> T:
        if kernel in self._proven or isinstance(self._engine, NumpyEngine):
            return question(self._engine)
        try:
            answer = question(self._engine)
        except NnvizError:
            raise
        except Exception as error:  # See the class.
            self._engine = NumpyEngine(_cannot_start(error))
            return question(self._engine)
        self._proven.add(kernel)
        return answer


def resolve_engine(name: str, layout: Layout, batch_size: int) -> str:
    """Return the engine that `name` in `ENGINES` stands for: "auto" picks by shape and examples per update.

    Raises
    ------
    SettingError
        Where there is no such engine.
    """
    if ENGINES[name].name != "auto":
        return name
    return "compiled" if suits_compiled(layout, batch_size) else "numpy"


def kernel_gap(wanted: str, problem: Problem, hyper: Hyper) -> str:
    """Return why the engine that is wanted cannot train this, one sentence, or an empty string where it can.

    Without Numba the compiled engine trains nothing; with it, what is in a table but has no kernel is left to NumPy's.
    """
    if wanted == "numpy":
        return ""
    reason = compiled_unavailable_reason()
    if reason:
        return reason
    from nnviz.core.kernels.engine import lacking

    names = lacking(problem, hyper)
    if not names:
        return ""
    return translated(
        "The compiled engine has no kernel for {0}; the NumPy engine, which is slower, serves.", ", ".join(names)
    )


def make_engine(wanted: str, gap: str) -> Engine:
    """Return the engine called `wanted`, "compiled" or "numpy", or NumPy's where there is a `kernel_gap`."""
    if wanted == "numpy" or gap:
        return NumpyEngine(gap)
    from nnviz.core.kernels.engine import CompiledEngine

    return SubstitutedEngine(CompiledEngine())


class EngineInUse:
    """The engine of one run: the one that is wanted, or NumPy's as long as the settings ask for what has no kernel.

    Parameters
    ----------
    name : str
        Name in `ENGINES`.
    problem : Problem
    hyper : Hyper

    Attributes
    ----------
    wanted : str
        "compiled" or "numpy".
    engine : Engine
        What evaluates: NumPy's until training begins, so that a network can be seen before Numba has been imported.
    name : str
        Of the engine that trains, or is meant to as long as it has not begun.

    Raises
    ------
    SettingError
        Where there is no such engine.
    """

    def __init__(self, name: str, problem: Problem, hyper: Hyper) -> None:
        self.wanted = resolve_engine(name, problem.layout, hyper.batch_size)
        self._gap: str | None = None
        self.engine: Engine = NumpyEngine()
        if self.wanted == "numpy" or not COMPILED_AVAILABLE:
            self.begin(problem, hyper)

    @property
    def name(self) -> str:
        """See the class."""
        return self.wanted if self._gap is None else self.engine.name

    def begin(self, problem: Problem, hyper: Hyper) -> Engine:
        """Return the engine that trains; the first call imports what it needs."""
        if self._gap is None:
            self._gap = kernel_gap(self.wanted, problem, hyper)
            self.engine = make_engine(self.wanted, self._gap)
        return self.engine

    def follow(self, problem: Problem, hyper: Hyper) -> None:
        """Change the engine where other settings ask for it."""
        if self._gap is None:
            return
        gap = kernel_gap(self.wanted, problem, hyper)
        if gap != self._gap:
            self._gap, self.engine = gap, make_engine(self.wanted, gap)


def suits_compiled(layout: Layout, batch_size: int) -> bool:
    """Return whether the compiled engine is the faster one for such a network and batch, on this class of processor."""
    n_weights = sum(n_in * n_out for n_in, n_out in zip(layout.sizes[:-1], layout.sizes[1:], strict=True))
    if n_weights <= _always_compiled():
        return True
    table = _COMPILED_UP_TO.get(processor_class(), _COMPILED_UP_TO[_NEAREST])
    return any(n_weights <= weights and batch_size <= examples for weights, examples in table)
