"""The maps of two networks side by side as a widget: painted once for each pair of frames.

While both train, the next picture is painted beside the GUI thread, which shows the last one until then.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.compared import Compared, ComparedPainter, compared_areas
from nnviz.drawing.difference import Difference
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.experiment.prepare import Prepared
from nnviz.session.runs.frame_pairs import FramePair
from nnviz.session.side_painter import SidePainter

#: By this name the frames answer which plane is shown here.
VIEWER = "ab"


class ComparedMaps(QWidget):
    """Shows the maps of A and of B, and between them what differs.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Maps of both networks, and their difference"))
        self.setToolTip(
            self.tr("What A and B answer over the same plane and in the same colours; between them, B minus A")
        )
        self._theme = theme
        self._compared: Compared | None = None
        self._painter = ComparedPainter()
        self._picture: QImage | None = None
        self._side = SidePainter(self)
        self._side.painted.connect(self._on_painted)

    @property
    def difference(self) -> Difference | None:
        """What is shown between the maps; None where the two are not at the same moment."""
        return None if self._compared is None else self._compared.difference

    @property
    def is_painting(self) -> bool:
        """Whether a newer picture than the one on show is being painted."""
        return self._side.is_busy

    def show_pair(self, pair: FramePair, first: Prepared, second: Prepared, shown_class: int | None) -> None:
        """Show a moment of both."""
        frames = pair.first.seen_by(VIEWER), pair.second.seen_by(VIEWER)
        self._compared = compared = Compared(frames, (first, second), pair.is_same_moment, shown_class)
        if self._picture is None or not pair.first.is_moving or not self.isVisible():
            self._renew()
            return
        paint, size, ratio, theme = self._painter.picture, QSizeF(self.size()), self.devicePixelRatioF(), self._theme
        self._side.paint(lambda: paint(compared, size, ratio, theme))

    @Slot(object)
    def _on_painted(self, picture: QImage) -> None:
        self._picture = picture
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self._renew()

    def areas(self) -> tuple[QRectF, QRectF, QRectF]:
        """Return where the maps are: of A, of the difference, of B."""
        return compared_areas(QSizeF(self.size()), QFontMetricsF(ui_font(self._theme.small_font_size)).height())

    def sizeHint(self) -> QSize:
        """Return room for three maps of a usual size."""
        return QSize(900, 290)

    def minimumSizeHint(self) -> QSize:
        """Return room for three small ones."""
        return QSize(480, 170)

    def _renew(self) -> None:
        self._picture = None
        self._side.forget()
        self.update()

    # -- painting -----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew at another size."""
        super().resizeEvent(event)
        self._renew()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave nothing behind that is being painted."""
        super().hideEvent(event)
        self._renew()
        self._side.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show the picture of the pair."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatioF() != ratio:
            self._side.forget()
            self._picture = self._painter.picture(self._compared, QSizeF(self.size()), ratio, self._theme)
        with QPainter(self) as painter:
            painter.drawImage(0, 0, self._picture)
