"""A network's weights or biases, layer by layer: views, and what is assigned is copied into the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

from numpy.typing import ArrayLike

from nnviz.core.arguments import fill, items, real
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array


class ParameterViews(Sequence[Array]):
    """Arrays of a network, one per layer, that read and write its parameters.

    Assigning one copies finite numbers of its shape in, or raises `NnvizError`: an array never takes the place of
    another, so that the network, its trainer and the window go on meaning the same numbers.

    Parameters
    ----------
    name : str
        "weights" or "biases".
    views : sequence of ndarray
    writable : bool
        Whether anything but zeros may be assigned.
    """

    def __init__(self, name: str, views: Sequence[Array], *, writable: bool = True) -> None:
        self._name, self._views, self._writable = name, tuple(views), writable
        if not writable:
            for view in self._views:
                view.flags.writeable = False

    def __len__(self) -> int:
        return len(self._views)

    def __iter__(self) -> Iterator[Array]:
        return iter(self._views)

    @overload
    def __getitem__(self, layer: int) -> Array: ...
    @overload
    def __getitem__(self, layer: slice) -> list[Array]: ...
    def __getitem__(self, layer: int | slice) -> Array | list[Array]:
        return list(self._views[layer]) if isinstance(layer, slice) else self._views[layer]

    def __setitem__(self, layer: int | slice, values: Any) -> None:
        if isinstance(layer, slice):
            self._fill_all(range(len(self))[layer], values)
        else:
            self._fill_all((self._position(layer),), (values,))

    def __repr__(self) -> str:
        return repr(list(self._views))

    def _position(self, layer: object) -> int:
        number = real(layer)
        if number is None or number not in range(-len(self), len(self)):
            raise SettingError(
                "There is no {0}[{1!r}]; the network has {0}[0] to {0}[{2}].", self._name, layer, len(self) - 1
            )
        return int(number) % len(self)

    def _fill_all(self, layers: Sequence[int], values: object) -> None:
        """Copy in one array for each of `layers`: all of them, or none where one does not fit."""
        given: Sequence[ArrayLike] = items(values, self._name)
        if len(given) != len(layers):
            raise SettingError(
                "{0} must be as many arrays as there are layers, {1}, not {2}.", self._name, len(layers), len(given)
            )
        trial = [self._views[layer].copy() for layer in layers]
        for layer, into, array in zip(layers, trial, given, strict=True):
            fill(into, array, f"{self._name}[{layer}]")
            if not self._writable and into.any():
                raise SettingError("This network has no biases; make one with bias=True.")
        for layer, array in zip(layers, trial, strict=True):
            if self._writable:
                self._views[layer][...] = array
