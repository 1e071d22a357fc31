"""The pictures of the window as files: PNG at one to four times their size, SVG, PDF, the clipboard, and their data.

Every figure is painted anew by the pure painters of `nnviz.drawing`, so that it is sharp at any size; what the window
happens to show around it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QFont, QGuiApplication, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from nnviz.core.csv_files import write_csv
from nnviz.core.storage import PathLike
from nnviz.drawing.axes import Above
from nnviz.drawing.courses import DrawnCourse
from nnviz.drawing.diagram import layout_diagram, paint_diagram
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.figures import paint_boundary, paint_loss
from nnviz.drawing.prediction import Stroke
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.schema import ViewSpec
from nnviz.export.whole_files import write_whole

_DOTS_PER_INCH, _POINTS_PER_INCH = 96, 72.0

Paint = Callable[[QPainter, QRectF], object]


class Figure(Struct, frozen=True):
    """One picture, ready to be painted at any size, and the numbers in it.

    Attributes
    ----------
    name : str
        What a file is called if nobody says otherwise, without ending.
    size : (int, int)
        Width and height in device-independent pixels.
    paint : callable ``(painter, rect)``
    theme : Theme
        Of the background and the font.
    write_table : callable ``(path)``
        Writes the numbers as CSV; raises `ExperimentError` where that cannot be.
    """

    name: str
    size: tuple[int, int]
    paint: Paint
    theme: Theme
    write_table: Callable[[PathLike], object]


def figure_image(figure: Figure, scale: float = 1.0) -> QImage:
    """Return the picture with `scale` pixels per device-independent one."""
    width, height = figure.size
    image = QImage(round(width * scale), round(height * scale), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    with QPainter(image) as painter:
        _paint(painter, figure)
    return image


def save_png(figure: Figure, path: PathLike, scale: float = 1.0) -> None:
    """Write a PNG file, atomically.

    Raises
    ------
    ExperimentError
        Where it cannot be written.
    """
    image = figure_image(figure, scale)
    write_whole(path, lambda device: QImageWriter(device, QByteArray(b"PNG")).write(image))


def save_svg(figure: Figure, path: PathLike) -> None:
    """Write an SVG file, atomically: lines and text stay lines and text, maps are embedded pictures.

    Raises
    ------
    ExperimentError
        Where it cannot be written.
    """
    write_whole(path, partial(_draw_svg, figure))


def _draw_svg(figure: Figure, device: QIODevice) -> None:
    # WORKAROUND: pyqtgraph 0.14's SVGExporter fails on Qt ≥ 6.11, https://github.com/pyqtgraph/pyqtgraph/pull/3458
    generator = QSvgGenerator()
    generator.setOutputDevice(device)
    generator.setResolution(_resolution())
    generator.setSize(QSize(*figure.size))
    generator.setViewBox(QRectF(0.0, 0.0, *figure.size))
    generator.setTitle(figure.name)
    with QPainter(generator) as painter:
        _paint(painter, figure)


def save_pdf(figure: Figure, path: PathLike) -> None:
    """Write a PDF file of one page as large as the figure, atomically: lines and text stay lines and text.

    Raises
    ------
    ExperimentError
        Where it cannot be written.
    """
    write_whole(path, partial(_draw_pdf, figure))


def _draw_pdf(figure: Figure, device: QIODevice) -> None:
    # It writes the end of the file as it goes, when this returns.
    writer = QPdfWriter(device)
    writer.setResolution(_resolution())
    width, height = (_POINTS_PER_INCH * side / _resolution() for side in figure.size)
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(QSizeF(width, height), QPageSize.Unit.Point, figure.name, exact))
    writer.setPageMargins(QMarginsF(0.0, 0.0, 0.0, 0.0))
    writer.setTitle(figure.name)
    with QPainter(writer) as painter:
        _paint(painter, figure)


def _resolution() -> int:
    """Return the dots per inch that fonts are measured by on the screen, so that text is as large in the file."""
    screen = QGuiApplication.primaryScreen()
    return round(screen.logicalDotsPerInch()) if screen is not None else _DOTS_PER_INCH


def _paint(painter: QPainter, figure: Figure) -> None:
    rect = QRectF(0.0, 0.0, *figure.size)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(rect, figure.theme.colour("canvas"))
    font = QFont(painter.font())
    font.setPointSizeF(figure.theme.font_size)
    painter.setFont(font)
    figure.paint(painter, rect)


def boundary_figure(
    frame: Frame,
    prepared: Prepared,
    theme: Theme,
    view: ViewSpec | None = None,
    size: tuple[int, int] = (900, 700),
    above: Above = (),
) -> Figure:
    """Return the map of `frame`, which has to carry a plane, with the points; its table is the points.

    `above` as of `nnviz.drawing.figures.paint_boundary`.
    """

    def write_table(path: PathLike) -> None:
        header, rows = _points_table(frame, prepared)
        write_csv(path, [header, *rows])

    return Figure(
        "boundary",
        size,
        lambda painter, rect: paint_boundary(painter, rect, frame, prepared, theme, view, above=above),
        theme,
        write_table,
    )


def loss_figure(
    frame: Frame,
    theme: Theme,
    write_table: Callable[[PathLike], object],
    view: ViewSpec | None = None,
    expected: Stroke = (),
    *,
    r2: bool = False,
    size: tuple[int, int] = (900, 700),
    courses: Sequence[DrawnCourse] = (),
) -> Figure:
    """Return the curves of `frame` and of other runs.

    `write_table` knows the whole history, of which the frame has a thinned one.
    """
    return Figure(
        "loss",
        size,
        lambda painter, rect: paint_loss(painter, rect, frame, theme, view, r2=r2, courses=courses, expected=expected),
        theme,
        write_table,
    )


def network_figure(frame: Frame, prepared: Prepared, theme: Theme, size: tuple[int, int] = (1300, 860)) -> Figure:
    """Return the network diagram without its controls; its table is every weight and bias."""

    def paint(painter: QPainter, rect: QRectF) -> None:
        shape = diagram_shape(frame, prepared, editable=False)
        paint_diagram(painter, layout_diagram(rect.width(), rect.height(), shape, theme), frame, theme)

    def write_table(path: PathLike) -> None:
        write_csv(path, [("layer", "from unit", "to unit", "weight"), *_weights(frame)])

    return Figure("network", size, paint, theme, write_table)


def _points_table(frame: Frame, prepared: Prepared) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    """Return header and rows: which part, the raw features, the class or the targets, and whether it is right."""
    data = prepared.dataset
    is_classification = prepared.task == "classification"
    answers = ("class",) if is_classification else tuple(data.target_names)
    header = ("part", *data.feature_names, *answers, *(("correct",) if is_classification else ()))
    rows: list[Sequence[object]] = []
    for name in PARTS:
        part, correct = prepared.part(name), frame.correct_of(name)
        X = part.X
        for k in range(part.n_samples):
            if is_classification:
                known = correct is not None and len(correct) == part.n_samples
                truth: Sequence[object] = (
                    data.class_names[part.class_index[k]],
                    int(correct[k]) if known and correct is not None else "",
                )
            else:
                truth = part.y[k].tolist()
            rows.append((name, *X[k].tolist(), *truth))
    return header, rows


def _weights(frame: Frame) -> Iterable[Sequence[object]]:
    """Yield (layer, from, to, value), counted from 1; a bias, where there are any, comes from "bias"."""
    weights, biases = frame.layout.weights(frame.parameters), frame.layout.biases(frame.parameters)
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        for unit in range(len(b)):
            if frame.has_biases:
                yield layer, "bias", unit + 1, float(b[unit])
            for source in range(W.shape[1]):
                yield layer, source + 1, unit + 1, float(W[unit, source])
