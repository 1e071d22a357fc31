"""What is wrong with an experiment file, in one sentence that names the field and the remedy.

Pydantic reports every fault with its place in the model; the first is enough to go on with.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from nnviz.core.choices import closest
from nnviz.core.inert import shown
from nnviz.core.numbers import in_brief
from nnviz.core.translation import translated

#: Sentence ends by pydantic's type of error, filled in from the error's context and input.
SENTENCES = {
    "missing": "{place} is missing.",
    "greater_than": "{place} must be greater than {gt:g}, not {input}.",
    "greater_than_equal": "{place} must be at least {ge:g}, not {input}.",
    "less_than": "{place} must be less than {lt:g}, not {input}.",
    "less_than_equal": "{place} must be at most {le:g}, not {input}.",
    "literal_error": "{place} must be {expected}, not {input}.",
    "finite_number": "{place} must be a finite number, not {input}.",
    "int_type": "{place} must be a whole number, not {input}.",
    "int_parsing": "{place} must be a whole number, not {input}.",
    "int_from_float": "{place} must be a whole number, not {input}.",
    "float_type": "{place} must be a number, not {input}.",
    "float_parsing": "{place} must be a number, not {input}.",
    "bool_type": "{place} must be true or false, not {input}.",
    "bool_parsing": "{place} must be true or false, not {input}.",
    "string_type": "{place} must be text, not {input}.",
    "tuple_type": "{place} must be a list, not {input}.",
    "dict_type": "{place} must be a table of names and values, not {input}.",
    "model_type": "{place} must be a table of names and values, not {input}.",
    "model_attributes_type": "{place} must be a table of names and values, not {input}.",
    "string_unicode": "{place} must be text, not {input}.",
    "too_long": "{place} must have at most {max_length} entries, not {actual_length}.",
}
#: Longest name of a field, and longest place in a file, that is repeated to the user.
SHOWN_INPUT = 40
LONGEST_PLACE = 80


def describe(error: ValidationError, model: type[BaseModel]) -> str:
    """Return the first fault of `error` as one sentence."""
    first = error.errors(include_url=False)[0]
    place = shown(".".join(str(part) for part in first["loc"]), LONGEST_PLACE)
    owner = place or translated("the experiment")
    if first["type"] == "extra_forbidden":
        return _unknown_field(first, model)
    if first["type"] == "value_error":
        return f"{owner} {str(first['msg']).removeprefix('Value error, ')}."
    if first["type"] == "class_weights":
        return translated("{0}: {1}", owner, first["msg"])
    template = SENTENCES.get(first["type"])
    if template is None:
        return translated("{0} is not valid ({1}).", owner, first["msg"][:1].lower() + first["msg"][1:])
    values = {**first.get("ctx", {}), "input": in_brief(first["input"]), "place": owner}
    return translated(template).format(**values)


def _unknown_field(fault: ErrorDetails, model: type[BaseModel]) -> str:
    *owners, name = (str(part) for part in fault["loc"])
    fields = list(_model_at(model, owners).model_fields)
    name = shown(name, SHOWN_INPUT)
    close = closest(name, fields)
    owner = shown(".".join(owners), LONGEST_PLACE) or translated("the experiment")
    if close:
        return translated("{0} has no field called {1!r}; did you mean {2!r}?", owner, name, close[0])
    return translated("{0} has no field called {1!r}; it has {2}.", owner, name, ", ".join(fields))


def _model_at(model: type[BaseModel], path: list[str]) -> type[BaseModel]:
    """Follow field names (and positions in lists) to the model that they lead to."""
    for name in path:
        field = model.model_fields.get(name)
        found = _first_model(field.annotation) if field is not None else None
        model = found or model
    return model


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _first_model(argument)
        if found is not None:
            return found
    return None
