"""Forms as a person meets them: a record created in place, dependent selects, dates, keys, unsaved changes."""

from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models.accounts.appointments import Appointment
from app.models.directories.people import Position
from app.models.people import Pupil
from app.security.actor import SYSTEM
from app.security.guard import acting

SECRETARY = "secretary.65001"
pytestmark = pytest.mark.browser


def chosen(page: Page, name: str) -> str:
    return page.locator(f"select[name={name}]").evaluate("e => e.selectedOptions[0]?.text ?? ''")


def in_place(page: Page) -> Any:
    return page.locator("#in-place")


def test_a_pupil_is_created_in_place_by_mouse(open_as: Any) -> None:
    page = open_as(SECRETARY)
    page.goto("/movement_orders/add")
    page.get_by_label("Номер").fill("77")
    page.get_by_role("button", name="Создать: Обучающийся").click()
    box = in_place(page)
    box.get_by_label("Фамилия").fill("Новенькая")
    box.get_by_role("button", name="Добавить и выбрать").click()
    expect(box.get_by_text("Не добавлено")).to_be_visible()
    box.get_by_label("Имя").fill("Ася")
    box.get_by_label("Дата рождения").fill("2015-02-01")
    box.get_by_role("button", name="Добавить и выбрать").click()
    expect(box).to_be_hidden()
    assert chosen(page, "lines-0-pupil") == "Новенькая Ася"
    assert page.get_by_label("Номер").input_value() == "77"


def test_a_pupil_is_created_in_place_by_keyboard(open_as: Any, served: Any) -> None:
    page = open_as(SECRETARY)
    page.goto("/movement_orders/add")
    page.locator("[data-row-add]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("[data-new]:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    box = in_place(page)
    expect(box.get_by_label("Фамилия")).to_be_focused()
    page.keyboard.type("Новенький")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Закрыть без сохранения?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(box.get_by_label("Фамилия")).to_have_value("Новенький")
    box.get_by_label("Имя").press_sequentially("Ян")
    box.get_by_label("Дата рождения").fill("2015-02-01")
    page.keyboard.press("Control+s")
    expect(box).to_be_hidden()
    expect(page.locator("[data-new]:focus")).to_have_count(1)
    assert chosen(page, "lines-101-pupil") == "Новенький Ян"
    with served.app.app_context(), acting(db.session, SYSTEM):
        assert db.session.query(Pupil).filter_by(last_name="Новенький").count() == 1


def test_an_ended_session_loses_nothing(open_as: Any) -> None:
    page = open_as(SECRETARY)
    page.goto("/movement_orders/add")
    page.get_by_role("button", name="Создать: Обучающийся").click()
    box = in_place(page)
    box.get_by_label("Фамилия").fill("Новенькая")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("Control+s")
    expect(box.get_by_text("Сеанс закончился")).to_be_visible()
    expect(box.get_by_label("Фамилия")).to_have_value("Новенькая")
    page.context.add_cookies(cookies)
    page.keyboard.press("Control+s")
    expect(box.get_by_text("Не добавлено")).to_be_visible()
    expect(box.get_by_label("Фамилия")).to_have_value("Новенькая")


def test_the_school_narrows_the_position(open_as: Any, served: Any) -> None:
    with served.app.app_context(), acting(db.session, SYSTEM):
        day, schools = date(2025, 8, 25), served.world.schools
        second = Appointment(account_id=served.world.account("hr.65001"), role="hr", school_id=schools["65002"])
        second.order_number, second.order_date, second.valid_from = "13", day, day
        db.session.add_all([second, Position(school_id=schools["65002"], title="Повар")])
        db.session.commit()
    page = open_as("hr.65001")
    page.goto("/employees/add")
    choose(page, "school", "Правда")
    choose(page, "position", "Повар")
    assert chosen(page, "position") == "Повар"
    choose(page, "school", "Холмска")
    assert chosen(page, "position") == ""
    page.locator("select[name=position] + .ts-wrapper .ts-control").click()
    expect(page.locator(".ts-dropdown .option", has_text="Учитель")).to_have_count(1)
    expect(page.locator(".ts-dropdown .option", has_text="Повар")).to_have_count(0)


def choose(page: Page, name: str, typed: str) -> None:
    """Type, wait for what was found, press it."""
    page.locator(f"select[name={name}] + .ts-wrapper .ts-control").click()
    with page.expect_response(lambda answer: f"lookup?q={quote(typed)}" in answer.url):
        page.keyboard.type(typed)
    page.locator(f"#{name}-ts-dropdown .option", has_text=typed).first.click()


def test_dates_are_written_our_way_in_any_browser(open_as: Any, chromium: Any, served: Any) -> None:
    signed = open_as(SECRETARY)
    context = chromium.new_context(
        locale="en-US", base_url=served.address, storage_state=signed.context.storage_state()
    )
    page = context.new_page()
    page.goto("/pupils/edit/1")
    born = page.get_by_label("Дата рождения")
    expect(born).to_have_value("11.04.2013")
    for typed, shown in (("1.9.2014", "01.09.2014"), ("01092014", "01.09.2014"), ("2014-09-01", "2014-09-01")):
        born.fill("")
        born.press_sequentially(typed)
        if shown[2] == ".":
            expect(born).to_have_value(shown)
    born.fill("31.02.2014")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Такой даты нет.").first).to_be_visible()
    born.fill("02.03.2014")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Изменения сохранены.")).to_be_visible()
    expect(page.get_by_text("02.03.2014").first).to_be_visible()
    page.goto("/pupils/list/?birth_date_from=2014-01-01")
    assert page.locator("#filter-birth_date_from").input_value() == "01.01.2014"
    context.close()


def test_keys_walk_a_list_and_save_a_form(open_as: Any) -> None:
    page = open_as(SECRETARY)
    page.goto("/pupils/list/")
    links = page.locator("a.row-link")
    for key, at in (("j", 0), ("j", 1), ("о", 2), ("k", 1)):
        page.evaluate(PRESS, {"key": key, "code": "KeyK" if key == "k" else "KeyJ"})
        expect(links.nth(at)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pupils/show/**")
    page.keyboard.press("e")
    page.wait_for_url("**/pupils/edit/**")
    page.get_by_label("№ личного дела").fill("С/41")
    page.get_by_label("№ личного дела").blur()
    page.keyboard.press("s")
    expect(page.get_by_text("Изменения сохранены.")).to_be_visible()


PRESS = "given => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {...given, bubbles: true}))"


def test_unsaved_changes_are_asked_about(open_as: Any) -> None:
    page, asked = open_as(SECRETARY), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/pupils/add")
    page.get_by_role("link", name="Отмена").click()
    page.wait_for_url("**/pupils/list/**")
    assert asked == []
    page.goto("/pupils/add")
    page.get_by_role("button", name="Добавить", exact=True).click()
    expect(page.get_by_text("Не сохранено.")).to_be_visible()
    page.get_by_role("link", name="Отмена").click()
    page.wait_for_url("**/pupils/list/**")
    assert asked == ["beforeunload"]
