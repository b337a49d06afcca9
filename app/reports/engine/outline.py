"""The outline of a file: sections, and what is inside them, to be gone to from the side of the reader's window."""

from typing import NamedTuple, Protocol, cast

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

SECTION = 0


class Mark(NamedTuple):
    """An entry of the outline; `top` is its height on the page."""

    title: str
    level: int
    top: float


class Outlined(Protocol):
    """A canvas that notes entries for the page being drawn."""

    def note(self, mark: Mark) -> None: ...


def bookmark(canvas: Canvas, title: str, top: float, level: int) -> None:
    """Note an entry at a height of the flowable being drawn. Pages are numbered later, entries are written then."""
    height = canvas.absolutePosition(0, top)[1]
    cast(Outlined, canvas).note(Mark(title, level, height))


class Bookmark(Flowable):
    """An entry at its place in the story; it takes no room."""

    width = height = 0

    def __init__(self, title: str, level: int = SECTION) -> None:
        super().__init__()
        self.title, self.level = title, level

    def draw(self) -> None:
        bookmark(self.canv, self.title, 0, self.level)
