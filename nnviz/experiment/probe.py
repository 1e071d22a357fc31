"""One example that a network is tried on, and what comes of it."""

from __future__ import annotations

from msgspec import Struct

from nnviz.core.layout import Array


class Probe(Struct, frozen=True):
    """One example and what every unit makes of it.

    Attributes
    ----------
    raw : tuple of float
        As typed: one number per raw feature.
    pre_activations : tuple of ndarray
        ``Z1 … ZL``, each ``(n_units,)``.
    activations : tuple of ndarray
        ``A0 … AL``: A0 are the network's inputs after derived features and standardising.
    answer : ndarray ``(n_outputs,)``
        The outputs in the units of the data: AL, unless a regression's targets are standardised.
    """

    raw: tuple[float, ...]
    pre_activations: tuple[Array, ...]
    activations: tuple[Array, ...]
    answer: Array
