"""What a printed PDF says and where: the way its readers see it."""

from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader


@dataclass(frozen=True)
class Line:
    """A line of text with its baseline's start on the page, its font and size."""

    text: str
    x: float
    y: float
    font: str
    size: float


def read_lines(pdf: bytes) -> list[list[Line]]:
    """Every line of every page."""
    return [_page_lines(page) for page in PdfReader(BytesIO(pdf)).pages]


def _page_lines(page) -> list[Line]:
    lines: list[Line] = []

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            name = font["/BaseFont"].partition("+")[2]
            lines.append(Line(text.strip(), matrix[4] + text_matrix[4], matrix[5] + text_matrix[5], name, size))

    page.extract_text(visitor_text=visit)
    return lines


def read_text(pdf: bytes) -> str:
    """The whole text, its spaces and line breaks as single spaces."""
    return " ".join(" ".join(page_texts(pdf)).split())


def page_texts(pdf: bytes) -> list[str]:
    return [" ".join(line.text for line in lines) for lines in read_lines(pdf)]
