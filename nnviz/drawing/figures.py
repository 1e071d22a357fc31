"""Figures for paper and disk: the loss curves and the decision boundary, crisp at any size.

They are painted from the same frames as the window's views, without a widget, so that `nnviz train` can write them on
a server.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from nnviz.core.layout import Array
from nnviz.core.numbers import filled
from nnviz.drawing.axes import NOTHING_ABOVE, Above, Axes, decade_text, paint_axes, tick_text
from nnviz.drawing.colormap import Levels, Ramp, part_colour
from nnviz.drawing.courses import DrawnCourse, course_line, paint_course_key, paint_courses
from nnviz.drawing.curve_choice import ChosenCurves, chosen_curves, is_logarithmic
from nnviz.drawing.curve_key import paint_curve_key
from nnviz.drawing.curves import carried_pen, curve_pen, draw_curve, draw_lines, faint
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.map_axes import map_axes
from nnviz.drawing.map_points import paint_point_key, paint_points
from nnviz.drawing.map_words import axis_names, bar_look, boundary_title, map_sentences
from nnviz.drawing.markers import legend_height, paint_legend, paint_star
from nnviz.drawing.plane import is_difference, paint_colour_bar, plane_image
from nnviz.drawing.prediction import Stroke, expected_line, paint_drawn
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import CurveParts, Frame, Plane
from nnviz.experiment.schema import ViewSpec

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _tr(text: str) -> str:
    return QCoreApplication.translate("figures", text)


def _loss_title(curve: str, *, r2: bool, scaled: bool, weighted: bool) -> str:
    if r2 and curve == "score":
        return _tr("R²")
    if scaled and curve == "loss":
        return _tr("Weighted loss of standardised targets") if weighted else _tr("Loss of standardised targets")
    if weighted and curve == "loss":
        return _tr("Weighted loss")
    return {"loss": _tr("Loss"), "score": _tr("Accuracy"), "learning_rate": _tr("Learning rate")}[curve]


def _x_label(name: str) -> str:
    return {"epoch": _tr("epoch"), "updates": _tr("updates"), "elapsed_s": _tr("seconds")}[name]


def paint_loss(
    painter: QPainter,
    rect: QRectF,
    frame: Frame,
    theme: Theme,
    view: ViewSpec | None = None,
    *,
    r2: bool = False,
    courses: Sequence[DrawnCourse] = (),
    expected: Stroke = (),
    on_screen: bool = False,
) -> None:
    """Paint the curves of the parts of the data, solid, dotted and dashed, with last values and the best epoch.

    Parameters
    ----------
    view : ViewSpec or None
        Which curves, over what, on which scale; None: the loss over the epochs.
    r2 : bool
        Whether the score is R² (regression) and not accuracy.
    courses : sequence of DrawnCourse
        Other runs, one line each.
    expected : sequence of (epoch, loss)
        A curve that was drawn by hand; there is room for all of it.
    on_screen : bool
        Whether it is painted many times a second.
    """
    view = view or ViewSpec()
    drawn = expected_line(expected, view)
    chosen = chosen_curves(frame.curves, view)
    title = _loss_title(view.curve, r2=r2, scaled=frame.scaled_targets, weighted=frame.weighted)
    painter.save()
    line = _begin(painter, rect, theme, title, filled(_tr("epoch {0}"), frame.epoch))
    area = rect.adjusted(4.6 * line, 2.6 * line, -1.2 * line, -2.9 * line)
    others = [course_line(course, view) for course in courses]
    end = max(_last(x) for x in (chosen.x, *(x for x, _ in others), *([drawn[:, 0]] if len(drawn) else [])))
    axes = Axes(area, (0.0, end), _curve_limits([*chosen.drawn(), drawn[:, 1], *(y for _, y in others)], view))
    y_text = decade_text if is_logarithmic(view) else tick_text
    paint_axes(painter, axes, theme, x_label=_x_label(view.curve_x), grid=True, y_text=y_text)
    painter.setClipRect(area.adjusted(-8, -8, 8, 8))
    painter.setPen(carried_pen(theme))
    for epoch in chosen.carried:
        x = axes.point(epoch, 0.0).x()
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    paint_courses(painter, courses, view, theme, axes.points)
    for values, pen in _curve_pens(chosen, theme):
        keep = np.isfinite(values)
        draw_curve(painter, axes.points(chosen.x[keep], values[keep]), pen, quickly=on_screen)
    if chosen.mark is not None:
        paint_star(painter, axes.point(*chosen.mark), 1.6 * theme.marker_size, theme, chosen.watched)
    paint_drawn(painter, [_polygon(axes.points(*drawn.T))], theme, among_curves=True)
    painter.setClipping(False)
    seen = [axes.points(x, y) for x, y in ((*((chosen.x, each) for each in chosen.drawn()), *others))]
    y = paint_curve_key(painter, area, chosen, seen, theme, line, view, len(courses))
    key = QRectF(area.right() - 12.0 * line, y, 11.6 * line, area.bottom() - y)
    paint_course_key(painter, courses, key, line, theme)
    painter.restore()


def _last(x: Array) -> float:
    return float(x[-1]) if len(x) and x[-1] > 0.0 else 1.0


def _curve_limits(drawn: Sequence[Array], view: ViewSpec) -> tuple[float, float]:
    values = np.concatenate([part[np.isfinite(part)] for part in drawn])
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    if not is_logarithmic(view) and view.curve != "score":
        low = min(low, 0.0)
    margin = 0.04 * (high - low) or 0.5 * abs(high) or 0.5
    return low if low == 0.0 else low - margin, high + margin


def _curve_pens(chosen: ChosenCurves, theme: Theme) -> list[tuple[Array, QPen]]:
    """Return what is drawn with which pen, faint raw curves first."""
    pens = []
    for role in PARTS:
        raw = chosen.raw_of(role)
        if raw is not None:
            pens.append((raw, QPen(faint(theme, role), 0.7 * theme.line_width)))
    for role in PARTS:
        pen = curve_pen(theme, role)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pens.append((chosen.curve_of(role), pen))
    return [(values, pen) for values, pen in pens if np.isfinite(values).any()]


def paint_boundary(
    painter: QPainter,
    rect: QRectF,
    frame: Frame,
    points: Prepared,
    theme: Theme,
    view: ViewSpec | None = None,
    *,
    on_screen: bool = False,
    above: Above = (),
) -> Axes:
    """Paint the network's answers under the data: train filled, test hollow, validation dotted, wrong ones crossed.

    Parameters
    ----------
    painter : QPainter
    rect : QRectF
    frame : Frame
        Has to carry a plane.
    points : Prepared
        Train and test rows, class and feature names.
    theme : Theme
    view : ViewSpec or None
        Which points are shown and how; None: all of them on a smooth map.
    on_screen : bool
        Whether it is painted many times a second, and points are drawn from pictures and not from lines.
    above : two callables ``(painter, axes, theme)``, or nothing
        Paint what lies below and above the points.

    Returns
    -------
    Axes
        Where the map is.

    Raises
    ------
    ValueError
        Where the frame carries no plane.
    """
    if (plane := frame.plane) is None:
        raise ValueError("The frame carries no plane: ask for one with Needs(planes={'': PlaneRequest()}).")
    view = view or ViewSpec()
    painter.save()
    line = _begin(painter, rect, theme, boundary_title(plane, points, view), "")
    paint_point_key(painter, rect, points, theme, line)
    is_curve = plane.values.shape[0] == 1
    has_bar = is_difference(plane) or (not points.class_names and not is_curve)
    below = _paint_note(painter, rect, map_sentences(frame, plane, points, view), line)
    # On a wall nothing may cover the points; a figure on paper has its legend within.
    foot = rect.adjusted(3.8 * line, 0.0, -line, 0.1 * line - below)
    below += _legend_room(painter, rect, foot, points, line) if on_screen and points.class_names else 0.0
    area = rect.adjusted(4.6 * line, 2.6 * line, -(6.0 if has_bar else 1.2) * line, -2.9 * line - below)
    axes = map_axes(area, frame, plane, points, is_cropped=on_screen and view.x_range is view.y_range is None)
    _paint_answers(painter, axes, frame, points, theme, view, on_screen, above)
    if points.class_names:
        paint_legend(painter, foot if on_screen else axes.area, points.class_names, theme, points.dataset.class_counts)
    if has_bar:
        _paint_bar(painter, axes.area, line, bar_look(frame, plane, points, theme, view), theme)
    painter.restore()
    return axes


def _legend_room(painter: QPainter, rect: QRectF, foot: QRectF, points: Prepared, line: float) -> float:
    """Return what the names of the classes take from the height of the map: of very many, not more than its half."""
    metrics, counts = QFontMetricsF(painter.font()), points.dataset.class_counts
    high = legend_height(metrics, foot.width(), points.class_names, counts) - 0.05 * line
    return min(high, max(1.8 * line, 0.5 * rect.height() - 5.5 * line))


def _paint_bar(painter: QPainter, area: QRectF, line: float, look: tuple[Levels, Ramp], theme: Theme) -> None:
    bar = QRectF(area.right() + line, area.top() + 2.0 * line, 0.9 * line, area.height() - 4.0 * line)
    paint_colour_bar(painter, bar, *look, theme)


def _paint_answers(
    painter: QPainter,
    axes: Axes,
    frame: Frame,
    points: Prepared,
    theme: Theme,
    view: ViewSpec,
    on_screen: bool,
    above: Above,
) -> None:
    """Paint map or curves with their axes, and the points on them."""
    plane = frame.plane
    if plane is None:
        return
    is_curve = plane.values.shape[0] == 1
    if is_curve:
        _paint_curves(painter, axes, frame, points, theme)
    else:
        _paint_map(painter, axes, frame, plane, points, theme, view)
    below_points, above_points = above or NOTHING_ABOVE
    painter.setClipRect(axes.area)
    below_points(painter, axes, theme)
    painter.setClipping(False)
    x_label, y_label = axis_names(points, plane.axes, plane.hold)
    y_label = _y_label(points) if is_curve else y_label
    paint_axes(painter, axes, theme, x_label=x_label, y_label=y_label, grid=view.grid)
    painter.setClipRect(axes.area)
    paint_points(painter, axes, frame, points, theme, view, on_screen)
    above_points(painter, axes, theme)
    painter.setClipping(False)


def _paint_map(
    painter: QPainter, axes: Axes, frame: Frame, plane: Plane, points: Prepared, theme: Theme, view: ViewSpec
) -> None:
    """Fill `axes` with the colours of the answers, and draw the boundary over them where it was asked for."""
    image = plane_image(
        plane, points.train, theme, discretise=view.discretise, frame=frame, shown_class=view.shown_class
    )
    whole = QRectF(axes.point(plane.x_range[0], plane.y_range[1]), axes.point(plane.x_range[1], plane.y_range[0]))
    painter.setClipRect(axes.area)
    painter.drawImage(whole, image.flipped(Qt.Orientation.Vertical))
    if plane.contour is not None:
        painter.setPen(QPen(theme.colour("text"), theme.line_width))
        first, last = axes.points(*plane.contour[:, :2].T), axes.points(*plane.contour[:, 2:].T)
        draw_lines(painter, np.hstack([first, last]))
    painter.setClipping(False)


def _begin(painter: QPainter, rect: QRectF, theme: Theme, title: str, note: str) -> float:
    """Write title and note above a figure; return the height of a line of its text."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setFont(ui_font(theme.font_size + 1.0, bold=True))
    bold = QFontMetricsF(painter.font()).height()
    heading = QRectF(rect.left() + bold, rect.top() + 0.5 * bold, rect.width() - 2.0 * bold, bold)
    painter.setPen(theme.colour("text"))
    painter.drawText(heading, _LEFT, title)
    painter.setFont(ui_font(theme.font_size))
    painter.setPen(theme.colour("quiet"))
    painter.drawText(heading, _RIGHT, note)
    return QFontMetricsF(QFont(painter.font())).height()


