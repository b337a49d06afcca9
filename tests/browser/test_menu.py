"""The menu on a small screen: every heading of a secretary in sight, headings fold and stay so, the phone's menu."""

from typing import Any

import pytest
from playwright.sync_api import expect

SECRETARY = "secretary.65001"
pytestmark = pytest.mark.browser


def test_a_secretary_sees_every_heading_without_scrolling(open_as: Any) -> None:
    page = open_as(SECRETARY)
    page.set_viewport_size({"width": 1366, "height": 768})
    headings = page.locator("#menu details > summary")
    assert headings.count() > 5
    for heading in headings.all():
        expect(heading).to_be_in_viewport(ratio=1)
    assert page.locator("#menu").evaluate("e => e.scrollTop") == 0


def test_a_heading_stays_as_one_left_it(open_as: Any) -> None:
    page = open_as(SECRETARY)
    heading = page.locator("#menu summary", has_text="Справочники")
    expect(page.get_by_role("link", name="Должности")).to_be_hidden()
    heading.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Должности")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Должности")).to_be_visible()


def test_the_menu_of_a_phone_opens_and_leads_on(open_as: Any) -> None:
    page = open_as(SECRETARY, width=390)
    page.get_by_role("button", name="Меню").click()
    page.locator("#menu").get_by_role("link", name="Обучающиеся").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Обучающиеся")
