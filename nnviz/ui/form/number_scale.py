"""How a number is written, read and laid out along a slider, without any widget.

Sliders run over whole positions; people type what they like. Both meet here, so that they can be tested alone.
"""

from __future__ import annotations

import math
from functools import cached_property

from msgspec import Struct

from nnviz.core.choices import Parameter
from nnviz.core.errors import SettingError
from nnviz.core.number_entry import parse_number
from nnviz.core.numbers import exact_text, typeset

#: At most as many positions has a linear slider.
N_STEPS = 150
#: Positions of a logarithmic slider in each decade: numbers that people would pick, about evenly apart.
MANTISSAS = (1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9)
#: Where a logarithmic slider may go down to zero, its smallest other value is this fraction of its upper end.
SMALLEST_FRACTION = 1e-5


class Word(Struct, frozen=True):
    """A value that has a name at one end of the scale, such as "all" or "none".

    Attributes
    ----------
    text : str
        What the field shows; typing it works too.
    value : float or None
        What it stands for.
    """

    text: str
    value: float | None


class NumberScale(Struct, frozen=True, dict=True):
    """A parameter's slider positions and its text.

    Attributes
    ----------
    parameter : Parameter
        Bounds of what may be typed.
    upper : float or None
        Upper end of the slider, where it depends on the data; None: the parameter's.
    low, high : Word or None
        Named values before the first and after the last position. Where `high` stands for None, so does everything
        from the upper end on.
    """

    parameter: Parameter
    upper: float | None = None
    low: Word | None = None
    high: Word | None = None

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Values at the slider's two ends, named values left out."""
        first, last = self.parameter.ends
        if self.upper is not None:
            last = self.upper
        if self.parameter.logarithmic and first <= 0:
            first = last * SMALLEST_FRACTION
        return first, max(first, last)

    @cached_property
    def step(self) -> float:
        """Value between two positions of a linear slider: 1, 2 or 5 times a power of ten."""
        first, last = self.ends
        rough = (last - first) / N_STEPS
        if rough <= 0:
            return 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
        return max(1.0, step) if self.parameter.integer else step

    @cached_property
    def values(self) -> tuple[float | None, ...]:
        """Value of every slider position, named values included."""
        first, last = self.ends
        if self.parameter.logarithmic:
            decades = range(math.floor(math.log10(first)), math.ceil(math.log10(last)) + 1)
            steps = [float(f"{mantissa}e{decade}") for decade in decades for mantissa in MANTISSAS]
        else:
            steps = [round(first + index * self.step, 10) for index in range(round((last - first) / self.step) + 1)]
        numbers = {round(step) if self.parameter.integer else step for step in (first, *steps, last)}
        plain = [number for number in sorted(numbers) if first <= number <= last and not self._is_high(number)]
        low = [] if self.low is None else [self.low.value]
        high = [] if self.high is None else [self.high.value]
        return (*low, *plain, *high)

    def value_at(self, position: int) -> float | None:
        """Return the value of a slider position."""
        return self.values[position]

    def position_of(self, value: float | None) -> int:
        """Return the slider position nearest to `value`."""
        top = len(self.values) - 1
        if self.low is not None and value == self.low.value:
            return 0
        if value is None or self._is_high(value):
            return top
        start, stop = int(self.low is not None), top + 1 - (self.high is not None)
        return min(
            range(start, stop), key=lambda position: abs(self._along(self.values[position]) - self._along(value))
        )

    def _along(self, value: float | None) -> float:
        """Return where a value lies on the slider, in any unit."""
        number = math.nan if value is None else value
        return math.log(max(number, 1e-300)) if self.parameter.logarithmic else number

    def _is_high(self, value: float) -> bool:
        """Whether `value` is at least the upper end of a scale whose last word stands for everything ("all")."""
        return self.high is not None and self.high.value is None and value >= self.ends[1]

    def text(self, value: float | None) -> str:
        """Return `value` as the field shows it."""
        if self.low is not None and value == self.low.value:
            return self.low.text
        if value is None or self._is_high(value):
            return self.high.text if self.high is not None else ""
        unit = self.parameter.unit
        number = exact_text(value) if self.parameter.logarithmic or self.parameter.integer else self._decimals(value)
        return f"{number} {unit}" if unit and len(unit) <= 2 else number

    def _decimals(self, value: float) -> str:
        decimals = min(4, max(0, -math.floor(math.log10(self.step))))
        exact = abs(value - round(value, decimals)) <= 1e-9 * max(1.0, abs(value))
        return typeset(f"{value:.{decimals}f}") if exact else exact_text(value)

    def parse(self, text: str) -> float | None:
        """Return the value that was typed.

        Raises
        ------
        SettingError
            Where it is neither a number within the parameter's bounds nor one of the named values.
        """
        typed = text.strip()
        for word in (self.low, self.high):
            if word is not None and typed.lower() == word.text.lower():
                return word.value
        unit = self.parameter.unit
        number = typed.removesuffix(unit).strip() if unit else typed
        words = [word.text for word in (self.low, self.high) if word is not None]
        value = parse_number(number, whole=self.parameter.integer, words=words)
        if self.low is not None and value == self.low.value:
            return value
        if self._is_high(value):
            return None
        try:
            return self.parameter.check(value)
        except SettingError as error:
            raise SettingError(_sentence(str(error))) from None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
