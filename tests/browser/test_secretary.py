"""The secretary's hour: what is done with a few presses, on a desk and on a phone."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models.movement import MovementLine
from app.security.actor import SYSTEM
from app.security.guard import acting

pytestmark = pytest.mark.browser
SCHOOL = "65001"
WIDTHS = [1366, 390]


def save(page: Page) -> None:
    """Save, and tick what is asked about."""
    page.locator(".save-bar [type=submit]").click()
    page.wait_for_load_state()
    for tick in page.get_by_label("Всё верно, сохранить").all():
        tick.check()
    if page.get_by_label("Всё верно, сохранить").count():
        page.locator(".save-bar [type=submit]").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_class_is_moved_up_by_one_press(open_as: Any, served: Any, width: int) -> None:
    page = open_as(f"secretary.{SCHOOL}", width=width)
    page.goto(f"/classes/show/{served.world.classes[(SCHOOL, 2025, '5А')]}")
    page.get_by_role("link", name="Перевести класс").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[data-row] td[data-column=to_class]", has_text="6\xa0«А»")).to_have_count(2)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    page.get_by_label("Номер").fill("31-у")
    page.get_by_label("Дата приказа").fill("2026-05-29")
    page.locator("[data-row] [data-tick]").nth(1).uncheck()
    save(page)
    page.wait_for_url("**/classes/show/**")
    with served.app.app_context(), acting(db.session, SYSTEM):
        assert [line.event_date for line in db.session.query(MovementLine)] == [date(2026, 5, 26)]


@pytest.mark.parametrize("width", WIDTHS)
def test_an_order_tells_its_term_and_number_while_it_is_typed(open_as: Any, width: int) -> None:
    page = open_as(f"secretary.{SCHOOL}", width=width)
    page.goto("/movement_orders/add")
    kind = page.get_by_label("Вид приказа")
    if width > 768:
        expect(kind).to_be_focused()
    expect(kind).to_have_value("")
    kind.select_option(label="Зачисление в 1 класс")
    page.get_by_label("Дата решения о зачислении").fill("2026-03-02")
    expect(page.get_by_text("срок был 05.03.2026")).to_be_visible()
    kind.select_option(label="Выбытие")
    page.get_by_label("Дата выбытия").fill("2026-11-20")
    expect(page.locator("td [data-hint]")).to_have_text("срок был 24.11.2026")
    kind.select_option(label="Перевод в другой класс")
    expect(page.locator("td [data-hint]")).to_have_count(0)
    star = page.locator("th[data-column=to_class] .need")
    expect(star).to_be_attached()
    assert star.get_attribute("hidden") is None
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


COUNT = "document.addEventListener('click', (e) => { if (e.isTrusted && e.detail) window.pressed(); }, true)"
MOST_CLICKS = 24
"""A pupil, two parents and the order, from the list of pupils on."""


def choose(page: Page, label: str, typed: str, shown: str) -> None:
    """Pick a record by typing a part of its name."""
    page.locator(".field", has_text=label).locator(".ts-control").first.click()
    page.keyboard.type(typed, delay=20)
    page.locator(".ts-dropdown .option:visible", has_text=shown).first.click()


def add_parent(page: Page, name: str, relation: str, lives: str) -> None:
    page.get_by_role("link", name="Родитель или представитель").click()
    page.get_by_role("button", name="Создать: Родитель").click()
    window = page.locator("dialog#in-place")
    window.get_by_label("Фамилия").fill("Приезжих")
    window.get_by_role("textbox", name="Имя", exact=True).fill(name)
    window.get_by_role("button", name="Добавить и выбрать").click()
    expect(window).to_be_hidden()
    expect(page.get_by_label("Кем приходится")).to_have_value("")
    page.get_by_label("Кем приходится").select_option(label=relation)
    page.get_by_label("Проживает с ребёнком").select_option(label=lives)
    save(page)
    page.wait_for_url("**/pupils/show/**")


@pytest.mark.parametrize("width", WIDTHS)
def test_who_is_there_already_is_proposed_while_a_family_is_typed(open_as: Any, served: Any, width: int) -> None:
    """Taken, the card stands in place of what is asked; what was typed in the other parts stays through a refusal."""
    page = open_as(f"secretary.{SCHOOL}", width=width)
    page.goto("/family/")
    mother = page.locator("[data-known$='/first']")
    page.locator("[name=pupil-last_name]").fill("Сергеев")
    page.locator("[name=first-last_name]").fill("Сергеева")
    page.locator("[name=first-first_name]").fill("Ольга")
    expect(mother.get_by_text("Такая карточка уже есть")).to_be_hidden()
    page.locator("[name=first-phone]").fill("8 914 000 00 01")
    expect(mother.get_by_text("Такая карточка уже есть")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    mother.get_by_role("button", name="Взять эту карточку: Сергеева Ольга").click()
    expect(page.locator("[name=first-last_name]")).to_be_hidden()
    expect(mother.locator(".ts-control .item")).to_have_text("Сергеева Ольга")
    page.get_by_role("button", name="Записать семью").click()
    expect(page.locator("#errors")).to_contain_text("Кем приходится")
    expect(page.locator("[name=first-last_name]")).to_be_hidden()
    expect(page.locator("[name=pupil-last_name]")).to_have_value("Сергеев")
    expect(mother.locator(".ts-control .item")).to_have_text("Сергеева Ольга")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_family_moves_in(open_as: Any, served: Any, width: int) -> None:
    page = open_as(f"secretary.{SCHOOL}", width=width)
    pressed: list[int] = []
    page.expose_function("pressed", lambda: pressed.append(1))
    page.add_init_script(COUNT)
    page.goto("/pupils/list/")
    page.get_by_role("link", name="Обучающийся", exact=True).click()
    page.get_by_label("Фамилия").fill("Приезжих")
    page.get_by_role("textbox", name="Имя", exact=True).fill("Тимур")
    page.get_by_label("Дата рождения").fill("2015-04-11")
    save(page)
    page.wait_for_url("**/pupils/show/**")
    card = page.url.partition("?")[0]
    add_parent(page, "Ольга", "мать", "да")
    add_parent(page, "Олег", "отец", "нет")
    assert page.url.startswith(card)
    kin = page.locator("section", has=page.get_by_role("heading", name="Родители и законные представители"))
    expect(kin.get_by_role("row", name="Приезжих Ольга")).to_contain_text("да")
    expect(kin.get_by_role("row", name="Приезжих Олег")).to_contain_text("нет")
    page.get_by_role("link", name="Приказ", exact=True).click()
    expect(page.get_by_label("Вид приказа")).to_have_value("enrolment")
    page.get_by_label("Номер").fill("41-у")
    page.get_by_label("Дата приказа").fill("2026-03-02")
    page.get_by_label("Дата зачисления").fill("2026-03-02")
    choose(page, "В класс", "5А", "2025/26")
    save(page)
    page.wait_for_url("**/pupils/show/**")
    assert page.url.startswith(card)
    assert len(pressed) <= MOST_CLICKS, len(pressed)
    page.get_by_role("link", name="Приезжих Ольга").click()
    expect(page.get_by_role("link", name="Ребёнок", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="Приезжих Тимур")).to_contain_text("да")
