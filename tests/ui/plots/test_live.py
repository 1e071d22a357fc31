"""Plots that paint only what has changed."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.ui.plots.crosses_item import CrossesItem
from nnviz.ui.plots.curve_item import CurveItem
from nnviz.ui.plots.plot import ImageOnPlane, Plot
from nnviz.ui.widgets.grabbing import grab_now
from nnviz.ui.window.main_window import MainWindow


def told() -> None:
    """Let the scene tell what has changed."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)


def painted(plot: Plot) -> np.ndarray:
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., :3].astype(int)


def settle(plot: Plot) -> None:
    for _ in range(4):
        told()
        painted(plot)


def test_live_items_are_painted_alone_and_look_as_in_the_scene(qtbot: QtBot) -> None:
    plot = Plot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.set_theme(LIGHT, grid=True)
    plot.name_axes("across", "up")
    plot.plotItem.getViewBox().setRange(xRange=(0.0, 10.0), yRange=(0.0, 1.0), padding=0)
    picture, curve = ImageOnPlane(), CurveItem()
    points = pg.ScatterPlotItem([2.0, 8.0], [0.2, 0.7])
    points.setZValue(10)
    for item in (picture, curve, points):
        plot.addItem(item, ignoreBounds=True)
    curve.set_line(LIGHT.colour("train"), 2.0)
    colours = QImage(2, 2, QImage.Format.Format_RGB32)
    colours.fill(0xFF88AACC)
    picture.show_image(colours, QRectF(1.0, 0.1, 6.0, 0.6))
    x = np.linspace(0.0, 8.0, 50)
    curve.set_data(x, 0.5 + 0.4 * np.sin(x))
    plot.show()
    settle(plot)
    assert plot.keeps_picture
    before = painted(plot)

    curve.set_data(x, 0.5 + 0.4 * np.cos(x))
    told()
    assert plot.keeps_picture
    alone = painted(plot)
    assert np.abs(alone - before).max() > 50

    # Where nobody takes a picture at once, another thread paints it, and what it paints is the same.
    for _ in range(4):
        QCoreApplication.processEvents()
        painted(plot)
    assert plot.keeps_picture
    curve.set_data(x, 0.5 + 0.4 * np.sin(x))
    curve.set_data(x, 0.5 + 0.4 * np.cos(x))
    with qtbot.waitSignal(plot._side.painted):
        pass
    assert plot.keeps_picture
    assert np.array_equal(painted(plot), alone)
    curve.set_data(x, 0.5 + 0.4 * np.sin(x))
    assert np.array_equal(painted(plot), before), "who takes a picture at once gets the newest"
    curve.set_data(x, 0.5 + 0.4 * np.cos(x))

    points.setData([2.0, 8.0], [0.2, 0.7])
    told()
    assert not plot.keeps_picture
    whole = painted(plot)
    # Blending in another order rounds otherwise.
    assert (np.abs(alone - whole).max(axis=2) > 8).sum() < 20


def test_live_items_above_all_others_are_painted_alone_and_between_them_with_the_scene(qtbot: QtBot) -> None:
    plot = Plot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.set_theme(LIGHT)
    crosses, points = CrossesItem(), pg.ScatterPlotItem([2.0, 8.0], [0.2, 0.7], size=20)
    crosses.set_reach((0.0, 0.0), (10.0, 1.0))
    for item in (crosses, points):
        plot.addItem(item, ignoreBounds=True)
    plot.plotItem.getViewBox().setRange(xRange=(0.0, 10.0), yRange=(0.0, 1.0), padding=0)
    plot.show()
    settle(plot)
    assert plot.keeps_picture
    bare = painted(plot)
    crosses.show_crosses(np.array([[2.0, 0.2]]), np.zeros(1, dtype=np.int64), [LIGHT.colour("text")], 8.0)
    told()
    assert plot.keeps_picture, "other crosses are no matter of the scene"
    above = painted(plot)
    assert 20 < (np.abs(above - bare).max(axis=2) > 60).sum() < 64, "one cross of eight pixels"
    over = pg.InfiniteLine(5.0)
    over.setZValue(crosses.zValue() + 1.0)
    plot.addItem(over)
    settle(plot)
    assert not plot.keeps_picture
    over.setOpacity(0.0)
    settle(plot)
    assert (np.abs(painted(plot) - above).max(axis=2) > 8).sum() < 20, "the scene paints the same cross"


def test_the_picture_that_is_kept_has_the_axes_of_now(qtbot: QtBot) -> None:
    plot = Plot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.set_theme(LIGHT)
    plot.addItem(CurveItem(), ignoreBounds=True)
    plot.plotItem.getViewBox().setRange(xRange=(0.0, 1.0), yRange=(0.0, 1.0), padding=0)
    plot.show()
    settle(plot)
    assert plot.keeps_picture
    short = painted(plot)
    plot.plotItem.getViewBox().setRange(xRange=(0.0, 150.0), yRange=(0.0, 1.0), padding=0)
    told()
    whole = painted(plot)
    settle(plot)
    assert plot.keeps_picture
    kept = painted(plot)
    assert (np.abs(short - kept).max(axis=2) > 60).sum() > 50, "other labels"
    assert (np.abs(whole - kept).max(axis=2) > 60).sum() < 20


def test_a_picture_taken_at_once_shows_what_the_scene_has_not_told_yet(qtbot: QtBot) -> None:
    plot = Plot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.set_theme(LIGHT)
    points = pg.ScatterPlotItem([2.0, 8.0], [0.2, 0.7], size=20)
    for item in (CurveItem(), points):
        plot.addItem(item, ignoreBounds=True)
    plot.plotItem.getViewBox().setRange(xRange=(0.0, 10.0), yRange=(0.0, 1.0), padding=0)
    plot.show()
    settle(plot)
    assert plot.keeps_picture

    def now(widget: QWidget) -> np.ndarray:
        image = grab_now(widget).toImage().convertToFormat(QImage.Format.Format_RGB32)
        return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., :3].astype(int)

    before = now(plot)
    points.hide()
    assert (np.abs(now(plot) - before).max(axis=2) > 60).sum() > 300, "without two spots"
    points.setPos(-1.0, 0.0)
    points.show()
    assert (np.abs(now(plot) - before).max(axis=2) > 60).sum() > 300, "in other places"
    points.setPos(0.0, 0.0)
    # The same as a part of a window.
    window = QWidget()
    qtbot.addWidget(window)
    plot.setParent(window)
    plot.show()
    window.resize(plot.size())
    window.show()
    settle(plot)
    whole = now(window)
    points.hide()
    assert (np.abs(now(window) - whole).max(axis=2) > 60).sum() > 300
    points.show()
    assert np.array_equal(now(window), whole)


def test_no_plot_keeps_an_index_of_items_that_say_too_late_where_they_are(window: MainWindow) -> None:
    window.docks["worked"].open()
    window.docks["weight"].open()
    window.docks["answers"].open()
    views = window.findChildren(QGraphicsView)
    assert len(views) >= 3
    assert {view.scene().itemIndexMethod() for view in views} == {QGraphicsScene.ItemIndexMethod.NoIndex}
