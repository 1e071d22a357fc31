"""Rows that come and go with a choice: those of its own parameters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout

from nnviz.core.choices import Parameter
from nnviz.ui.form.controls import Control
from nnviz.ui.form.form import Binding, FieldRow, Section, row_label
from nnviz.ui.widgets.help_text import parameter_tooltip


class ParameterRows:
    """The rows of a choice's own parameters, made anew when another choice is made.

    Parameters
    ----------
    section : Section
    column : QVBoxLayout
        Where the rows stand.
    """

    def __init__(self, section: Section, column: QVBoxLayout) -> None:
        self._section = section
        self._column = column
        self._parameters: tuple[Parameter, ...] = ()
        self.rows: list[FieldRow] = []

    def show(
        self,
        parameters: tuple[Parameter, ...],
        make: Callable[[Parameter], tuple[Control, Binding]],
    ) -> None:
        """Make one row for each of `parameters`, unless those are the present ones."""
        if parameters == self._parameters:
            return
        self._section.drop_rows(self.rows)
        self._parameters = parameters
        self.rows = []
        for parameter in parameters:
            control, binding = make(parameter)
            self.rows.append(
                self._section.add_row(
                    row_label(parameter.label), control, parameter_tooltip(parameter), binding, into=self._column
                )
            )
