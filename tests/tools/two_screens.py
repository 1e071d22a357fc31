"""Makes Qt's offscreen platform one of two screens side by side; import it before an application is made."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

SIZE = (1280, 720)

_LOOK = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
_SCREENS = [{"name": str(x), "x": x, "y": 0, "width": SIZE[0], "height": SIZE[1], **_LOOK} for x in (0, SIZE[0])]
_FILE = Path(tempfile.mkdtemp(prefix="nnviz-screens-")) / "screens.json"
_FILE.write_text(json.dumps({"windowFrameMargins": False, "screens": _SCREENS}))
os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={_FILE}"
