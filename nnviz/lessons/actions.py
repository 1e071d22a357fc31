"""What a step of a lesson does, and what it points at: short texts such as ``set learning_rate=0.1`` or ``unit 1.2``.

They are the same in a file, in a recorded lesson and in the list that is edited in the window.
"""

from __future__ import annotations

import math
import re
from typing import Literal

from msgspec import Struct

from nnviz.core import bounds
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.errors import SettingError
from nnviz.core.inert import shown
from nnviz.lessons.prediction import Ask, read_ask

ArgumentKind = Literal["none", "setting", "layer", "unit", "place", "layout", "theme", "ask"]

LONGEST = 4000
"""Characters that an action may have."""

LAYOUTS = ("explore", "inspect", "present")
THEMES = ("light", "dark")
_UNIT = re.compile(r"([1-9][0-9]{0,3})\.([1-9][0-9]{0,5})")


class Verb(Choice, Struct, frozen=True, kw_only=True):
    """Something that a step can do.

    Attributes
    ----------
    takes : ArgumentKind
        What stands after it.
    """

    takes: ArgumentKind = "none"


VERBS: ChoiceTable[Verb] = ChoiceTable(
    "action",
    (
        Verb(name="set", label="Set", help="Change one setting, such as training.learning_rate=0.1.", takes="setting"),
        Verb(
            name="add_layer",
            label="Add a layer",
            help="Add a hidden layer at the end, of so many units; without an activation it has the last one's.",
            takes="layer",
        ),
        Verb(name="remove_layer", label="Remove a layer", help="Take the last hidden layer out."),
        Verb(name="new_weights", label="New weights", help="Begin again from other first weights."),
        Verb(name="reset", label="Reset", help="Begin again from the same first weights."),
        Verb(name="play", label="Play", help="Let the network learn."),
        Verb(name="pause", label="Pause", help="Let the network rest."),
        Verb(name="select", label="Select a unit", help="Open the weights of a unit, such as 1.2.", takes="unit"),
        Verb(name="show", label="Show", help="Bring a view to the front.", takes="place"),
        Verb(name="layout", label="Arrange", help="Arrange the window: explore, inspect or present.", takes="layout"),
        Verb(name="theme", label="Theme", help="Make the window light or dark.", takes="theme"),
        Verb(
            name="predict",
            label="Predict",
            help="Hide the map and ask what the class expects: a line, a curve or a vote.",
            takes="ask",
        ),
        Verb(name="reveal", label="Reveal", help="Lift the curtain over the map, from left to right."),
    ),
)
"""Every action by its name."""


class Place(Choice, Struct, frozen=True, kw_only=True):
    """A control or view of the window that a lesson can point at.

    Attributes
    ----------
    is_view : bool
        Whether it can be shown: brought to the front.
    """

    is_view: bool = False


PLACES: ChoiceTable[Place] = ChoiceTable(
    "place",
    (
        Place(name="network", label="Network", help="The diagram of the network.", is_view=True),
        Place(name="boundary", label="Decision boundary", help="The map of the answers.", is_view=True),
        Place(name="loss", label="Loss", help="The curves of loss, accuracy and learning rate.", is_view=True),
        Place(name="answers", label="Answers", help="The pages about every row.", is_view=True),
        Place(name="setup", label="Set-up", help="Data, network and training.", is_view=True),
        Place(name="play", label="Play", help="Starts and pauses training."),
        Place(name="step", label="Step", help="Trains one epoch."),
        Place(name="reset", label="Reset", help="Starts the run over."),
        Place(name="new_weights", label="New weights", help="Starts over from other first weights."),
        Place(name="speed", label="Speed", help="How fast the network learns."),
        Place(name="figures", label="Figures", help="Epoch, loss and accuracy in the run bar."),
        Place(name="data", label="Data", help="Which data are learnt."),
        Place(name="hidden_layers", label="Hidden layers", help="How many layers and units there are."),
        Place(name="activation", label="Activation", help="The activations of the layers."),
        Place(name="first_weights", label="First weights", help="How weights begin."),
        Place(name="optimizer", label="Optimiser", help="How weights are updated."),
        Place(name="learning_rate", label="Learning rate", help="How long the steps of the optimiser are."),
        Place(name="batch_size", label="Batch size", help="How many rows make one update."),
        Place(name="l2", label="L2", help="How strongly large weights are drawn back."),
        Place(name="try_input", label="Try an input", help="The card for an input of one's own."),
        Place(name="worked", label="Worked arithmetic", help="One example's numbers, step by step.", is_view=True),
    ),
)
"""Every place by its name."""


class Unit(Struct, frozen=True):
    """A unit of the network.

    Attributes
    ----------
    layer, unit : int
        Counted from 1: layer 1 is the first one with weights.
    """

    layer: int
    unit: int


