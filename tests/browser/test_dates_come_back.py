"""A typed date is there whichever way the form comes back: refused, changed by another, session ended, dialog."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.clients import signed_in
from tests.support.world import PASSWORD

SECRETARY, TYPED = "secretary.65001", "12.03.2005"
KINDS = {"pupils": (TYPED, "2004-05-06"), "parents": ("12.03.1985", "1984-05-06")}
"""A birth date that is required, and one that may be left empty; what one types and what somebody else does."""
pytestmark = pytest.mark.browser


def record(site: Any, kind: str) -> int:
    return site.world.pupils[("65001", "Иванов")] if kind == "pupils" else site.world.parents["65001"]


def born(place: Page | Locator) -> Locator:
    return place.get_by_role("textbox", name="Дата рождения", exact=True)


def refused(page: Page, site: Any, kind: str) -> None:
    """422: the name is empty."""
    page.get_by_label("Фамилия").fill("")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Не сохранено.").first).to_be_visible()
    page.get_by_label("Фамилия").fill("Новых")


def changed_meanwhile(page: Page, site: Any, kind: str) -> None:
    """409: somebody else has saved the card."""
    other, address = signed_in(site.app, site.world, SECRETARY), page.url.removeprefix(site.address)
    form = {"last_name": "Другова", "first_name": "Анна", "birth_date": KINDS[kind][1], "version": "1"}
    assert other.post(address, data=form).status_code == 302
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Что будет")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_focused()


def session_ended(page: Page, site: Any, kind: str) -> None:
    page.context.clear_cookies()
    page.keyboard.press("Control+s")
    page.get_by_label("Логин").fill(SECRETARY)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_text("введённое на месте")).to_be_visible()


@pytest.mark.parametrize("way", [refused, changed_meanwhile, session_ended])
@pytest.mark.parametrize("kind", KINDS)
def test_a_typed_date_comes_back_and_is_saved(
    open_as: Any, served: Any, kind: str, way: Callable[[Page, Any, str], None]
) -> None:
    page, address = open_as(SECRETARY), f"/{kind}/edit/{record(served, kind)}"
    typed, _ = KINDS[kind]
    page.goto(address)
    born(page).fill(typed)
    way(page, served, kind)
    expect(born(page)).to_have_value(typed)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Изменения сохранены.")).to_be_visible()
    expect(page.get_by_text(typed).first).to_be_visible()


@pytest.mark.parametrize("field", ["Обучающийся", "Родитель"])
def test_a_typed_date_comes_back_in_the_dialog(open_as: Any, field: str) -> None:
    page = open_as(SECRETARY)
    page.goto("/guardianships/add")
    page.get_by_role("button", name=f"Создать: {field}").click()
    box = page.locator("#in-place")
    born(box).fill(TYPED)
    box.get_by_label("Имя").fill("Ася")
    box.get_by_role("button", name="Добавить и выбрать").click()
    expect(box.get_by_text("Не добавлено")).to_be_visible()
    expect(born(box)).to_have_value(TYPED)


def test_what_is_no_date_comes_back_as_it_was_typed(open_as: Any) -> None:
    """The date box of a browser would drop it without a word."""
    page = open_as(SECRETARY)
    page.goto("/parents/add")
    page.evaluate("document.querySelector('[name=birth_date]').removeAttribute('data-mask')")
    born(page).fill("весной")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("«весной» – не дата.").first).to_be_visible()
    expect(born(page)).to_have_value("весной")
    expect(page.get_by_role("button", name="Выбрать в календаре").first).to_be_visible()
