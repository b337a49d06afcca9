"""The second factor as its owner meets it: switched on, asked for, refused; a recovery code when the phone is gone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.support.world import PASSWORD

LOGIN = "secretary.65001"


def code_of(secret: str, later: int = 0) -> str:
    """Of the step that runs, or of a later one: a step opens once."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * later))


def sign_in(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("Логин").fill(LOGIN)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", name="Второй фактор")).to_be_visible()


def enter(page: Page, code: str) -> None:
    page.get_by_role("textbox", name=re.compile("^Код")).fill(code)
    page.get_by_role("button", name="Войти").click()


@pytest.mark.parametrize("width", [1366, 390])
def test_switched_on_asked_for_and_a_lost_phone(open_as: Any, width: int) -> None:
    page = open_as(LOGIN, width=width)
    page.goto("/second_factor/")
    secret = re.sub(r"\s", "", page.locator("code.secret").inner_text())
    page.get_by_role("textbox", name=re.compile("^Код")).fill("000000")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Включить").click()
    expect(page.get_by_text("Второй фактор не включён")).to_be_in_viewport()
    assert re.sub(r"\s", "", page.locator("code.secret").inner_text()) == secret, "the phone holds it already"
    page.get_by_role("textbox", name=re.compile("^Код")).fill(code_of(secret))
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Включить").click()
    expect(page.get_by_text("Второй фактор включён")).to_be_visible()
    spare = page.locator("ul.codes code").first.inner_text()
    page.get_by_role("button", name="Я сохранил коды").click()

    page.context.clear_cookies()
    sign_in(page)
    enter(page, "123")
    expect(page.get_by_text("Войти не удалось")).to_be_in_viewport()
    enter(page, code_of(secret, later=1))
    page.wait_for_url("**/")

    page.context.clear_cookies()
    sign_in(page)
    enter(page, spare)
    page.wait_for_url("**/")
    page.context.clear_cookies()
    sign_in(page)
    enter(page, spare)
    expect(page.get_by_text("Войти не удалось")).to_be_in_viewport()
