"""The settings of a training run: one frozen, checked record, replaced as a whole when something changes live."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self, TypedDict

from nnviz.core.arguments import flag
from nnviz.core.bounds import MAY_BE_NONE, RUN_SETTINGS
from nnviz.core.engine import Hyper
from nnviz.core.errors import SettingError
from nnviz.core.optimizers import OPTIMIZERS, check_parameters, own_parameter_names
from nnviz.core.schedules import SCHEDULES

ScheduleChoice = str | tuple[str, Mapping[str, float]] | None


class SettingChanges(TypedDict, total=False):
    """What `nnviz.Trainer` takes as keywords and `Trainer.set` changes live.

    The parameters of the optimisers are those of nnviz's own; one that a script adds brings further keywords.
    """

    optimizer: str
    learning_rate: float
    batch_size: int | None
    shuffle: bool
    momentum: float
    alpha: float
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    schedule: ScheduleChoice
    l1: float
    l2: float
    dropout: float
    clip_norm: float | None
    target_loss: float | None
    patience: int | None
    restore_best: bool
    seed: int


@dataclass(frozen=True)
class Settings:
    """Hyper-parameters of a run, every name and number checked.

    Attributes
    ----------
    optimizer, optimizer_parameters : str, dict
        Name in `OPTIMIZERS` and all its parameters.
    learning_rate : float
        Base rate, which the schedule scales.
    batch_size : int or None
        None: all training rows. More than there are means all too.
    shuffle : bool
        Whether every epoch takes the rows in a new order.
    schedule, schedule_parameters : str, dict
        Name in `SCHEDULES` and all its parameters.
    l1, l2, dropout, clip_norm, target_loss, patience, seed
        As in `nnviz.core.engine.Hyper`; None switches off.
    restore_best : bool
        Whether the parameters of the best epoch come back where patience ends the run.
    """

    optimizer: str = "sgd"
    optimizer_parameters: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float = 0.03
    batch_size: int | None = 10
    shuffle: bool = True
    schedule: str = "constant"
    schedule_parameters: Mapping[str, float] = field(default_factory=dict)
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    clip_norm: float | None = None
    target_loss: float | None = None
    patience: int | None = None
    restore_best: bool = False
    seed: int = 0

    def changed(self, **changes: Any) -> Self:
        """Return a copy with some settings replaced (keywords as in `SettingChanges`).

        A new optimiser or schedule starts from the defaults of its own parameters.

        Raises
        ------
        SettingError
            Where a name is unknown or a number out of its range.
        """
        own = own_parameter_names()
        given = {name: changes.pop(name) for name in tuple(changes) if name in own}
        values = self._optimizer_changes(changes.pop("optimizer", self.optimizer), given)
        if "schedule" in changes:
            values |= _schedule_changes(changes.pop("schedule"))
        for name, value in changes.items():
            values[name] = _checked(name, value)
        return replace(self, **values)

    def _optimizer_changes(self, name: str, given: Mapping[str, float]) -> dict[str, Any]:
        entry = OPTIMIZERS[name]
        kept = self.optimizer_parameters if name == self.optimizer else {}
        parameters = check_parameters("optimiser", name, entry.parameters, {**kept, **given})
        return {"optimizer": name, "optimizer_parameters": parameters}

    def hyper(self, n_samples: int) -> Hyper:
        """Return the same as an engine wants it, for that many training rows."""
        return Hyper(
            optimizer=OPTIMIZERS[self.optimizer].code,
            optimizer_parameters=tuple(self.optimizer_parameters.values()),
            learning_rate=self.learning_rate,
            batch_size=n_samples if self.batch_size is None else min(self.batch_size, n_samples),
            shuffle=self.shuffle,
            schedule=SCHEDULES[self.schedule].code,
            schedule_parameters=tuple(self.schedule_parameters.values()),
            l1=self.l1,
            l2=self.l2,
            dropout=self.dropout,
            clip_norm=self.clip_norm or 0.0,
            target_loss=-math.inf if self.target_loss is None else self.target_loss,
            patience=self.patience or 0,
            seed=self.seed,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for a file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the settings of `to_dict`, checked again."""
        plain = {name: value for name, value in values.items() if not name.endswith("_parameters")}
        schedule = (plain.pop("schedule"), values["schedule_parameters"])
        return cls().changed(**{**plain, **values["optimizer_parameters"]}, schedule=schedule)


def _schedule_changes(choice: ScheduleChoice) -> dict[str, Any]:
    name: Any = "constant" if choice is None else choice
    given: Any = {}
    if isinstance(choice, tuple | list):
        if len(choice) != 2 or not isinstance(choice[1], Mapping):
            raise SettingError("schedule must be a name, or a name and a dict of its parameters, not {0!r}.", choice)
        name, given = choice
    parameters = check_parameters("schedule", name, SCHEDULES[name].parameters, given)
    return {"schedule": name, "schedule_parameters": parameters}


def _checked(name: str, value: Any) -> Any:
    if name in ("shuffle", "restore_best"):
        return flag(value, name)
    if name not in RUN_SETTINGS:
        known = ", ".join(item.name for item in fields(Settings) if not item.name.endswith("_parameters"))
        raise SettingError("There is no training setting called {0!r}; there are: {1}.", name, known)
    if value is None and name in MAY_BE_NONE:
        return None
    return RUN_SETTINGS[name].check(value)
