"""The window of «Найти всё»: it closes at once and gives the focus back; on a phone a hit and its reason fit."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

SECRETARY = "secretary.65001"
pytestmark = pytest.mark.browser


def typed(page: Page, text: str) -> None:
    """In the open window, until what is found stands there."""
    page.locator("#find input").fill(text)
    expect(page.locator("#find-list")).not_to_have_attribute("aria-busy", "true")


def test_escape_closes_at_once_and_gives_the_focus_back(open_as: Any) -> None:
    page = open_as(SECRETARY)
    page.goto("/pupils/list/")
    link = page.locator(".row-link").first
    link.focus()
    page.keyboard.press("Control+K")
    typed(page, "сергеева")
    expect(page.locator("#find [data-hit]").first).to_contain_text("Сергеева")
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()
    expect(link).to_be_focused()


def test_escape_closes_while_the_answer_is_waited_for(open_as: Any) -> None:
    page = open_as(SECRETARY)
    page.locator("[data-key=find]").click()
    page.locator("#find input").press_sequentially("се")
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()
    expect(page.locator("[data-key=find]")).to_be_focused()


@pytest.mark.parametrize("width", [390, 1366])
def test_a_hit_and_its_reason_fit(open_as: Any, width: int) -> None:
    page = open_as(SECRETARY, width=width)
    page.keyboard.press("Control+K")
    typed(page, "8 914 000-00-01")
    hit = page.locator("#find [data-hit]", has_text="Сергеева Алёна")
    expect(hit).to_contain_text("телефон матери: +7 914 000-00-01")
    for part in (hit.locator(".hit-text"), hit.locator(".hit-why")):
        expect(part).to_be_in_viewport(ratio=1)
    assert page.locator("#find").evaluate("e => e.scrollWidth <= e.clientWidth")
