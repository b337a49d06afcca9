"""A grid by hand: keys, saving by itself, a pasted column and its undoing, refusals, two people, a lost connection."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.extensions import db
from app.models.movement.outcomes import Outcome, YearOutcome
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.services.engine import warnings
from app.services.engine.warnings import Doubt
from tests.browser.test_accessibility import problems_now
from tests.support.world import PASSWORD

pytestmark = pytest.mark.browser

SCHOOL = "65001"


@pytest.fixture
def address(served: Any) -> str:
    return f"/outcomes/grid/{served.world.classes[(SCHOOL, 2025, '5А')]}"


@pytest.fixture
def served_session(served: Any) -> Iterator[Any]:
    """As the system: what another person would have saved, and what is stored."""
    with served.app.app_context(), acting(db.session, SYSTEM):
        yield db.session
        db.session.rollback()


def cell(page: Page, name: str, row: int) -> Locator:
    return page.locator(f"[data-cell={name}]").nth(row)


def row_of(session: Any, served: Any, name: str) -> YearOutcome:
    session.rollback()
    return session.query(YearOutcome).filter_by(pupil_id=served.world.pupils[(SCHOOL, name)]).one()


def paste(page: Page, text: str) -> None:
    page.evaluate(
        "text => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})); }",
        text,
    )


def open_grid(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.get_by_role("grid")).to_be_visible()
    return page


def test_a_class_by_the_keyboard(open_as: Any, served: Any, served_session: Any, address: str) -> None:
    page = open_grid(open_as("deputy.65001"), address)
    first = cell(page, "outcome", 0)
    assert page.locator("[role=grid] [tabindex='0']").count() == 1
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(cell(page, "outcome", 1)).to_be_focused()
    page.keyboard.press("Home")
    expect(page.get_by_role("rowheader").nth(1)).to_be_focused()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    expect(first).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_label("Итог года, Иванов Пётр")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(first).to_be_focused()
    expect(first).to_have_text("перевод")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(first).to_contain_text("сохранено")
    expect(first).to_contain_text("условный перевод")
    expect(cell(page, "outcome", 1)).to_be_focused()

    page.keyboard.press("ArrowRight")
    page.keyboard.type("27022026")
    page.keyboard.press("Tab")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(cell(page, "decided_on", 1)).to_contain_text("27.02.2026")
    expect(cell(page, "protocol", 1)).to_contain_text("сохранено")
    now = row_of(served_session, served, "Сергеева")
    assert (str(now.decided_on), now.protocol) == ("2026-02-27", "7")
    assert row_of(served_session, served, "Иванов").outcome is Outcome.CONDITIONAL

    page.keyboard.press("Control+z")
    expect(cell(page, "protocol", 1)).not_to_contain_text("7")
    expect(page.locator("[data-grid-sum]")).to_have_text("Всё сохранено")
    assert row_of(served_session, served, "Сергеева").protocol is None


def test_a_column_is_pasted_and_taken_back(open_as: Any, served: Any, served_session: Any, address: str) -> None:
    page = open_grid(open_as("deputy.65001"), address)
    cell(page, "outcome", 0).focus()
    paste(page, "Условный перевод\t27.02.2026\nвыпуск\t31.02.2026\nлишнее\n")
    box = page.locator("#grid-paste")
    expect(box).to_contain_text("Сохранится: 2. Останется как есть: 2. Не помещается в таблицу: 1.")
    expect(box.get_by_role("row", name=re.compile("Сергеева.*выпуск"))).to_contain_text("не вставится: Итог «выпуск»")
    assert row_of(served_session, served, "Иванов").outcome is Outcome.PROMOTION
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Отменить вставку (2)")).to_be_visible()
    expect(page.locator("[data-grid-sum]")).to_have_text("Всё сохранено")
    now = row_of(served_session, served, "Иванов")
    assert (now.outcome, str(now.decided_on)) == (Outcome.CONDITIONAL, "2026-02-27")
    assert row_of(served_session, served, "Сергеева").outcome is Outcome.PROMOTION

    page.get_by_role("button", name="Отменить вставку (2)").click()
    expect(page.get_by_role("button", name="Отменить вставку (2)")).to_be_hidden()
    expect(cell(page, "decided_on", 0)).not_to_contain_text("27.02.2026")
    now = row_of(served_session, served, "Иванов")
    assert (now.outcome, now.decided_on) == (Outcome.PROMOTION, None)


def test_two_people_and_a_refusal(open_as: Any, served: Any, served_session: Any, address: str) -> None:
    page = open_grid(open_as("deputy.65001"), address)
    first = cell(page, "outcome", 0)
    theirs = row_of(served_session, served, "Иванов")
    theirs.outcome = Outcome.REPEAT
    served_session.commit()
    first.click()
    page.get_by_label("Итог года, Иванов Пётр").select_option(label="условный перевод")
    expect(first).to_contain_text("изменено другим")
    told = page.locator("[data-grid-told]")
    expect(told).to_contain_text("здесь уже сохранено «повторный год обучения»")
    expect(told).to_contain_text("Ваше «условный перевод» не сохранено")
    assert row_of(served_session, served, "Иванов").outcome is Outcome.REPEAT
    told.get_by_role("button", name="Сохранить моё").click()
    expect(first).to_contain_text("сохранено")
    assert row_of(served_session, served, "Иванов").outcome is Outcome.CONDITIONAL

    # Another column of the record was changed meanwhile: this one is simply saved.
    theirs = row_of(served_session, served, "Иванов")
    theirs.protocol = "12"
    served_session.commit()
    cell(page, "decided_on", 0).focus()
    page.keyboard.type("27.02.2026")
    page.keyboard.press("Enter")
    expect(cell(page, "decided_on", 0)).to_contain_text("сохранено")
    expect(cell(page, "protocol", 0)).to_contain_text("12")

    cell(page, "outcome", 1).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Итог года, Сергеева Алёна").select_option(label="выпуск")
    page.keyboard.press("Enter")
    expect(cell(page, "outcome", 1)).to_have_attribute("aria-invalid", "true")
    cell(page, "outcome", 1).focus()
    expect(told).to_contain_text("Итог «выпуск» возможен")
    told.get_by_role("button", name="Вернуть прежнее").click()
    expect(cell(page, "outcome", 1)).to_have_text("перевод")


def test_a_lost_connection_loses_nothing(open_as: Any, served: Any, served_session: Any, address: str) -> None:
    page = open_grid(open_as("deputy.65001", width=390, theme="dark"), address)
    page.route("**/outcomes/cell/**", lambda route: route.abort())
    protocol = cell(page, "protocol", 0)
    protocol.click()
    page.keyboard.type("15")
    page.keyboard.press("Enter")
    expect(protocol).to_contain_text("не сохранено")
    expect(protocol).to_contain_text("15")
    expect(page.locator("[data-grid-sum]")).to_have_text("Не сохранено: 1")
    page.unroute("**/outcomes/cell/**")
    page.locator("[data-grid-again]").click()
    expect(protocol).to_contain_text("сохранено")
    expect(page.locator("[data-grid-sum]")).to_have_text("Всё сохранено")
    assert row_of(served_session, served, "Иванов").protocol == "15"

    page.context.clear_cookies()
    decided = cell(page, "decided_on", 0)
    decided.click()
    page.keyboard.type("27.02.2026")
    page.keyboard.press("Enter")
    expect(decided).to_contain_text("не сохранено Сеанс закончился.")
    expect(decided).to_contain_text("27.02.2026")
    other = page.context.new_page()
    for login, told in (("director.65001", "вошёл другой пользователь"), ("deputy.65001", "сохранено")):
        page.context.clear_cookies()
        other.goto(f"{served.address}/login/")
        other.get_by_label("Логин").fill(login)
        other.get_by_label("Пароль", exact=True).fill(PASSWORD)
        other.get_by_role("button", name="Войти").click()
        other.wait_for_url("**/")
        page.locator("[data-grid-again]").click()
        expect(decided).to_contain_text(told)
        expect(decided).not_to_contain_text("сохраняется")
    assert str(row_of(served_session, served, "Иванов").decided_on) == "2026-02-27"


def test_what_is_unlikely_is_confirmed(
    open_as: Any, served: Any, served_session: Any, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(session: Any, obj: YearOutcome) -> list[Doubt]:
        return [Doubt("long", "Номер необычный.", "protocol", (obj.protocol,))] if len(obj.protocol or "") > 2 else []

    monkeypatch.setitem(warnings.ASKED, YearOutcome, ask)
    page = open_grid(open_as("deputy.65001"), address)
    protocol = cell(page, "protocol", 0)
    protocol.focus()
    page.keyboard.type("999")
    page.keyboard.press("Tab")
    expect(protocol).to_contain_text("подтвердите Номер необычный.")
    assert row_of(served_session, served, "Иванов").protocol is None
    protocol.focus()
    page.locator("[data-grid-told]").get_by_role("button", name="Всё верно, сохранить").click()
    expect(protocol).to_contain_text("сохранено")
    assert row_of(served_session, served, "Иванов").protocol == "999"

    protocol.focus()
    paste(page, "7\n888")
    box = page.locator("#grid-paste")
    expect(box).to_contain_text("Сохранится: 1. Останется как есть: 1.")
    box.get_by_label("Всё верно, сохранить").check()
    page.get_by_role("button", name="Вставить 2 значения").click()
    expect(page.get_by_role("button", name="Отменить вставку (2)")).to_be_visible()
    expect(cell(page, "protocol", 1)).to_contain_text("сохранено")
    assert row_of(served_session, served, "Сергеева").protocol == "888"


@pytest.mark.parametrize(("width", "theme"), [(1366, "light"), (390, "dark")])
def test_a_grid_is_accessible_and_fits(open_as: Any, address: str, width: int, theme: str) -> None:
    page = open_grid(open_as("deputy.65001", width=width, theme=theme), address)
    assert problems_now(page) == []
    cell(page, "outcome", 1).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Итог года, Сергеева Алёна").select_option(label="выпуск")
    page.keyboard.press("Enter")
    expect(cell(page, "outcome", 1)).to_contain_text("не сохранено Итог «выпуск» возможен")
    assert problems_now(page) == []
    cell(page, "protocol", 0).click()
    expect(page.locator("#grid-editor")).to_be_focused()
    assert problems_now(page) == []
    page.keyboard.press("Escape")
    paste(page, "1\n2\n3")
    expect(page.locator("#grid-paste")).to_contain_text("Сохранится: 2. Не помещается в таблицу: 1.")
    assert problems_now(page) == []


def test_a_reader_is_told_why(open_as: Any, address: str) -> None:
    page = open_grid(open_as("teacher.65001"), address)
    first = cell(page, "outcome", 0)
    expect(first).to_have_attribute("aria-readonly", "true")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-grid-told]")).to_contain_text("Изменяет: Завуч. Вам запись открыта для чтения.")
    expect(page.locator("#grid-editor")).to_have_count(0)
