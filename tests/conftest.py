"""What every test gets: Qt offscreen, isolated settings, and no thread or timer left behind."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
