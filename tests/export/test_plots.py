"""Figures as files: size, sharpness, SVG that Qt reads, tables with every number."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from nnviz.core.errors import ExperimentError
from nnviz.core.masks import Mask
from nnviz.drawing.theme import DARK, LIGHT
from nnviz.experiment import FrameBuilder, Needs, PlaneRequest, prepare
from nnviz.experiment.document import Experiment
from nnviz.experiment.mask_spec import MaskSpec
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec, ViewSpec
from nnviz.export.plots import (
    Figure,
    boundary_figure,
    figure_image,
    loss_figure,
    network_figure,
    save_pdf,
    save_png,
    save_svg,
)

VIEWS = {
    "plain": ViewSpec(),
    "everything": ViewSpec(
        discretise=True, contour=True, grid=True, wrong_only=True, log_loss=True, smoothing=0.9, curve_x="elapsed_s"
    ),
    "scores": ViewSpec(show_test=False, curve="score", curve_x="updates"),
    "rates": ViewSpec(curve="learning_rate", log_loss=True),
}


def figures(
    data: str = "moons", view: ViewSpec | None = None, theme=LIGHT, masks: tuple[Mask, ...] = ()
) -> dict[str, Figure]:
    prepared = prepare(
        Experiment(
            data=DataSpec(name=data, parameters={"n_samples": 60}),
            network=NetworkSpec(hidden=(LayerSpec(units=3),), masks=tuple(MaskSpec.of(mask) for mask in masks)),
            training=TrainingSpec(engine="numpy"),
        )
    )
    trainer = prepared.trainer()
    trainer.run(20)
    frame = FrameBuilder(prepared).build(
        trainer.moment(), Needs(planes={"": PlaneRequest(contour=True)}), status="paused"
    )
    made = (
        boundary_figure(frame, prepared, theme, view, (400, 300)),
        loss_figure(frame, theme, trainer.history.to_csv, view, r2=prepared.task == "regression", size=(400, 300)),
        network_figure(frame, prepared, theme, (600, 400)),
    )
    return {figure.name: figure for figure in made}


def table(figure: Figure, path: Path) -> list[list[str]]:
    figure.write_table(path)
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("data", ["moons", "multi_gaussian", "sine", "plane"])
def test_every_figure_can_be_painted_in_every_view(qapp: object, data: str, view: ViewSpec) -> None:
    for figure in figures(data, view, DARK).values():
        image = figure_image(figure)
        assert image.pixelColor(0, 0).name() == DARK.canvas
        colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
        assert len(colours) > 5


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_a_png_has_the_pixels_asked_for(qapp: object, tmp_path: Path, scale: int) -> None:
    path = tmp_path / "loss.png"
    save_png(figures()["loss"], path, scale)
    assert QImage(str(path)).size().toTuple() == (400 * scale, 300 * scale)


def _colours(image: QImage) -> NDArray[np.int64]:
    rows = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
    return rows.reshape(image.height(), image.width(), 4)[:, :, :3].astype(np.int64)


@pytest.mark.parametrize("name", ["boundary", "loss", "network"])
def test_an_svg_keeps_its_text_and_is_what_qt_reads(qapp: object, tmp_path: Path, name: str) -> None:
    path = tmp_path / "figure.svg"
    figure = figures()[name]
    save_svg(figure, path)
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    assert renderer.viewBox().size().toTuple() == figure.size
    assert "<text" in path.read_text(encoding="utf-8")
    # What is a picture in it is the one of its place, not a whole sheet of them.
    drawn = QImage(*figure.size, QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    renderer.render(painter)
    painter.end()
    both = [_colours(image) for image in (drawn, figure_image(figure, 1))]
    differs = np.abs(np.subtract(*both)).max(axis=2) > 60
    assert np.mean(differs) < (0.02 if name == "boundary" else 0.008)


@pytest.mark.parametrize("name", ["boundary", "loss", "network"])
def test_a_pdf_is_one_page_as_large_as_the_figure(qapp: object, tmp_path: Path, name: str) -> None:
    path, figure = tmp_path / "figure.pdf", figures()[name]
    save_pdf(figure, path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    (box,) = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", content)
    dots = QGuiApplication.primaryScreen().logicalDotsPerInch()
    assert [float(side) * dots / 72.0 for side in box] == pytest.approx(figure.size, abs=1.5)
    # Fonts are in it: text has stayed text.
    assert b"/Font" in content


MASKS = {
    "frozen": Mask("frozen", 1, unit=0),
    "muted": Mask("muted", 1, unit=1),
    "cut": Mask("cut", 1, unit=2, source=0),
    "pinned": Mask("pinned", 2, unit=0, source=2, value=0.5),
}


@pytest.mark.parametrize("kind", MASKS)
def test_what_a_mask_does_is_seen_in_every_kind_of_file(qapp: object, tmp_path: Path, kind: str) -> None:
    plain, masked = figures()["network"], figures(masks=(MASKS[kind],))["network"]
    shapes = []
    for number, figure in enumerate((plain, masked)):
        for write, ending in ((save_svg, "svg"), (save_pdf, "pdf"), (save_png, "png")):
            write(figure, tmp_path / f"{number}.{ending}")
        drawing = ET.parse(tmp_path / f"{number}.svg")
        shapes.append(Counter(element.tag.rpartition("}")[2] for element in drawing.iter()))
    # Marks are shapes of their own: a flake in a disc, a bar on a veil, a dashed edge with a gap, a pin with its head.
    marks = {"frozen": "circle", "muted": "polyline", "cut": "circle", "pinned": "circle"}
    assert shapes[1].total() > shapes[0].total() + 1
    assert shapes[1][marks[kind]] > shapes[0][marks[kind]]
    if kind == "cut":
        assert "stroke-dasharray" in (tmp_path / "1.svg").read_text(encoding="utf-8")
        assert "stroke-dasharray" not in (tmp_path / "0.svg").read_text(encoding="utf-8")
    assert (tmp_path / "0.pdf").read_bytes() != (tmp_path / "1.pdf").read_bytes()
    before, after = (QImage(str(tmp_path / f"{number}.png")) for number in (0, 1))
    places = [(x, y) for x in range(0, 600, 2) for y in range(0, 400, 2)]
    assert sum(before.pixel(*place) != after.pixel(*place) for place in places) > 15


def test_tables_hold_every_number(qapp: object, tmp_path: Path) -> None:
    made = figures()
    points = table(made["boundary"], tmp_path / "points.csv")
    assert points[0] == ["part", "x1", "x2", "class", "correct"]
    assert len(points) == 61
    assert {row[4] for row in points[1:]} <= {"0", "1"}
    weights = table(made["network"], tmp_path / "weights.csv")
    assert len(weights) == 1 + (2 + 1) * 3 + (3 + 1)
    assert np.isfinite([float(row[3]) for row in weights[1:]]).all()
    assert len(table(made["loss"], tmp_path / "loss.csv")) == 22


def test_a_place_that_cannot_be_written_is_named(qapp: object, tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match="cannot be written"):
        save_svg(figures()["loss"], tmp_path / "nowhere" / "loss.svg")
