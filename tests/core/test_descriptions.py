"""What objects say of themselves in a terminal and in a notebook."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import nnviz
from nnviz.core.description import Description, curve_svg, html

DATA = nnviz.load_dataset("moons", n_samples=60, seed=0)
TRAIN, TEST = DATA.split(0.3, seed=0)


def trained(**settings):
    network = nnviz.Network([2, 3, 1], "relu", seed=0)
    trainer = nnviz.Trainer(network, TRAIN.X, TRAIN.y, TEST.X, TEST.y, engine="numpy", **settings)
    trainer.run(12)
    return trainer


TRAINER = trained(optimizer="adam", l2=0.01, class_weights="balanced")
THINGS = {
    "network": (TRAINER.network, "Network 2-3-1: relu, sigmoid; 13 parameters"),
    "trainer": (TRAINER, r"Trainer of 2-3-1 at epoch 12: training loss \S+, test loss \S+, training accuracy"),
    "history": (TRAINER.history, r"History of 12 epochs: training loss 0\.\d+, test loss 0\.\d+, training accuracy"),
    "checkpoint": (TRAINER.checkpoint(), "Checkpoint of 2-3-1 at epoch 12: training loss"),
    "dataset": (DATA, "Dataset 'moons': 60 samples, 2 features, 2 classes"),
    "experiment": (nnviz.Experiment(), "Experiment 'untitled': spiral; hidden layers 8-8; adam, 300 epochs"),
    "empty history": (nnviz.History("regression"), "History of 0 epochs"),
}


def page(thing):
    """Return the elements of a notebook's piece of page, which is well-formed."""
    return ET.fromstring(thing._repr_html_().replace("xmlns=", "data-ns="))


@pytest.mark.parametrize("name", THINGS)
def test_a_line_says_what_matters(name):
    thing, line = THINGS[name]
    assert re.match(f"<{line}", repr(thing))
    assert repr(thing).endswith(">")
    assert "\n" not in repr(thing)
    assert str(thing) == repr(thing)


@pytest.mark.parametrize("name", THINGS)
def test_a_notebook_shows_a_table_without_anything_that_runs(name):
    found = page(THINGS[name][0])
    allowed = {"div", "strong", "table", "tr", "td", "svg", "rect", "polyline", "g", "text"}
    assert {element.tag for element in found.iter()} <= allowed
    assert not [key for element in found.iter() for key in element.attrib if key.startswith("on") or "href" in key]


@pytest.mark.parametrize("name", ["trainer", "history", "checkpoint"])
def test_a_run_shows_settings_last_figures_and_both_curves(name):
    found = page(THINGS[name][0])
    cells = [cell.text for cell in found.iter("td")]
    curves = list(found.iter("polyline"))
    assert len(curves) == 2
    assert len({curve.get("stroke-dasharray") for curve in curves}) == 2, "told apart without colours"
    assert all(len(curve.get("points").split()) == 13 for curve in curves)
    assert "Test loss" in cells
    if name != "history":
        assert {"Adam", "L2 penalty 0.01", "balanced", "0.03"} <= set(cells)
    label = found.find("svg").get("aria-label")
    assert "Training loss (solid), Test loss (dashed)" in label


def test_a_stop_is_told():
    trainer = trained(target_loss=100.0)
    assert trainer.stop_reason in [cell.text for cell in page(trainer).iter("td")]


def test_text_of_others_is_inert():
    evil = "<script>alert(1)</script>\n" + "x" * 500
    data = nnviz.Dataset.of([[1], [2]], ["<b>", "&"], feature_names=[evil], title=evil, notes=(evil,))
    page(data)
    assert "<script" not in data._repr_html_()
    assert "<b>" not in data._repr_html_()
    assert len(data._repr_html_()) < 2000
    page(nnviz.Experiment(title=evil, notes=evil))
    assert "<script" not in nnviz.Experiment(title=evil)._repr_html_()


def test_curves_of_nothing_and_of_one_value_are_drawn():
    x = np.arange(3.0)
    assert curve_svg({}) == ""
    assert curve_svg({"a": (x[:1], x[:1])}) == ""
    assert curve_svg({"a": (x, np.full(3, np.nan))}) == ""
    assert "nan" not in curve_svg({"a": (x, np.ones(3)), "b": (x, np.array([np.nan, np.inf, 1.0]))})
    assert html(Description("line", "title")) == "<div><strong>title</strong></div>"
