"""Worksheets as files."""

import pytest

import nnviz
from nnviz.core.errors import ExperimentError
from nnviz.core.explain.worksheet import BlankChoice
from nnviz.export.worksheets import save_worksheet


def test_two_files_with_a_page_or_more_for_each_variant(qapp, tmp_path):
    net = nnviz.Network([2, 3, 1], "tanh", seed=0)
    worked = [nnviz.worked_example(net, [0.5, k], [1.0], digits=2) for k in (1.0, 2.0)]
    sheet, key = save_worksheet(tmp_path / "week 3.pdf", worked, BlankChoice("every", 2))
    assert (sheet.name, key.name) == ("week 3.pdf", "week 3 key.pdf")
    for path in (sheet, key):
        content = path.read_bytes()
        assert content.startswith(b"%PDF")
        assert content.count(b"/Type /Page\n") >= 2


def test_a_folder_that_is_not_there(qapp, tmp_path):
    worked = nnviz.worked_example(nnviz.Network([1, 1], seed=0), [1.0], [1.0])
    with pytest.raises(ExperimentError, match="cannot be written"):
        save_worksheet(tmp_path / "none" / "a.pdf", [worked], BlankChoice())
