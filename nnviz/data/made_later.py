"""Data sets of which something is made only when somebody asks for it, as it would take much room."""

from __future__ import annotations

import weakref
from dataclasses import fields
from functools import partial
from typing import Any, ClassVar, Self

from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.data.dataset import Dataset


class MadeLater(Dataset):
    """Base of data sets without some of their arrays; while somebody has one that was made, it is not made again."""

    #: Fields that are made later: of those that have no usual value.
    later: ClassVar[tuple[str, ...]]
    _latest: dict[str, weakref.ref[NDArray[Any]]]

    def __new__(cls, **values: Any) -> Any:
        """Return what is made of one by changing some of its fields: a data set with arrays of its own."""
        return Dataset(**values)

    @classmethod
    def like(cls, whole: Dataset, **own: Any) -> Self:
        """Return one with the fields of `whole`, but for those that are made later, and others of its own."""
        made = object.__new__(cls)
        described = [field.name for field in fields(Dataset) if field.name not in (*cls.later, *own)]
        vars(made).update({name: getattr(whole, name) for name in described} | own, _latest={})
        return made

    def made(self, name: str) -> NDArray[Any] | None:
        """Return a new array of those that are made later."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        # Asked only where there is no such attribute, as for what is not there at the moment.
        if name not in self.later or "_latest" not in vars(self):
            raise AttributeError(name)
        found = self._latest[name]() if name in self._latest else None
        if found is None:
            found = self.made(name)
            if found is not None:
                self._latest[name] = weakref.ref(read_only(found))
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        # Elsewhere nobody shares with it.
        return partial(Dataset, **{field.name: getattr(self, field.name) for field in fields(Dataset)}), ()
