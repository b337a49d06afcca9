"""Reading pages and files as a person does."""

import io
import re
import zipfile
from html import unescape
from typing import Any
from xml.etree import ElementTree


def body(response: Any) -> str:
    return response.get_data(as_text=True)


def rows_of(response: Any) -> list[str]:
    """The first column of a list page."""
    assert response.status_code == 200, body(response)
    found = re.findall(r'class="row-link"[^>]*>(.*?)</a>', body(response), re.DOTALL)
    return [unescape(text.strip()) for text in found]


def sheet(response: Any) -> list[list[str]]:
    """The cells of a one-sheet XLSX written with inline strings; a date or a number as it is kept.

    A formula would fail here: it has no text.
    """
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.data)) as book:
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    texts = (f"{space}t", f"{space}v")
    assert not list(root.iter(f"{space}f"))
    return [
        ["".join(part.text or "" for part in cell.iter() if part.tag in texts) for cell in row.iter(f"{space}c")]
        for row in root.iter(f"{space}row")
    ]


def at_fields(page: str) -> dict[str, str]:
    """Field → what is said at it."""
    found = re.findall(r'id="([\w-]+)-error"[^>]*>(.*?)</div>', page, re.DOTALL)
    return {name: " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split()) for name, text in found}
