"""What makes a start quick and belongs to no part of it: garbage and sources that nobody looks at meanwhile."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def collecting_later() -> Iterator[None]:
    """Make modules and widgets without looking for garbage among them: nothing of a start is any yet.

    What has been made counts as old afterwards, so that the next collections do not go through it. Where collection is
    off already, or where somebody keeps objects out of it, all stays as it is.
    """
    if not gc.isenabled() or gc.get_freeze_count():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # There and back: it ends in the oldest generation, and nothing has been looked at.
        gc.freeze()
        gc.unfreeze()
        gc.enable()


def spare_reading() -> None:
    """Keep PySide from reading the sources of nnviz's own modules; to be called once PySide is there.

    WORKAROUND: after every import PySide reads the whole source of the module, to find out whether it names PySide at
    all and could have asked for `snake_case` methods. None of nnviz's has. Where PySide works otherwise, it reads on.
    """
    feature = sys.modules.get("shibokensupport.feature")
    uses_pyside = getattr(feature, "_mod_uses_pyside", None)
    if feature is None or uses_pyside is None:
        return

    def without_ours(module: ModuleType) -> bool:
        return module.__name__.startswith("nnviz.") or bool(uses_pyside(module))

    feature._mod_uses_pyside = without_ours  # type: ignore[attr-defined]
