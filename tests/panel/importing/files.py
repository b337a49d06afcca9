"""Files as people make them, sending one and reading what the page says."""

import io
import re
from datetime import date
from html import unescape
from typing import Any

import xlsxwriter

from app.exchange.reader import Table, read_table


def workbook(*rows: list[Any]) -> bytes:
    """An XLSX; dates are real dates, a text that begins with «=» stays a text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            else:
                sheet.write(number, column, value)
    book.close()
    return buffer.getvalue()


class Desk:
    """One person at the import pages of one list."""

    def __init__(self, client: Any, route: str) -> None:
        self.client, self.route = client, route

    def send(self, data: bytes, name: str = "список.xlsx", came: str = "", **more: str) -> Any:
        """The answer to the file: the page of the check, or the refusal."""
        answer = self.client.post(f"/{self.route}/import{came}", data={"file": (io.BytesIO(data), name)} | more)
        if answer.status_code != 302:
            return answer
        self.address = answer.location
        self.page = self.client.get(self.address)
        return self.page

    def run(self, *codes: str) -> Any:
        """With the ticks of these kinds of warnings."""
        ticks = re.findall(r'name="confirm" value="([^"]*)"', self.page.text)
        ticked = [tick for tick in ticks if any(f"/{code}:" in tick for code in codes)]
        path, _, query = self.address.partition("?")
        answer = self.client.post(f"{path}/run{'?' if query else ''}{query}", data={"confirm": ticked})
        assert answer.status_code == 302, answer.text
        return self.client.get(answer.location)

    def load(self, *rows: list[Any], codes: tuple[str, ...] = ()) -> Any:
        """Send and run, as one does when the check is fine."""
        answer = self.send(workbook(*rows))
        assert answer.status_code == 200, refusal(answer)
        return self.run(*codes)

    def records(self, query: str = "") -> list[list[str]]:
        """The table for mending: headings and rows."""
        answer = self.client.get(f"/{self.route}/import/records{query}", buffered=True)
        assert answer.status_code == 200, answer.text
        table = read_table(answer.data)
        return [list(table.headings), *(list(row.values.values()) for row in table.rows)]

    def returned(self) -> Table:
        return read_table(self.client.get(f"{self.address}/result", buffered=True).data)


def refusal(answer: Any) -> str:
    assert answer.status_code == 422, answer.text
    return _plain(re.search(r'id="import-refusal">(.*?)</div></div>', answer.text, re.DOTALL)[1])


def counts(answer: Any) -> dict[str, int]:
    """How many rows have come to what."""
    part = re.search(r'<p class="words mb-0">(.*?)</p>', answer.text, re.DOTALL)[1]
    return {_plain(word): int(number) for word, number in re.findall(r"<span>(<span.*?</span>) (\d+)</span>", part)}


def told(answer: Any) -> dict[int, str]:
    """Row → what the page says of it."""
    body = re.search(r"<tbody>(.*?)</tbody>", answer.text, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = [re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL) for row in rows]
    return {int(_plain(row[1])): _plain(" | ".join(row[2:])) for row in cells}


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