def _paint_note(painter: QPainter, rect: QRectF, text: str, line: float) -> float:
    """Write a sentence at the bottom of a figure, over as many lines as it takes; return the height of it."""
    if not text:
        return 0.0
    room = QRectF(rect.left() + line, rect.top(), rect.width() - 2.0 * line, rect.height() - 0.5 * line)
    flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    height = painter.boundingRect(room, flags, text).height()
    painter.drawText(room, flags, text)
    return height + 0.5 * line


def _y_label(points: Prepared) -> str:
    return _tr("class") if points.class_names else points.dataset.target_names[0]


def _paint_curves(painter: QPainter, axes: Axes, frame: Frame, points: Prepared, theme: Theme) -> None:
    """Draw every output of a network with one feature as a curve, in the colour of its class."""
    plane = frame.plane
    if plane is None:
        return
    outputs = plane.values[0]
    step = (plane.x_range[1] - plane.x_range[0]) / len(outputs)
    x = plane.x_range[0] + (np.arange(len(outputs)) + 0.5) * step
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if plane.parts is not None:
        _paint_parts(painter, axes, plane.parts, x, theme)
    drawn = [(plane.values[0], Qt.PenStyle.SolidLine)]
    if plane.other is not None:
        drawn.insert(0, (plane.other[0], Qt.PenStyle.DashLine))
    for curves, style in drawn:
        for index in range(outputs.shape[1]):
            of_class = outputs.shape[1] > 1 and points.class_names
            colour = theme.class_colour(index) if of_class else theme.colour("positive")
            painter.setPen(QPen(colour, 1.6 * theme.line_width, style))
            painter.drawPolyline(_polygon(axes.points(x, curves[:, index])))


def _paint_parts(painter: QPainter, axes: Axes, parts: CurveParts, x: NDArray[np.floating], theme: Theme) -> None:
    """Draw what each hidden unit adds to a curve as a thin line, and the bias as a dashed one."""
    pen = QPen(theme.colour("quiet"), theme.line_width, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawPolyline(_polygon(axes.points(x[[0, -1]], np.full(2, parts.bias))))
    strongest = max(float(np.abs(parts.weights).max(initial=0.0)), 1e-12)
    for weight, values in zip(parts.weights.tolist(), parts.values, strict=True):
        painter.setPen(QPen(part_colour(theme, weight, abs(weight) / strongest), theme.line_width))
        painter.drawPolyline(_polygon(axes.points(x, values.astype(np.float64))))


def _polygon(points: Array) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
