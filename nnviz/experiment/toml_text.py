"""Experiments as TOML, the form that people write by hand: lessons are such files."""

from __future__ import annotations

from typing import Any

from nnviz.core.errors import ExperimentError
from nnviz.core.inert import shown
from nnviz.core.reading import check_toml
from nnviz.core.reading import parse_toml as read_toml
from nnviz.experiment.schema import ExperimentSpec


def experiment_to_toml(experiment: ExperimentSpec) -> str:
    """Return the text of a `.toml` that `parse_toml` and the schema read back as `experiment`."""
    import tomli_w

    content = _plain(experiment.model_dump(mode="json"))
    second = experiment.second.training if experiment.second is not None else None
    if experiment.data.table is not None:
        content["data"]["table"] = experiment.data.table.model_dump(mode="json", exclude_defaults=True)
    for holder, training in ((content, experiment.training), (content.get("second"), second)):
        if holder is not None and training is not None and training.batch_size is None:
            holder["training"]["batch_size"] = "all"
    # Triple quotes read better but would turn \r\n into \n.
    text = tomli_w.dumps(content, multiline_strings=r"\r" not in experiment.model_dump_json())
    try:
        check_toml(text)
    except ValueError as error:
        words = "The experiment is too large for a .toml ({0}); save it as .nnviz."
        raise ExperimentError(words, error) from None
    return text


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """Return what the text of a `.toml` says, not yet judged by the schema.

    Parameters
    ----------
    text : str
    where : str
        The file's name, for messages.

    Raises
    ------
    ExperimentError
        Where it is none, or longer than nnviz reads.
    """
    try:
        return read_toml(text)
    except (ValueError, RecursionError) as error:
        reason = shown(f"{str(error)[:1].lower()}{str(error)[1:]}".rstrip("."), 150)
        raise ExperimentError("{0} is not valid TOML: {1}.", where, reason) from None


def _plain(value: Any) -> Any:
    """Return `value` as TOML has it: no None, and whole numbers of parameters without a fraction."""
    if isinstance(value, dict):
        return {
            name: _whole(item) if name.endswith("parameters") else _plain(item)
            for name, item in value.items()
            if item is not None
        }
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _whole(parameters: dict[str, float]) -> dict[str, float]:
    """Return parameters with 300.0 as 300: it reads back as the same number."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
        for name, value in parameters.items()
    }
