"""What all parts of an experiment file have in common: they are frozen, and say in one sentence what they cannot be."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator, model_validator

from nnviz.core.errors import ExperimentError
from nnviz.experiment.fields import Kind, as_typed, kind_of
from nnviz.experiment.schema_errors import describe

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


MOST_COMPLAINTS = 8


class _InOneSentence(ModelMetaclass):
    """Of classes whose objects, made with a value that they cannot have, raise `ExperimentError` in one sentence.

    The constructor of a model would not do: pydantic calls it for the parts of a model too, whose place in the whole
    the sentence would then not know.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except ValidationError as error:
            raise ExperimentError("{0}", describe(error, cast(Any, self))) from None


class Spec(BaseModel, metaclass=_InOneSentence):
    """Base of the parts of an experiment: frozen; unknown keys are errors, so that no misspelt one is passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _few_unknown_fields(cls, value: Any) -> Any:
        """Judge a few of the fields that there are not, for each costs a complaint."""
        fields = cls.model_fields
        if isinstance(value, dict) and len(value) > len(fields) + MOST_COMPLAINTS:
            unknown = list(islice((name for name in value if name not in fields), MOST_COMPLAINTS))
            return {name: value[name] for name in (*fields, *unknown) if name in value}
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _as_typed(cls, value: Any, info: ValidationInfo) -> Any:
        return as_typed(value, _kinds(cls)[info.field_name or ""])

    def __setattr__(self, name: str, value: object) -> None:
        raise ExperimentError("An experiment cannot be changed; make another one with edited({0}=…).", name)

    def edited(self, **changes: Any) -> Any:
        """Return a copy with some fields replaced, or raise `ExperimentError` where one cannot have its value."""
        kind = type(self)
        return kind(**{**{name: getattr(self, name) for name in fields_of(kind)}, **changes})


@cache
def fields_of(spec: type[Spec]) -> tuple[str, ...]:
    """Return the names of a part's fields; what it has worked out of them is none, though it is kept beside them."""
    return tuple(spec.model_fields)


@cache
def _kinds(spec: type[Spec]) -> dict[str, Kind]:
    """Return what the fields of a part want: every edit asks for it, many times over."""
    return {name: kind_of(field.annotation) for name, field in spec.model_fields.items()}
