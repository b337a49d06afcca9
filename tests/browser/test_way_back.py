"""From a filtered list to a card, its form and back: by the pages' own links, at the place one left."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.browser.hands import is_seen
from tests.panel.test_lists import add_pupils

SECRETARY = "secretary.65001"
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "theme"), [(1366, "light"), (390, "dark")])
def test_back_at_the_row_after_saving(open_as: Any, served: Any, width: int, theme: str) -> None:
    with served.app.app_context(), acting(db.session, SYSTEM):
        add_pupils(db.session, served.world, 60)
    page = open_as(SECRETARY, width=width, theme=theme)
    page.goto("/pupils/list/?q=Массов&order=birth_date&page=2")
    row = page.get_by_role("link", name="Массов045")
    row.click()
    page.get_by_role("link", name="Изменить").click()
    page.get_by_label("Фамилия").fill("Массовый")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Изменения сохранены.")).to_be_visible()
    page.get_by_label("Путь").get_by_role("link", name="Обучающиеся").click()
    page.wait_for_url(re.compile("#row-"))
    assert parse_qs(urlsplit(page.url).query) == {"q": ["Массов"], "order": ["birth_date"], "page": ["2"]}
    line = page.locator("tr:target")
    expect(line).to_contain_text("Массовый")
    is_seen(line.locator("td").first)


def test_the_way_back_follows_the_live_search(open_as: Any) -> None:
    page = open_as(SECRETARY)
    page.goto("/pupils/list/")
    page.get_by_placeholder("Фамилия, имя, СНИЛС").fill("Иванов")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.locator("[data-add]").click()
    page.get_by_role("link", name="Отмена").click()
    assert parse_qs(urlsplit(page.url).query) == {"q": ["Иванов"]}
    expect(page.locator("#rows tbody tr")).to_have_count(1)
