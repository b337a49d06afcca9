"""Every string is Russian: no Latin word on any page outside a short list of names and formats."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.panel.pages import addresses
from tests.panel.reading import body
from tests.support.clients import signed_in

SCHOOL = "65001"
LOGINS = (
    "operator",
    "regional",
    *(f"{role}.{SCHOOL}" for role in ("secretary", "parent", "teacher", "deputy", "administrator", "director")),
    "municipal.64754000",
    "nobody",
)
ALLOWED = {
    "PDF",
    "XLSX",
    "XLS",
    "ODS",
    "CSV",
    "Ctrl",
    "Esc",
    "ViPNet",
    "VipNet",
    "Client",
    "N",
    "E",
    "S",
    "J",
    "K",
    "UTC",
    "QR",
    "TOTP",
    "FreeOTP",
    "Aegis",
    "gfhjkm",
    "I",
    "II",
    "III",
    "IV",
}
"""Formats, keys and names that have no Russian spelling; the roman numbers of the regulation and of certificates."""
WORD = re.compile(r"[A-Za-z]+")
# A login, a time zone, an address of mail or of the network is typed as it stands; so is the number of a row to come.
AS_TYPED = re.compile(
    r"__\w+__|\S*@\S+|\bAsia/\w+|\b[a-z_]+\.\d{5,8}\b|\b(?:regional|operator|nobody)\b|\b[\w/]*\d[\w/.:]*[a-z]\w*\b"
)
SPOKEN = {"title", "alt", "aria-label", "placeholder", "data-placeholder", "data-confirm", "label"}
ACCOUNTS, MANY = 2, 80
SILENT = {"script", "style", "code", "kbd", "pre"}


class Words(HTMLParser):
    """The texts that a person sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in SILENT
        self.texts += [value for name, value in attrs if name in SPOKEN and value]
        given = dict(attrs)
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.texts.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)


def latin(page: str) -> set[str]:
    words = Words()
    words.feed(page)
    return {word for text in words.texts for word in WORD.findall(AS_TYPED.sub(" ", text))} - ALLOWED


def test_the_reader_sees_what_people_see() -> None:
    assert latin('<p title="Save">Сохранить <b>all</b> <code>x</code></p><script>no</script>') == {"Save", "all"}
    assert latin("Логин secretary.65001, почта a@b.ru, файл PDF") == set()


# The words do not depend on the database.
@pytest.mark.long
@pytest.mark.parametrize("read_only_site", ["sqlite"], indirect=True)
def test_no_latin_word_on_any_page(read_only_site: Any) -> None:
    """Each kind of page as two accounts see it; the start page as everybody does."""
    met: dict[str, str] = {}
    opened: Counter[str] = Counter()
    for login in LOGINS:
        client = signed_in(read_only_site.app, read_only_site.world, login)
        for address in addresses(read_only_site.app, client):
            page = re.sub(r"\d+", "0", address)
            if opened[page] == ACCOUNTS and address != "/":
                continue
            response = client.get(address)
            opened[page] += response.status_code == 200
            shown = response.mimetype == "text/html" and response.status_code not in (302, 403)
            met |= dict.fromkeys(latin(body(response)), f"{login}: {address}") if shown else {}
    assert met == {}, "word: one of the pages that show it"
    assert sum(count > 0 for count in opened.values()) > MANY


def test_the_login_page_is_russian(read_only_site: Any) -> None:
    client = read_only_site.app.test_client()
    assert latin(body(client.get("/login/"))) == set()
    assert latin(body(client.post("/login/", data={"username": "", "password": "x"}))) == set()
