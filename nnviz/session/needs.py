"""What all views together need of a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from nnviz.experiment.frame import Needs

_PARTS = frozenset(field.name for field in fields(Needs))
_FLAGS = frozenset({"unit_maps", "points", "answers", "gradient"})


class NeedsBoard:
    """Collects what each view declares and merges it.

    Attributes
    ----------
    merged : Needs
        A new object whenever it differs.
    """

    def __init__(self) -> None:
        self._declared: dict[str, dict[str, Any]] = {}
        self.merged = Needs(plane=None, unit_maps=False, points=False)

    def declare(self, owner: str, parts: Mapping[str, Any]) -> bool:
        """Replace what `owner` needs; return whether the merged needs have changed.

        Raises
        ------
        TypeError
            Where a part is no field of `Needs`.
        """
        unknown = set(parts) - _PARTS
        if unknown:
            raise TypeError(f"frames have no part called {', '.join(sorted(unknown))}")
        self._declared.pop(owner, None)
        if parts:
            self._declared[owner] = dict(parts)
        merged = self._merge()
        changed = merged != self.merged
        if changed:
            self.merged = merged
        return changed

    def _merge(self) -> Needs:
        wanted: dict[str, Any] = {"plane": None, "probe": None, **dict.fromkeys(_FLAGS, False)}
        for parts in self._declared.values():
            for name, value in parts.items():
                if name in _FLAGS:
                    wanted[name] = wanted[name] or bool(value)
                elif value is not None:
                    wanted[name] = value
        return Needs(**wanted)
