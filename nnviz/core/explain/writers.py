"""Formulas written out: as text for people, LaTeX, HTML and Python, with symbols or with numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import ClassVar

from nnviz.core.explain.expression import (
    Call,
    Equation,
    Expression,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
    Symbol,
)
from nnviz.core.explain.rounding import Rounding
from nnviz.core.numbers import typeset
from nnviz.core.translation import translated

#: How tightly a formula holds together: sums least, then products, then what needs no brackets ever.
_SUM, _PRODUCT, _WHOLE = range(3)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")


class Writer(ABC):
    """Writes formulas in one language.

    Parameters
    ----------
    rounding : Rounding
        How numbers are written.
    """

    plus, minus, times = " + ", " − ", "·"
    equals, about, becomes = " = ", " ≈ ", " ← "

    def __init__(self, rounding: Rounding) -> None:
        self.rounding = rounding

    @abstractmethod
    def name(self, name: Name) -> str:
        """Return a symbol."""

    @abstractmethod
    def number(self, value: float) -> str:
        """Return a number."""

    @abstractmethod
    def group(self, text: str) -> str:
        """Return `text` in brackets."""

    @abstractmethod
    def fraction(self, above: str, below: str) -> str:
        """Return a division of two texts, each of which holds together."""

    @abstractmethod
    def power(self, base: str, exponent: int) -> str:
        """Return a power; `base` holds together."""

    @abstractmethod
    def call(self, call: Call, argument: str) -> str:
        """Return a function of something."""

    @abstractmethod
    def rest(self, rest: Rest, *, numbers: bool) -> str:
        """Return the terms of a sum that are not written out."""

    def formula(self, expression: Expression, *, numbers: bool) -> str:
        """Return a formula with symbols, or with their numbers."""
        return self._write(expression, numbers, _SUM, leading=True)

    def term(self, part: Expression, *, numbers: bool, leading: bool) -> str:
        """Return one term of a sum, as it stands in it; `leading` where it is the first."""
        if isinstance(part, Negative) and leading:
            return self._write(part, numbers, _SUM, leading=True)
        return self._write(part, numbers, _PRODUCT, leading=leading)

    def equation(self, equation: Equation) -> str:
        """Return "name = symbols = numbers = value", leaving out what would be said twice; "≈" before a rounded one."""
        right, value = equation.right, self.number(equation.value)
        said: list[str] = []
        if right is not None:
            said = list(dict.fromkeys(self.formula(right, numbers=numbers) for numbers in (False, True)))
        if right is not None and self.number(right.value) != value:
            said[-1] += self.about + value
        elif not said or said[-1] != value:
            said.append(value)
        sign = self.becomes if equation.becomes else self.equals
        begun = "" if equation.name is None else self.name(equation.name) + sign
        return begun + self.equals.join(said)

    def _write(self, expression: Expression, numbers: bool, level: int, *, leading: bool = False) -> str:
        match expression:
            case Symbol(name, value):
                return self._number(value, leading) if numbers else self.name(name)
            case Number(value):
                return self._number(value, leading)
            case Rest():
                return self.rest(expression, numbers=numbers)
            case Sum(parts):
                text = self._sum(parts, numbers)
                return text if level == _SUM else self.group(text)
            case Product(parts):
                first, *others = parts
                text = self._write(first, numbers, _PRODUCT, leading=leading)
                text = self.times.join([text, *(self._write(part, numbers, _WHOLE) for part in others)])
                return self.group(text) if level == _WHOLE else text
            case Negative(part):
                text = self.minus.strip() + self._write(part, numbers, _PRODUCT)
                return text if leading and level == _SUM else self.group(text)
            case Quotient(above, below):
                return self._quotient(above, below, numbers, level)
            case Power(base, exponent):
                return self.power(self._write(base, numbers, _WHOLE), exponent)
            case Call(argument=argument):
                return self.call(expression, self._write(argument, numbers, _SUM, leading=True))

    def _number(self, value: float, leading: bool) -> str:
        text = self.number(value)
        return self.group(text) if value < 0.0 and not leading else text

    def _sum(self, parts: tuple[Expression, ...], numbers: bool) -> str:
        text = ""
        for part in parts:
            if not text:
                text = self._write(part, numbers, _SUM, leading=True)
            elif isinstance(part, Negative):
                text += self.minus + self._write(part.part, numbers, _PRODUCT)
            else:
                text += self.plus + self._write(part, numbers, _PRODUCT)
        return text

    def _quotient(self, above: Expression, below: Expression, numbers: bool, level: int) -> str:
        text = self.fraction(self._write(above, numbers, _PRODUCT, leading=True), self._write(below, numbers, _WHOLE))
        return self.group(text) if level == _WHOLE else text


class TextWriter(Writer):
    """Writes lines of Unicode text."""

    def name(self, name: Name) -> str:
        """Return "w⁽²⁾₁₃"."""
        above = "" if name.layer is None else f"⁽{str(name.layer).translate(_RAISED)}⁾"
        own = name.letter + above + _units(name).translate(_LOWERED)
        if not name.of:
            return own
        example = "" if name.example is None else str(name.example).translate(_LOWERED)
        return f"∂{name.of}{example}/∂{own}"

    def number(self, value: float) -> str:
        """Return a number with a real minus sign."""
        return typeset(self.rounding.plain(value))

    def group(self, text: str) -> str:
        """Return it in brackets."""
        return f"({text})"

    def fraction(self, above: str, below: str) -> str:
        """Return "a / b"."""
        return f"{above} / {below}"

    def power(self, base: str, exponent: int) -> str:
        """Return "x²"."""
        return base + str(exponent).translate(_RAISED)

    def call(self, call: Call, argument: str) -> str:
        """Return "tanh(z)"."""
        return f"|{argument}|" if call.text == "abs" else f"{call.text}({argument})"

    def rest(self, rest: Rest, *, numbers: bool) -> str:
        """Return "… 50 more", with what they come to."""
        if numbers:
            return f"[{translated('… {0} more = {1}', rest.count, self.number(rest.value))}]"
        return translated("… {0} more", rest.count)


class HtmlWriter(TextWriter):
    """Writes pieces of a page: names with raised layers and lowered units."""

    def name(self, name: Name) -> str:
        """Return "w<sup>(2)</sup><sub>13</sub>"."""
        above = "" if name.layer is None else f"<sup>({name.layer})</sup>"
        below = f"<sub>{_units(name)}</sub>" if name.units else ""
        own = f"<i>{escape(name.letter)}</i>{above}{below}"
        if not name.of:
            return own
        example = "" if name.example is None else f"<sub>{name.example}</sub>"
        return f"∂{escape(name.of)}{example}/∂{own}"

    def power(self, base: str, exponent: int) -> str:
        """Return the exponent raised."""
        return f"{base}<sup>{exponent}</sup>"

    def call(self, call: Call, argument: str) -> str:
        """Return "tanh(z)"."""
        return f"|{argument}|" if call.text == "abs" else f"{escape(call.text)}({argument})"


class LatexWriter(Writer):
    """Writes mathematics for LaTeX."""

    minus, times = " - ", r" \cdot "
    about, becomes = r" \approx ", r" \leftarrow "
    _LETTERS: ClassVar[dict[str, str]] = {
        "ŷ": r"\hat{y}", "δ": r"\delta", "η": r"\eta", "μ": r"\mu", "α": r"\alpha", "β₁": r"\beta_1",
        "β₂": r"\beta_2", "ε": r"\varepsilon", "λ": r"\lambda", "λ₁": r"\lambda_1", "λ₂": r"\lambda_2", "ℓ": r"\ell",
        "m̂": r"\hat{m}", "v̂": r"\hat{v}", "‖g‖": r"\lVert g \rVert", "β₁ᵗ": r"\beta_1^t", "β₂ᵗ": r"\beta_2^t",
    }  # fmt: skip

    def name(self, name: Name) -> str:
        """Return "w^{(2)}_{1,3}"."""
        above = "" if name.layer is None else f"^{{({name.layer})}}"
        below = f"_{{{','.join(map(str, name.units))}}}" if name.units else ""
        own = self._LETTERS.get(name.letter, name.letter) + above + below
        if not name.of:
            return own
        example = "" if name.example is None else f"_{{{name.example}}}"
        return rf"\frac{{\partial {self._LETTERS.get(name.of, name.of)}{example}}}{{\partial {own}}}"

    def number(self, value: float) -> str:
        """Return a number, powers of ten spelled out."""
        text = self.rounding.plain(value)
        if "e" in text:
            digits, exponent = text.split("e")
            return rf"{digits} \cdot 10^{{{exponent}}}"
        return {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\text{--}"}.get(text, text)

    def group(self, text: str) -> str:
        """Return it in brackets that grow with it."""
        return rf"\left({text}\right)"

    def fraction(self, above: str, below: str) -> str:
        """Return a fraction."""
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: int) -> str:
        """Return the exponent raised."""
        return f"{base}^{{{exponent}}}"

    def call(self, call: Call, argument: str) -> str:
        """Return a function of something."""
        if call.text == "abs":
            return rf"\left|{argument}\right|"
        return rf"\sqrt{{{argument}}}" if call.text == "√" else rf"{call.latex}\left({argument}\right)"

    def rest(self, rest: Rest, *, numbers: bool) -> str:
        """Return dots, with how many they stand for."""
        shown = self.number(rest.value) if numbers else r"\cdots"
        return rf"\underbrace{{{shown}}}_{{{rest.count}}}"


class PythonWriter(Writer):
    """Writes Python, with names such as ``w2_1_3``; on paper, what is rounded is rounded there too."""

    minus, times = " - ", "*"
    becomes = " = "
    _LETTERS: ClassVar[dict[str, str]] = {
        "ŷ": "y_hat", "δ": "delta", "η": "rate", "μ": "momentum", "α": "alpha", "β₁": "beta1", "β₂": "beta2",
        "ε": "epsilon", "λ": "weight_decay", "λ₁": "l1", "λ₂": "l2", "ℓ": "loss", "m̂": "m_hat", "v̂": "v_hat",
        "‖g‖": "norm", "β₁ᵗ": "beta1_t", "β₂ᵗ": "beta2_t",
    }  # fmt: skip

    def name(self, name: Name) -> str:
        """Return "w2_1_3"."""
        own = self._LETTERS.get(name.letter, name.letter) + ("" if name.layer is None else str(name.layer))
        own = "_".join([own, *map(str, name.units)])
        example = "" if name.example is None else str(name.example)
        return f"d{self._LETTERS.get(name.of, name.of)}{example}_d{own}" if name.of else own

    def number(self, value: float) -> str:
        """Return a number that Python reads again as it is."""
        text = repr(float(value)) if self.rounding.is_exact else self.rounding.plain(value)
        return {"inf": "float('inf')", "-inf": "-float('inf')", "nan": "float('nan')"}.get(text, text)

    def group(self, text: str) -> str:
        """Return it in brackets."""
        return f"({text})"

    def fraction(self, above: str, below: str) -> str:
        """Return "a/b"."""
        return f"{above}/{below}"

    def power(self, base: str, exponent: int) -> str:
        """Return "x**2"."""
        return f"{base}**{exponent}"

    def call(self, call: Call, argument: str) -> str:
        """Return "tanh(z)"; of a function that Python has not, what it comes to."""
        return f"{call.python}({argument})" if call.python else self.number(call.value)

    def rest(self, rest: Rest, *, numbers: bool) -> str:  # noqa: ARG002
        """Return what they come to."""
        return self.group(self.number(rest.value))

    def equation(self, equation: Equation) -> str:
        """Return an assignment, with symbols."""
        begun = "" if equation.name is None else f"{self.name(equation.name)} = "
        if equation.right is None:
            return begun + self.number(equation.value)
        right = self.formula(equation.right, numbers=False)
        digits = self.rounding.digits
        if digits is not None and abs(equation.right.value - equation.value) > 1e-12:
            right = f"round({right}, {digits})"
        return begun + right


def _units(name: Name) -> str:
    """Return the units of a name, kept apart by a comma where they have two figures."""
    return (",".join if any(unit > 9 for unit in name.units) else "".join)(map(str, name.units))
