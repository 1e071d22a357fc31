"""`dataclass` as the standard library has it, made in a quarter of the time: a start makes some three hundred of them.

Of the methods that the standard library writes out and compiles for each class, only the constructor depends on the
class in more than the names of its fields; the others are shared. What they do is the same.
"""

from __future__ import annotations

import dataclasses
import operator
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError
from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Who checks types knows the one of the standard library by heart.
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        repr: bool = True,  # noqa: A002 (as in the standard library)
        eq: bool = True,
        frozen: bool = False,
        kw_only: bool = False,
    ) -> Any:
        """Give a class of annotated fields what `dataclasses.dataclass` gives it; without `InitVar`, slots and order.

        Parameters
        ----------
        cls : type, optional
        repr, eq, frozen, kw_only : bool
            As in the standard library.

        Returns
        -------
        type or callable
            The class itself, or what decorates it.
        """

        def decorate(cls: type) -> type:
            # The standard library would spell out the constructor for a class that says nothing of itself.
            cls.__doc__ = cls.__doc__ or cls.__name__
            dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
            fields = dataclasses.fields(cls)
            _set(cls, "__init__", _constructor(cls, fields, frozen=frozen))
            if repr and "__repr__" not in cls.__dict__:
                cls.__repr__ = _repr
            if eq:
                _add_comparison(cls, fields, frozen=frozen)
            if frozen:
                _freeze(cls, frozenset(field.name for field in fields))
            return cls

        return decorate if cls is None else decorate(cls)


class _Made:
    """Stands for a default that is made for each object."""

    def __repr__(self) -> str:
        return "<factory>"


_MADE = _Made()


def _set(cls: type, name: str, function: Callable[..., Any]) -> None:
    """Make a function a method of `cls`, unless the class has its own."""
    if name not in cls.__dict__:
        function.__name__, function.__qualname__ = name, f"{cls.__qualname__}.{name}"
        function.__module__ = cls.__module__
        setattr(cls, name, function)


def _constructor(cls: type, fields: tuple[Field[Any], ...], *, frozen: bool) -> Callable[..., None]:
    """Return ``__init__``, which takes the fields by place and by name."""
    names: dict[str, Any] = {"_set": object.__setattr__, "_missing": _MADE}
    by_place, by_name, body = ["self"], ["*"], []
    defaults: dict[str, Any] = {}
    for k, field in enumerate(fields):
        value = f"f{k}"
        if field.default is not MISSING:
            defaults[field.name] = field.default
        elif field.default_factory is not MISSING:
            names[f"_make{k}"], defaults[field.name] = field.default_factory, _MADE
            value = f"_make{k}() if f{k} is _missing else f{k}" if field.init else f"_make{k}()"
        if field.init:
            (by_name if field.kw_only else by_place).append(f"f{k}")
        elif field.default_factory is MISSING:
            continue
        body.append(f"_set(self, 'f{k}', {value})" if frozen else f"self.f{k} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join((*by_place, *(by_name if len(by_name) > 1 else ())))
    code = _code_of(f"def __init__({parameters}):\n " + "\n ".join(body or ["pass"]))
    made = FunctionType(_renamed(code, {f"f{k}": field.name for k, field in enumerate(fields)}), names)
    taken = [field for field in fields if field.init]
    placed, named = ([field.name for field in taken if field.kw_only is kind] for kind in (False, True))
    made.__defaults__ = tuple(defaults[name] for name in placed if name in defaults)
    made.__kwdefaults__ = {name: defaults[name] for name in named if name in defaults}
    if late := [name for name in placed[len(placed) - len(made.__defaults__) :] if name not in defaults]:
        raise TypeError(f"non-default argument {late[0]!r} follows default argument")
    made.__annotations__ = {field.name: field.type for field in taken} | {"return": None}
    return made


@cache
def _code_of(text: str) -> CodeType:
    """Return the compiled constructor whose fields are called f0, f1 …: many classes are alike but for the names."""
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 (it is made of nothing but such names)
    code: CodeType = names["__init__"].__code__
    return code


def _renamed(code: CodeType, names: Mapping[str, str]) -> CodeType:
    """Return the same code for fields that have other names."""

    def own(found: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(names.get(name, name) for name in found)

    return code.replace(co_varnames=own(code.co_varnames), co_names=own(code.co_names), co_consts=own(code.co_consts))


@reprlib.recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _add_comparison(cls: type, fields: tuple[Field[Any], ...], *, frozen: bool) -> None:
    """Let objects of `cls` be equal where their fields are; frozen ones are hashed by them."""
    own = cls.__dict__
    has_hash = own.get("__hash__") is not None or ("__hash__" in own and "__eq__" not in own)
    compared = [field.name for field in fields if field.compare]
    values = _values(compared)
    # Not every field that is compared is hashed.
    hashed = [field.name for field in fields if (field.compare if field.hash is None else field.hash)]
    keys = values if hashed == compared else _values(hashed)

    def equal(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hash_of(self: Any) -> int:
        return hash(keys(self))

    _set(cls, "__eq__", equal)
    if not has_hash:
        # Python has set None there already, where the class says itself what is equal.
        hash_of.__qualname__ = f"{cls.__qualname__}.__hash__"
        setattr(cls, "__hash__", hash_of if frozen else None)  # noqa: B010 (mypy takes it for a method)


def _values(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads the fields of an object into a tuple."""
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _freeze(cls: Any, names: frozenset[str]) -> None:
    """Keep the fields of an object as they were first."""

    def assign(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def delete(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    _set(cls, "__setattr__", assign)
    _set(cls, "__delattr__", delete)
