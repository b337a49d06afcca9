"""The parts of an official form: headings, paragraphs, requisites, sections with their tables, signatures."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Table

from app.reports.engine.fonts import BOLD, ITALIC, REGULAR
from app.reports.engine.grid import INK, THIN, Grid
from app.reports.engine.outline import SECTION as OUTLINED
from app.reports.engine.outline import Bookmark
from app.reports.engine.text import fit_lines, shorten

BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=9.5, leading=12, textColor=INK)
NOTE = ParagraphStyle("note", BODY, fontSize=8, leading=10)
SECTION = ParagraphStyle("section", BODY, fontName=BOLD, fontSize=10.5, leading=13, spaceBefore=10, spaceAfter=4)
CENTERED = ParagraphStyle("centered", BODY, alignment=TA_CENTER)
RIGHT = ParagraphStyle("right", BODY, alignment=TA_RIGHT)
ORGANISATION = ParagraphStyle("organisation", CENTERED, fontName=BOLD, fontSize=11, leading=13.5)
_ALL = (0, 0), (-1, -1)
REQUISITES = [
    # A cell's own font is announced even where a paragraph fills it; the default one is not embedded.
    ("FONTNAME", *_ALL, REGULAR),
    ("VALIGN", *_ALL, "TOP"),
    ("LEFTPADDING", *_ALL, 0),
    ("TOPPADDING", *_ALL, 1),
    ("BOTTOMPADDING", *_ALL, 1),
]
TITLE = ParagraphStyle("title", CENTERED, fontName=BOLD, fontSize=14, leading=18, spaceBefore=6, spaceAfter=1)


def paragraph(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Plain text: nothing in a name or a reason is ever read as markup."""
    return Paragraph(escape(text), style)


def labelled(label: str, text: str) -> Paragraph:
    """«Период: с … по …», the label in bold."""
    return Paragraph(f'<font name="{BOLD}">{escape(label)}:</font> {escape(text)}', BODY)


def requisites(pairs: Sequence[tuple[str, str]], width: float) -> Table:
    """Short labelled lines in two columns, read row by row."""
    cells = [labelled(label, text) for label, text in pairs]
    rows = [cells[start : start + 2] for start in range(0, len(cells), 2)]
    return Table(rows, [width / 2] * 2, style=REQUISITES)


def section(title: str, *content: Flowable, level: int = OUTLINED) -> list[Flowable]:
    """A titled part, begun on a page where the title has some of its table below it."""
    opening = sum(item.opening if isinstance(item, Grid) else item.wrap(*A4)[1] for item in content)
    heading = SECTION.spaceBefore + SECTION.leading + SECTION.spaceAfter
    return [CondPageBreak(heading + opening), Bookmark(title, level), paragraph(title, SECTION), *content]


class Signatures(Flowable):
    """Post, signature, name, date: one line for each signatory, never parted by a page break.

    A name that is known stands in its place, another is written by hand.
    """

    # Shares of the width; the post takes the rest.
    BLANKS = ((0.17, "(подпись)"), (0.26, "(расшифровка подписи)"), (0.15, "(дата)"))
    NAME = 1
    GAP = 5 * mm
    SIZE, LEADING, CAPTION_SIZE = 9.5, 12.0, 7.0
    # Room above a post for a hand to sign, below it for the caption.
    ABOVE, BELOW = 16.0, 10.0

    def __init__(self, signatories: Sequence[tuple[str, str]], width: float) -> None:
        """Pairs of post and name."""
        super().__init__()
        self.width = width
        self.room = width - sum(width * share + self.GAP for share, _ in self.BLANKS)
        self.blocks = [(fit_lines(post, REGULAR, self.SIZE, self.room), name) for post, name in signatories]
        self.height = sum(self._block_height(lines) for lines, _ in self.blocks)

    def _block_height(self, lines: Sequence[str]) -> float:
        return self.ABOVE + len(lines) * self.LEADING + self.BELOW

    def draw(self) -> None:
        top = self.height
        for lines, name in self.blocks:
            self._draw_post(lines, top - self.ABOVE)
            top -= self._block_height(lines)
            self._draw_blanks(top + self.BELOW, name)

    def _draw_post(self, lines: Sequence[str], top: float) -> None:
        self.canv.setFont(REGULAR, self.SIZE)
        for index, line in enumerate(lines):
            self.canv.drawString(0, top - (index + 1) * self.LEADING + 1.5, line)

    def _draw_blanks(self, y: float, name: str) -> None:
        canvas = self.canv
        canvas.setLineWidth(THIN)
        canvas.setStrokeColor(INK)
        left = self.room
        for place, (share, caption) in enumerate(self.BLANKS):
            left, right = left + self.GAP, left + self.GAP + self.width * share
            middle = (left + right) / 2
            canvas.line(left, y, right, y)
            canvas.setFont(ITALIC, self.CAPTION_SIZE)
            canvas.drawCentredString(middle, y - self.CAPTION_SIZE, caption)
            if place == self.NAME and name:
                canvas.setFont(REGULAR, self.SIZE)
                canvas.drawCentredString(middle, y + 2.5, shorten(name, REGULAR, self.SIZE, right - left))
            left = right
