"""The folder of compiled kernels: what other versions left there goes once nobody uses it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from nnviz.core.kernels.cache import KEPT_DAYS, forget_unused


def test_kernels_that_nobody_uses_are_removed(tmp_path: Path) -> None:
    old, recent, used = (tmp_path / f"kernels-{name}" for name in ("old", "recent", "used"))
    beside = tmp_path / "something-else"
    ages_days = {old: KEPT_DAYS + 1, recent: KEPT_DAYS - 1, used: KEPT_DAYS + 1, beside: KEPT_DAYS + 1}
    for folder, days in ages_days.items():
        folder.mkdir()
        (folder / "kernel.nbc").write_bytes(b"code")
        then = time.time() - 86_400.0 * days
        os.utime(folder, (then, then))
    forget_unused(tmp_path, "kernels-used")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-recent", "kernels-used", "something-else"]
    assert time.time() - used.stat().st_mtime < 60.0


def test_a_folder_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    forget_unused(tmp_path / "missing", "kernels-used")
