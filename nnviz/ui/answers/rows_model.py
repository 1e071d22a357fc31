"""All rows of the data with the network's answers, as a table: in any order, and only those that are wanted.

Rows are positions in arrays (training rows first, then validation and test rows): sorting and filtering is NumPy,
and the text of a cell is made only when the cell is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nnviz.core.layout import Array
from nnviz.core.numbers import filled, number_text, typeset
from nnviz.data import input_label, shown
from nnviz.data.compact import columns_of
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import Answers, RowId
from nnviz.experiment.grids import feature_limits
from nnviz.experiment.row_identity import same_table
from nnviz.session.marking import MarkedRows
from nnviz.ui.widgets.help_text import plain_tooltip

Mask = NDArray[np.bool_]
"""Over all rows of the data, training rows first."""
Order = NDArray[np.int64]
Told = Sequence[Answers | None]
"""The answers to each of `PARTS`."""

#: Pictures with more features than this are shown as pictures only.
MOST_PIXELS_IN_COLUMNS = 100
#: Values of a feature that are looked at to find how many decimals it is written with.
SAMPLE = 500

Kind = Literal["row", "picture", "target", "predicted", "sure", "loss", "feature"]


class RowsColumn(Struct, frozen=True):
    """One column.

    Attributes
    ----------
    kind : Kind
    index : int
        Of the target or of the feature.
    title : str
        Inert text for the header; `name` in full for files.
    name : str
    """

    kind: Kind
    index: int
    title: str
    name: str


class RowsModel(QAbstractTableModel):
    """What the table shows; see the module.

    Attributes
    ----------
    columns : tuple of Column
    order : ndarray int64
        The rows that are shown, from top to bottom.
    n_rows : int
    wrong : ndarray of bool or None
        Rows that the network gets wrong; None before there are answers, and for regression.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[RowsColumn, ...] = ()
        self.order: Order = np.empty(0, dtype=np.int64)
        self.wrong: Mask | None = None
        self.n_rows = 0
        #: Where each of `PARTS` begins, and the end.
        self._starts: tuple[int, ...] = (0,) * (len(PARTS) + 1)
        self._prepared: Prepared | None = None
        self._classes: tuple[str, ...] = ()
        self._true: Order | None = None
        self._targets = self._losses = np.empty(0)
        self._answers: Answers | None = None
        self._decimals: dict[RowsColumn, int] = {}
        self._gray = (0.0, 1.0)
        self._sorted_by, self._arrow = -1, ""

    # -- what is shown ------------------------------------------------------------------------------------------

    def show_prepared(self, prepared: Prepared) -> bool:
        """Take over the data, whose answers are not known yet; return whether the rows are others than before."""
        same = self._prepared is not None and same_table(self._prepared, prepared)
        self._prepared, self._answers, self.wrong = prepared, None, None
        if same:
            return False
        self.beginResetModel()
        parts = [prepared.part(name) for name in PARTS]
        self._starts = (0, *np.cumsum([part.n_samples for part in parts]).tolist())
        self.n_rows, train = self._starts[-1], prepared.train
        self._classes = tuple(shown(name) for name in prepared.class_names)
        is_classes = prepared.task == "classification"
        self._true = np.concatenate([part.class_index for part in parts]) if is_classes else None
        self._targets = np.concatenate([part.y for part in parts])
        lows, highs = feature_limits(train)
        self._gray = (min(0.0, float(lows.min())), max(0.0, float(highs.max())))
        self._decimals.clear()
        self.columns = self._columns_of(prepared)
        self.order = np.arange(self.n_rows)
        self.endResetModel()
        return True

    def _columns_of(self, prepared: Prepared) -> tuple[RowsColumn, ...]:
        data = prepared.dataset
        # The loss stands in front, where it is seen in a narrow panel too: the rows are sorted by it at first.
        columns = [RowsColumn("row", 0, self.tr("row"), ""), RowsColumn("loss", 0, self.tr("loss"), self.tr("loss"))]
        if data.picture_shape is not None:
            columns.append(RowsColumn("picture", 0, self.tr("picture"), ""))
        for k, name in enumerate(data.target_names):
            columns.append(RowsColumn("target", k, shown(name), name))
        if self._true is not None:
            columns.append(RowsColumn("predicted", 0, self.tr("predicted"), self.tr("predicted")))
            columns.append(RowsColumn("sure", 0, self.tr("sure"), self.tr("sure in %")))
        else:
            for k, name in enumerate(data.target_names):
                title = self.tr("predicted") if len(data.target_names) == 1 else self.tr("{0}, predicted")
                columns.append(RowsColumn("predicted", k, title.format(shown(name)), title.format(name)))
        if data.picture_shape is None or data.n_features <= MOST_PIXELS_IN_COLUMNS:
            names = enumerate(data.feature_names)
            columns += [RowsColumn("feature", k, shown(input_label(name)), name) for k, name in names]
        return tuple(columns)

    def fits(self, told: Told) -> bool:
        """Whether these are answers to just the rows that are shown; while data are painted, others may come first."""
        train = told[0]
        n_classes = 0 if train is None or train.confusion is None else len(train.confusion)
        n_rows = [0 if answers is None else len(answers.losses) for answers in told]
        return n_rows == np.diff(self._starts).tolist() and n_classes == len(self._classes)

    def knows(self, column: int) -> bool:
        """Whether there is something in a column yet."""
        return self._answers is not None or self.columns[column].kind not in ("predicted", "sure", "loss")

    def set_answers(self, told: Told) -> None:
        """Take over the answers, in the order that there is; whoever calls has what is seen drawn again."""
        parts = [answers for answers in told if answers is not None and len(answers.losses)]
        answers = parts[0]
        if len(parts) > 1:
            known = all(part.predicted is not None for part in parts)
            answers = Answers(
                outputs=answers.outputs if known else np.concatenate([part.outputs for part in parts]),
                losses=np.concatenate([part.losses for part in parts]),
                predicted=_joined([part.predicted for part in parts]),
                shares=_joined([part.shares for part in parts]),
            )
        self._answers = answers
        self.wrong = None
        if self._true is not None and answers.predicted is not None:
            self.wrong = answers.predicted != self._true

    def show_order(self, column: int, *, descending: bool) -> None:
        """Say in the header by which column the rows are sorted."""
        self._sorted_by, self._arrow = column, " ▾" if descending else " ▴"
        if self.columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def arrange(self, wanted: Mask, column: int, *, descending: bool) -> bool:
        """Show just the `wanted` rows, sorted by a column, and return whether that is another order than before.

        Rows that are alike stay in the order of the data.
        """
        rows = np.flatnonzero(wanted)
        key = self.sort_key(column)[rows]
        order = rows[np.argsort(-key if descending else key, kind="stable")]
        before = self.order
        if np.array_equal(order, before):
            return False
        is_old, is_new = np.zeros((2, self.n_rows), dtype=bool)
        is_old[before], is_new[order] = True, True
        come, gone = order[~is_old[order]], before[~is_new[before]]
        # Whatever stays keeps its index while it moves: rows come and go at the end.
        if len(come):
            self.beginInsertRows(QModelIndex(), len(before), len(before) + len(come) - 1)
            self.order = np.concatenate([before, come])
            self.endInsertRows()
        self._move(np.concatenate([order, gone]))
        if len(gone):
            self.beginRemoveRows(QModelIndex(), len(order), len(order) + len(gone) - 1)
            self.order = order
            self.endRemoveRows()
        return True

    def _move(self, order: Order) -> None:
        self.layoutAboutToBeChanged.emit()
        position = np.empty(self.n_rows, dtype=np.int64)
        position[order] = np.arange(len(order))
        old = self.persistentIndexList()
        new = [self.index(int(position[self.order[index.row()]]), index.column()) for index in old]
        self.changePersistentIndexList(old, new)
        self.order = order
        self.layoutChanged.emit()

    def sort_key(self, column: int) -> Array:
        """Return the numbers ``(n_rows,)`` that a column is sorted by; while it knows none, the present order."""
        entry, answers, prepared = self.columns[column], self._answers, self._prepared
        key: NDArray[Any] | None = None
        if entry.kind == "target":
            key = self._true if self._true is not None else self._targets[:, entry.index]
        elif entry.kind == "feature" and prepared is not None:
            key = np.concatenate([columns_of(prepared.part(name), [entry.index])[:, 0] for name in PARTS])
        elif answers is not None and entry.kind == "predicted":
            key = answers.predicted if answers.predicted is not None else answers.outputs[:, entry.index]
        elif answers is not None and entry.kind == "sure":
            key = answers.shares
        elif answers is not None and entry.kind == "loss":
            key = answers.losses
        elif entry.kind == "row":
            key = np.arange(self.n_rows)
        if key is None:
            key = np.full(self.n_rows, self.n_rows)
            key[self.order] = np.arange(len(self.order))
        return np.asarray(key, dtype=np.float64)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes as inert text; none for a regression."""
        return self._classes

    @property
    def longest_row(self) -> str:
        """The longest text of the first column."""
        last = {end - 1 for end in self._starts[1:]}
        return max((self.text(row, self.columns[0]) for row in sorted(last)), key=len)

    # -- rows and parts -----------------------------------------------------------------------------------------

    def mask_of(self, rows: MarkedRows) -> Mask:
        """Return rows of all parts as a mask over all rows."""
        mask = np.zeros(self.n_rows, dtype=bool)
        for name, start, end in zip(PARTS, self._starts, self._starts[1:], strict=False):
            found = rows.part(name) + start
            mask[found[found < end]] = True
        return mask

    def parts_of(self, mask: Mask) -> dict[PartName, Order]:
        """Return the rows of a mask by part, as `Marks.set` takes them."""
        ranges = zip(PARTS, self._starts, self._starts[1:], strict=False)
        return {name: np.flatnonzero(mask[start:end]) for name, start, end in ranges}

    def in_part(self, part: str) -> Mask:
        """Return which rows belong to a part of the data; to "both", all of them."""
        mask = np.full(self.n_rows, part == "both")
        if part != "both":
            number = PARTS.index(next(name for name in PARTS if name == part))
            mask[self._starts[number] : self._starts[number + 1]] = True
        return mask

    def row_id(self, row: int) -> RowId:
        """Return part and row in it of a row of the table."""
        number = int(np.searchsorted(self._starts[1:], row, side="right"))
        return PARTS[number], row - self._starts[number]

    def class_of(self, row: int, kind: Kind) -> int | None:
        """Return the true or the predicted class of a row of the data; None where there is none."""
        if kind == "target" and self._true is not None:
            return int(self._true[row])
        if kind == "predicted" and self._answers is not None and self._answers.predicted is not None:
            return int(self._answers.predicted[row])
        return None

    def picture(self, row: int) -> NDArray[np.uint8] | None:
        """Return the picture that a row of the data is, in grey or with three colours; None where it is none."""
        values = None if self._prepared is None else self._prepared.dataset.picture(self._features(row))
        if values is None:
            return None
        low, high = self._gray
        scaled = (values - low) * (255.0 / (high - low) if high > low else 0.0)
        return np.ascontiguousarray(scaled.clip(0.0, 255.0).astype(np.uint8))

    def _features(self, row: int) -> Array:
        assert self._prepared is not None
        return self._prepared.features(*self.row_id(row))

    # -- cells --------------------------------------------------------------------------------------------------

    def text(self, row: int, column: RowsColumn) -> str:
        """Return what is read in a cell of a row of the data."""
        kind, answers = column.kind, self._answers
        if kind == "row":
            part, number = self.row_id(row)
            words = {"train": self.tr("train {0}"), "validation": self.tr("val. {0}"), "test": self.tr("test {0}")}
            return filled(words[part], number + 1)
        if kind == "picture":
            return ""
        if kind == "feature":
            return self._number(float(self._features(row)[column.index]), column)
        if kind == "target" and self._true is None:
            return self._number(float(self._targets[row, column.index]), column)
        if kind != "target" and answers is None:
            return ""
        index = self.class_of(row, kind)
        if index is not None:
            return self._classes[index]
        assert answers is not None
        if kind == "sure":
            share = float(answers.shares[row]) if answers.shares is not None else np.nan
            return self.tr("{0} %").format(number_text(100.0 * share, 1))
        return number_text(float(answers.outputs[row, column.index] if kind == "predicted" else answers.losses[row]), 4)

    def _number(self, value: float, column: RowsColumn) -> str:
        """Return a number with the decimals that its column needs, so that the points stand below each other."""
        if column not in self._decimals:
            values = self.sort_key(self.columns.index(column))[:SAMPLE]
            steps = range(4)
            self._decimals[column] = next((d for d in steps if np.allclose(values, values.round(d), atol=1e-9)), 4)
        decimals = self._decimals[column]
        if value and not 10.0**-decimals / 2 <= abs(value) < 1e7:
            return number_text(value, decimals)
        return typeset(f"{value:.{decimals}f}")

    def table(self, rows: Order) -> Iterator[list[str | float | int]]:
        """Yield a header and then the exact values of some rows of the data, as files and spreadsheets take them."""
        columns = [column for column in self.columns if column.kind not in ("row", "picture")]
        yield [self.tr("part"), self.tr("row"), *(column.name for column in columns)]
        names = self._prepared.class_names if self._prepared is not None else ()
        keys = [self.sort_key(self.columns.index(column)) for column in columns]
        for row in rows.tolist():
            part, number = self.row_id(row)
            cells: list[str | float | int] = [part, number + 1]
            for column, key in zip(columns, keys, strict=True):
                index = self.class_of(row, column.kind)
                value = float(key[row]) * (100.0 if column.kind == "sure" else 1.0)
                known = self._answers is not None or column.kind in ("target", "feature")
                cells.append(names[index] if index is not None else value if known else "")
            yield cells

    # -- Qt's model ---------------------------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows shown."""
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title, and where it is, in a tooltip, its whole name."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            # WORKAROUND: under a style sheet Qt paints its own arrow over the title.
            return column.title + self._arrow if section == self._sorted_by else column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self._explained(column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        return None

    def _explained(self, column: RowsColumn) -> str:
        sort = self.tr("Click to sort by it, and again to turn the order round.")
        texts = {
            "row": self.tr("Part of the data and number in it, as the maps read it out."),
            "picture": self.tr("The features of the row, drawn as the picture that they are."),
            "sure": self.tr("How sure the network is of the class that it predicts."),
            "loss": self.tr("What this row contributes to the loss: the larger, the further off the answer."),
        }
        if column.kind == "predicted" and self._true is not None:
            what = self.tr("The class that the network takes the row for; a × says that it is another one.")
        elif column.kind == "predicted":
            what = self.tr("What the network answers.")
        else:
            what = texts.get(column.kind, shown(column.name, 200))
        return f"{what} {sort}" if column.kind in texts or column.kind == "predicted" else f"{what} – {sort}"

    def _alignment(self, column: RowsColumn) -> Qt.AlignmentFlag:
        words = column.kind in ("row", "picture") or (self._true is not None and column.kind in ("target", "predicted"))
        return Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says."""
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(int(self.order[index.row()]), column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole and column.kind in ("target", "predicted"):
            # A name may have been cut.
            return plain_tooltip(self.text(int(self.order[index.row()]), column))
        return None


def _joined(parts: Sequence[NDArray[Any] | None]) -> NDArray[Any] | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None
