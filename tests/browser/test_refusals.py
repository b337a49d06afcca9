"""A refusal is seen: the summary has the focus, its links lead to fields that no bar covers, rows among them."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import Hands, is_seen

SECRETARY, HR = "secretary.65001", "hr.65001"
SCREENS = [(1366, 768, "light"), (390, 844, "dark")]
pytestmark = pytest.mark.browser


@pytest.fixture(params=SCREENS, ids=lambda screen: f"{screen[0]}x{screen[1]}")
def screen(request: pytest.FixtureRequest, open_as: Any) -> Any:
    width, height, theme = request.param

    def run(login: str) -> Page:
        page = open_as(login, width=width, theme=theme)
        page.set_viewport_size({"width": width, "height": height})
        return page

    return run


def summary_of(page: Page) -> Locator:
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    is_seen(summary)
    return summary


def test_an_order_refused_by_a_rule_says_so_on_top(screen: Any, served: Any) -> None:
    """A pupil cannot leave before he came: found by a rule after the form's own checks, and told of the row."""
    page = screen(SECRETARY)
    hands = Hands(page)
    page.goto(f"/movement_orders/add?kind=departure&pupil={served.world.pupils[('65001', 'Сергеева')]}")
    page.get_by_label("Номер").fill("5")
    hands.date("Дата приказа", "02.03.2026")
    page.locator("[name='lines-0-event_date']").fill("01.04.2025")
    page.locator("[name='lines-0-counterpart']").fill("Школа № 2")
    page.get_by_role("button", name="Добавить", exact=True).click()
    links = summary_of(page).get_by_role("link")
    assert links.count() >= 1
    link = links.last
    target = page.locator(link.get_attribute("href"))
    assert target.count() == 1, "every link has its field"
    link.click()
    focused = page.locator("*:focus")
    assert focused.count() == 1
    assert page.evaluate("document.activeElement !== document.body")
    is_seen(target)


def test_a_refusal_at_the_end_of_a_long_form_is_seen_on_top(screen: Any) -> None:
    page = screen(HR)
    hands = Hands(page)
    page.goto("/employees/add")
    page.get_by_label("Фамилия").fill("Новый")
    page.get_by_label("Имя").fill("Лев")
    page.get_by_label("Отчество").fill("-")
    hands.date("Принят на работу", "12.01.2026")
    hands.date("Уволен", "31.12.2025")
    page.get_by_role("button", name="Добавить", exact=True).click()
    summary = summary_of(page)
    expect(summary).to_contain_text("Оставьте поле пустым")
    summary.get_by_role("link", name="Отчество").click()
    expect(page.get_by_label("Отчество")).to_be_focused()
    is_seen(page.get_by_label("Отчество"))
    page.get_by_label("Отчество").fill("")
    page.get_by_role("button", name="Добавить", exact=True).click()
    summary = summary_of(page)
    expect(summary).to_contain_text("Увольнение раньше приёма")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dismissed = page.get_by_role("textbox", name="Уволен", exact=True)
    expect(dismissed).to_be_focused()
    is_seen(dismissed)
    expect(page.locator("#dismissed_on-error")).to_be_in_viewport()
