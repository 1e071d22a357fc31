"""What the map of a contrast shows, in words for screen and files: nobody could tell it from the answer else."""

from __future__ import annotations

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.translation import translated
from nnviz.data import input_label
from nnviz.experiment.contrast import Contrast
from nnviz.experiment.frame import Frame, Plane
from nnviz.experiment.prepare import Prepared


def contrast_sentence(plane: Plane | None) -> str:
    """Return what is shown instead of the present answer, empty where that is shown."""
    contrast = plane.contrast if plane is not None else None
    if plane is None or contrast is None:
        return ""
    if plane.other is not None:
        return _of_curves(contrast)
    if contrast.kind == "before":
        return _before(contrast)
    if not plane.values.any():
        return translated("{0} It differs nowhere on this map.", _difference(contrast))
    return _difference(contrast)


def contrast_title(contrast: Contrast) -> tuple[str, str]:
    """Return what the map of a contrast is called, and a short form of it (or nothing)."""
    if contrast.kind == "before":
        return translated("Before the change"), translated("Before")
    if contrast.unit is not None:
        layer, unit = contrast.unit
        return translated("Contribution of h{0}·{1}", layer, unit + 1), f"h{layer}·{unit + 1}"
    return translated("Difference to before"), translated("Difference")


def difference_name(frame: Frame, prepared: Prepared, output: int) -> str:
    """Return of what a map of differences tells the change, short: a class's probability, an output, a target."""
    if prepared.task != "classification":
        return translated("Δ {0}", input_label(str(prepared.dataset.target_names[output])))
    n_outputs = frame.layout.sizes[-1]
    kind = 1 if n_outputs == 1 and len(prepared.class_names) > 1 else output
    name = input_label(prepared.class_names[kind]) if kind < len(prepared.class_names) else str(output + 1)
    if ACTIVATIONS[frame.activations[-1]].probability:
        return translated("ΔP({0})", name)
    return translated("Δ output {0}", name)


def colours_sentence(name: str) -> str:
    """Return what the colours of a saved map of differences stand for."""
    return translated("The colours show {0}: by how much it is larger or smaller.", name)


def _before(contrast: Contrast) -> str:
    other = contrast.reference
    if other is None:
        return translated("The answer without unit {1} of layer {0}.", *_unit(contrast))
    return translated("The answer before “{0}”, as it was at epoch {1}.", other.words, other.epoch)


def _difference(contrast: Contrast) -> str:
    other = contrast.reference
    if other is None:
        return translated("The answer minus what it would be without unit {1} of layer {0}.", *_unit(contrast))
    return translated("The present answer minus that before “{0}” at epoch {1}.", other.words, other.epoch)


def _of_curves(contrast: Contrast) -> str:
    if contrast.reference is None:
        return translated("Dashed: the answer without unit {1} of layer {0}.", *_unit(contrast))
    return translated(
        "Dashed: the answer before “{0}” at epoch {1}.", contrast.reference.words, contrast.reference.epoch
    )


def _unit(contrast: Contrast) -> tuple[int, int]:
    layer, unit = contrast.unit or (0, 0)
    return layer, unit + 1
