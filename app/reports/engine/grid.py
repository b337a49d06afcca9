"""A table that draws its measured rows straight onto the canvas.

ReportLab's own Table keeps a style for every cell and builds itself anew at each page break; a consolidated form has
hundreds of rows of plain text and needs neither.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Flowable

from app.reports.engine.cells import HEAD_SIZE, Column, Head, Mark, Row, make_head, total_width
from app.reports.engine.fonts import REGULAR
from app.reports.engine.outline import bookmark

INK = Color(0, 0, 0)
RULE = Color(0.55, 0.55, 0.55)
HEAD_FILL = Color(0.93, 0.93, 0.93)
SUBTOTAL_FILL = Color(0.97, 0.97, 0.97)
THIN, THICK = 0.4, 0.9
# A table up to this height is begun where it fits whole: about half a wide page.
SHORT = 250.0
LAST = 3
"""Rows that go with what stands below the table."""
HEADING = ("subtotal", "band")
"""Rows that are kept with the one below them."""


class Grid(Flowable):
    """The table as ReportLab places it: splits between rows, repeats its head, keeps a total with the row above it."""

    def __init__(
        self, columns: Sequence[Column], rows: Sequence[Row], head: Head | None = None, below: float = 0
    ) -> None:
        """`below` is the height of what must stand on the page of the last rows: what signs a table is never alone."""
        super().__init__()
        self.columns, self.rows, self.below = columns, rows, below
        self.head = head or make_head(columns)
        self.width = total_width(columns)
        self.height = self.head.height + sum(row.height for row in rows)

    @property
    def opening(self) -> float:
        """What has to fit under the table's title: a short table as a whole, the head and two rows of a long one."""
        return self.height if self.height <= SHORT else self.head.height + sum(row.height for row in self.rows[:2])

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        room = available_height - self.below
        return self.width, self.height if self.height <= room else max(self.height, available_height + 1)

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        count = self._fitting(available_height - self.head.height)
        if count == len(self.rows):  # all of them fit, what belongs below them does not
            count = self._last_together(count - LAST)
        if count <= 0:
            return []
        rest = self._continued(count)
        return [Grid(self.columns, self.rows[:count], self.head), Grid(self.columns, rest, self.head, self.below)]

    def _continued(self, count: int) -> Sequence[Row]:
        """The rows of the next page: those in the middle of a band have it above them again."""
        rest = self.rows[count:]
        band = next((row for row in reversed(self.rows[:count]) if row.kind == "band"), None)
        if band is None or not rest or rest[0].kind != "body":
            return rest
        return [replace(band, bookmark=""), *rest]

    def _fitting(self, room: float) -> int:
        count = 0
        while count < len(self.rows) and self.rows[count].height <= room:
            room -= self.rows[count].height
            count += 1
        return self._last_together(count)

    def _last_together(self, count: int) -> int:
        while 0 < count < len(self.rows) and self._inseparable(self.rows[count - 1], self.rows[count]):
            count -= 1
        return count

    @staticmethod
    def _inseparable(above: Row, below: Row) -> bool:
        return below.kind == "total" or (above.kind in HEADING and below.kind == "body")

    def draw(self) -> None:
        self._draw_fills(self.canv)
        self._draw_text(self.canv)
        self._draw_rules(self.canv)
        for top, row in self._placed():
            if row.bookmark:
                bookmark(self.canv, row.bookmark, top, row.level)

    def _placed(self) -> Iterator[tuple[float, Row]]:
        """Rows with the height of their upper edge."""
        top = self.height - self.head.height
        for row in self.rows:
            yield top, row
            top -= row.height

    def _draw_fills(self, canvas: Canvas) -> None:
        canvas.setFillColor(HEAD_FILL)
        canvas.rect(0, self.height - self.head.height, self.width, self.head.height, stroke=0, fill=1)
        canvas.setFillColor(SUBTOTAL_FILL)
        for top, row in self._placed():
            if row.kind in HEADING:
                canvas.rect(0, top - row.height, self.width, row.height, stroke=0, fill=1)
        canvas.setFillColor(INK)

    def _draw_text(self, canvas: Canvas) -> None:
        text = canvas.beginText()
        text.setFont(REGULAR, HEAD_SIZE)
        _write(text, self.head.marks, self.height)
        current = (REGULAR, HEAD_SIZE)
        for top, row in self._placed():
            for mark in row.marks:
                if current != (mark.font, row.size):
                    current = (mark.font, row.size)
                    text.setFont(*current)
                _write(text, (mark,), top)
        canvas.drawText(text)

    def _draw_rules(self, canvas: Canvas) -> None:
        canvas.setLineWidth(THIN)
        canvas.setStrokeColor(RULE)
        bottoms = [top - row.height for top, row in self._placed()]
        canvas.lines([(0, y, self.width, y) for y in bottoms])
        canvas.lines([(x, top - row.height, x, top) for top, row in self._placed() for x in self._edges_of(row)])
        canvas.setStrokeColor(INK)
        for box in self.head.boxes:
            canvas.rect(box.x, self.height - box.y - box.height, box.width, box.height)
        canvas.setLineWidth(THICK)
        canvas.lines([(0, top, self.width, top) for top, row in self._placed() if row.kind == "total"])

    def _edges_of(self, row: Row) -> Iterable[float]:
        return (0.0, self.width) if row.kind == "band" else self._edges()

    def _edges(self) -> Iterator[float]:
        edge = 0.0
        yield edge
        for column in self.columns:
            edge += column.width
            yield edge


def _write(text: PDFTextObject, marks: Iterable[Mark], top: float) -> None:
    for mark in marks:
        text.setTextOrigin(mark.x, top - mark.y)
        text.textLine(mark.text)
