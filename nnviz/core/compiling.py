"""Everything that the compiled engine trains and draws with, compiled ahead of its first use.

It is the same for every network, so that any will do. Importing this module imports no Numba; calling it does.
"""

from __future__ import annotations

from nnviz.core.engines import compiled_unavailable_reason
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer


def is_compiled() -> bool:
    """Return whether the engine's kernels are kept, for this processor: to take them up is a matter of tenths."""
    from nnviz.core.kernels.cache import is_complete

    try:
        return is_complete()
    except OSError:
        return False


def can_be_compiled_elsewhere() -> bool:
    """Return whether another process could compile them for this one."""
    from nnviz.core.kernels.cache import is_shared

    return is_shared()


def is_being_compiled() -> bool:
    """Return whether another process is compiling into the folder: who needs it now would wait until that is done."""
    from nnviz.core.kernels.cache import kernel_folder
    from nnviz.core.locks import locked

    try:
        with locked(kernel_folder() / "lock", 0.0, shared=True) as outcome:
            return outcome == "busy"
    except OSError:
        return False


def compiling_process() -> int:
    """Return the id of the process that compiles into the folder; 0 where none does, or nobody knows which."""
    from nnviz.core.kernels.cache import kernel_folder
    from nnviz.core.locks import last_holder

    return last_holder(kernel_folder() / "lock") if is_being_compiled() else 0


def compile_kernels() -> str:
    """Take up the engine's kernels, compiled now where they are not kept; return why they cannot be kept, or nothing.

    Takes half a minute on a slow computer where they have to be compiled.
    """
    if reason := compiled_unavailable_reason():
        return reason
    rows = [[0.0], [1.0]]
    trainer = Trainer(Network([1, 1]), rows, rows, engine="compiled")
    trainer.run(1)
    trainer.activations(rows)
    if not (note := trainer.engine_note):
        from nnviz.core.kernels.cache import note_complete

        note_complete()
    return note
