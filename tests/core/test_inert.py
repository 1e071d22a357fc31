"""What is shown to strangers names nobody."""

from __future__ import annotations

from pathlib import Path

from nnviz.core.inert import without_home


def test_a_home_folder_is_named_only_where_there_is_one() -> None:
    assert without_home("/home/ada/x and /home/ada/y", Path("/home/ada")) == "~/x and ~/y"
    assert without_home("/x", Path("/")) == "/x"
