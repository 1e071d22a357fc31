"""What all views together need of a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec.structs import fields

from nnviz.experiment.frame import Needs
from nnviz.experiment.subject import Subject

#: Parts that several views may want each for itself, and the field of `Needs` that has them by name.
_NAMED = {
    "plane": "planes",
    "probe": "probes",
    "reading": "readings",
    "pre_activations": "pre_activations",
}
_FLAGS = frozenset(field.name for field in fields(Needs)) - frozenset(_NAMED.values())

Looked: TypeAlias = frozenset[Subject | None]

NOTHING = Needs(planes={}, unit_maps=False, points=False)


class NeedsBoard:
    """Collects what each view declares and merges it.

    Attributes
    ----------
    merged : Needs
        Of the run in the foreground, live. A new object whenever it differs.
    """

    def __init__(self) -> None:
        self._declared: dict[str, tuple[Subject | None, dict[str, Any]]] = {}
        self.merged = NOTHING

    def declare(self, owner: str, parts: Mapping[str, Any], subject: Subject | None = None) -> Looked:
        """Replace what `owner` needs; return the subjects of which something else is needed now.

        Parameters
        ----------
        owner : str
        parts : mapping
            Flags of `Needs`, and "plane", "probe", "reading" and "pre_activations", which frames answer by the name of
            the owner. What is None is not needed.
        subject : Subject or None
            What it looks at; None: the run in the foreground, live.

        Raises
        ------
        TypeError
            Where there is no such part.
        """
        unknown = set(parts) - _FLAGS - set(_NAMED)
        if unknown:
            raise TypeError(f"frames have no part called {', '.join(sorted(unknown))}")
        former = self._declared[owner][0] if owner in self._declared else subject
        before = {looked_at: self.needs_of(looked_at) for looked_at in (former, subject)}
        self._declared.pop(owner, None)
        if parts:
            self._declared[owner] = subject, dict(parts)
        changed = {looked_at for looked_at, needs in before.items() if not _is_same(needs, self.needs_of(looked_at))}
        if None in changed:
            self.merged = self.needs_of(None)
        return frozenset(changed)

    def needs_of(self, *subjects: Subject | None) -> Needs:
        """Return what all who look at one of `subjects` need, taken together; None: at the foreground."""
        wanted: dict[str, Any] = dict.fromkeys(_FLAGS, False) | {name: {} for name in _NAMED.values()}
        declared = ((owner, parts) for owner, (looked_at, parts) in self._declared.items() if looked_at in subjects)
        for owner, parts in declared:
            for name, value in parts.items():
                if name in _FLAGS:
                    wanted[name] = wanted[name] or bool(value)
                elif value is not None:
                    wanted[_NAMED[name]][owner] = value
        return Needs(**wanted)


def _is_same(needs: Needs, others: Needs) -> bool:
    """Whether the same is asked for in the same order: by that a frame tells which example was tried last."""
    return needs == others and all(
        tuple(getattr(needs, name)) == tuple(getattr(others, name)) for name in _NAMED.values()
    )