class NewLayer(Struct, frozen=True):
    """A hidden layer to be added.

    Attributes
    ----------
    units : int
    activation : str
        Empty: that of the hidden layer before it.
    """

    units: int
    activation: str = ""


class Action(Struct, frozen=True):
    """Something to be done.

    Attributes
    ----------
    verb : str
        A name of `VERBS`.
    argument : str, Unit, NewLayer, Ask or None
        The setting as ``key=value``, the name of a place, layout or theme; None where the verb takes nothing.
    """

    verb: str
    argument: str | Unit | NewLayer | Ask | None = None


class Target(Struct, frozen=True):
    """What is pointed at: one of these.

    Attributes
    ----------
    place : str
        Name of a control or view.
    unit : Unit or None
    layer : int or None
        All units of a layer: 0 are the inputs, 1 the first layer with weights.
    point : (float, float) or None
        A point of the map, in the units of its axes.
    """

    place: str = ""
    unit: Unit | None = None
    layer: int | None = None
    point: tuple[float, float] | None = None


def read_action(text: str) -> Action:
    """Return the action that `text` says.

    Raises
    ------
    SettingError
        In one sentence, where it is none.

    Examples
    --------
    >>> read_action("add_layer 4 relu")
    Action(verb='add_layer', argument=NewLayer(units=4, activation='relu'))
    """
    if len(text) > LONGEST:
        raise SettingError("An action has at most {0} characters, this one has {1}.", LONGEST, len(text))
    name, _, rest = text.strip().partition(" ")
    verb, rest = VERBS[name], rest.strip()
    if verb.takes == "none":
        if rest:
            raise SettingError("The action {0!r} takes nothing, so leave {1!r} out.", verb.name, shown(rest))
        return Action(verb.name)
    return Action(verb.name, _argument(verb.takes, rest))


def _argument(kind: ArgumentKind, text: str) -> str | Unit | NewLayer | Ask:
    match kind:
        case "ask":
            return read_ask(text)
        case "unit":
            return read_unit(text)
        case "layer":
            return _new_layer(text)
        case "place":
            place = PLACES[text]
            if not place.is_view:
                raise SettingError("{0!r} is a control and always there; show one of the views.", place.name)
            return place.name
        case "layout" | "theme":
            names = LAYOUTS if kind == "layout" else THEMES
            if text not in names:
                raise SettingError("{0!r} is not among {1}; write one of these.", shown(text), ", ".join(names))
            return text
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        words = "The action 'set' needs key=value, such as training.learning_rate=0.1, not {0!r}."
        raise SettingError(words, shown(text))
    return text


def read_unit(text: str) -> Unit:
    """Return the unit that ``layer.unit`` names, such as ``1.2``; `SettingError` where it names none."""
    found = _UNIT.fullmatch(text)
    if found is None:
        raise SettingError("{0!r} names no unit; write layer.unit, such as 1.2, counted from 1.", shown(text))
    return Unit(int(found[1]), int(found[2]))


def _new_layer(text: str) -> NewLayer:
    size, _, activation = text.partition(" ")
    units = int(size) if size.isascii() and size.isdecimal() and len(size) < 7 else 0
    if not bounds.UNITS.minimum <= units <= bounds.UNITS.maximum:
        words = "The action 'add_layer' needs a number of units, such as 'add_layer 4', not {0!r}."
        raise SettingError(words, shown(text))
    activation = activation.strip()
    return NewLayer(units, ACTIVATIONS[activation].name if activation else "")


def read_target(text: str) -> Target:
    """Return what `text` points at: a place by its name, ``unit 1.2``, ``layer 1`` or ``point 0.5 -2``.

    Raises
    ------
    SettingError
        Where there is no such thing.

    Examples
    --------
    >>> read_target("point 0.5 -2").point
    (0.5, -2.0)
    """
    kind, _, rest = text.strip().partition(" ")
    match kind:
        case "unit":
            return Target(unit=read_unit(rest.strip()))
        case "layer":
            if not re.fullmatch("[0-9]{1,4}", rest.strip()):
                raise SettingError("{0!r} names no layer; write layer and its number, such as layer 1.", shown(text))
            return Target(layer=int(rest))
        case "point":
            return Target(point=_point(rest, text))
    return Target(place=PLACES[text.strip()].name)


def _point(rest: str, text: str) -> tuple[float, float]:
    try:
        x, y = map(float, rest.split())
    except ValueError:
        x = y = math.nan
    if not (math.isfinite(x) and math.isfinite(y)):
        raise SettingError("{0!r} names no point; write point and two numbers, such as point 0.5 -2.", shown(text))
    return x, y
