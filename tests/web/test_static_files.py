"""Static files on the wire: packed, under their content hash, kept for ever; pages are not packed."""

import re
from typing import Any

import pytest
from flask import Flask

from app.web import static_files

BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
FIRST_VISIT = 350 * 1024
LINK = re.compile(r'(?:href|src)="(/static/[^"#]+)')
ASKED_BY_SHEETS = re.compile(r'url\("?\.\./vendor/([^")]+)"?\)')
SHEET = "/static/panel/panel.css"


def linked(page: str) -> set[str]:
    return {address.replace("&amp;", "&") for address in LINK.findall(page)}


@pytest.fixture
def pages(sign_in: Any, app: Flask) -> list[Any]:
    """A first visit: signing in, the start page, the list of pupils."""
    secretary = sign_in("secretary.65001")
    visit = [app.test_client().get("/login/", headers=BROWSER)]
    return [*visit, secretary.get("/", headers=BROWSER), secretary.get("/pupils/list/", headers=BROWSER)]


def files(client: Any, pages: list[Any]) -> dict[str, Any]:
    """Every file that the pages link and their sheets ask for."""
    addresses = set().union(*(linked(page.get_data(as_text=True)) for page in pages))
    sheets = [client.get(address, buffered=True).get_data(as_text=True) for address in addresses if ".css" in address]
    addresses |= {f"/static/vendor/{name}" for text in sheets for name in ASKED_BY_SHEETS.findall(text)}
    return {address: client.get(address, headers=BROWSER, buffered=True) for address in addresses}


def test_a_first_visit_is_small(pages: list[Any], app: Flask) -> None:
    answers = files(app.test_client(), pages)
    assert sum(".woff2" in address for address in answers) == 4
    moved = {address: len(answer.data) for address, answer in answers.items()}
    assert sum(moved.values()) + sum(len(page.data) for page in pages) <= FIRST_VISIT, moved


def test_every_file_is_kept_for_ever_under_its_hash(pages: list[Any], app: Flask) -> None:
    for address, answer in files(app.test_client(), pages).items():
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, static_files.FOR_EVER), address
        assert "Accept-Encoding" in answer.headers["Vary"] or ".woff2" in address, address


def test_what_the_hash_does_not_promise_is_not_kept(app: Flask) -> None:
    client = app.test_client()
    for address in (SHEET, f"{SHEET}?v=0", "/static/panel/no-such.css?v=0", "/static/../config.py?v=0"):
        assert "immutable" not in (client.get(address, buffered=True).headers.get("Cache-Control") or ""), address


@pytest.mark.parametrize(("accepted", "packed"), [("gzip", "gzip"), ("gzip, br", "br"), ("identity", None)])
def test_a_file_is_packed_as_the_browser_can(app: Flask, accepted: str, packed: str | None) -> None:
    client = app.test_client()
    answer = client.get(SHEET, headers={"Accept-Encoding": accepted}, buffered=True)
    assert answer.headers.get("Content-Encoding") == packed
    again = client.get(
        SHEET, headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]}, buffered=True
    )
    assert (again.status_code, again.data) == (304, b"")


def test_a_part_of_a_file_is_a_part_of_the_file(app: Flask) -> None:
    client = app.test_client()
    part = client.get(SHEET, headers={"Range": "bytes=0-9", "Accept-Encoding": "gzip"}, buffered=True)
    assert (part.status_code, len(part.data), part.headers.get("Content-Encoding")) == (206, 10, None)
    assert len(client.get(SHEET, headers={"Accept-Encoding": "gzip"}, buffered=True).data) > 1000


def test_pages_are_not_packed(pages: list[Any]) -> None:
    """They carry a token beside what was typed (BREACH)."""
    assert [page.headers.get("Content-Encoding") for page in pages] == [None] * 3
