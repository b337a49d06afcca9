"""`docs/tasks.yaml`: what people come for, walked as they do it, within the clicks that it may cost."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from app import clock
from app.extensions import db
from app.models.accounts import Appointment
from app.models.people import Parent
from app.security.actor import SYSTEM
from app.security.guard import acting

pytestmark = pytest.mark.browser
TASKS = yaml.safe_load((Path(__file__).parents[2] / "docs" / "tasks.yaml").read_text(encoding="utf-8"))
ORGANISATION = {"municipal": "64754000", "regional": ""}
WALKS: dict[str, Callable[["Walker"], None]] = {}
WIDE, PHONE = (1366, 768), (390, 844)


class Walker:
    """A person who counts what is pressed."""

    def __init__(self, page: Page, site: Any) -> None:
        self.page, self.site, self.clicks = page, site, 0

    def press(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def link(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self.press((within or self.page).get_by_role("link", name=name).first)

    def button(self, name: str | re.Pattern[str]) -> None:
        self.press(self.page.get_by_role("button", name=name).first)

    def row(self, name: str) -> None:
        self.press(self.page.locator("tbody .row-link", has_text=name).first)

    def find(self, typed: str, name: str) -> None:
        """By «Найти всё»."""
        self.press(self.page.locator("[data-key=find]"))
        self.page.keyboard.type(typed, delay=15)
        self.press(self.page.locator("#find [data-hit]", has_text=name).first)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()


def walk(name: str) -> Callable[[Callable[[Walker], None]], Callable[[Walker], None]]:
    def note(steps: Callable[[Walker], None]) -> Callable[[Walker], None]:
        WALKS[name] = steps
        return steps

    return note


def every() -> list[Any]:
    sizes = {False: (WIDE,), True: (WIDE, PHONE)}
    return [
        pytest.param(role, task, size, id=f"{role}-{task['id']}-{size[0]}")
        for role, tasks in TASKS.items()
        for task in tasks
        for size in sizes[bool(task.get("phone"))]
    ]


@pytest.mark.parametrize(("role", "task", "size"), every())
def test_a_task_costs_no_more_than_it_may(
    open_as: Any, served: Any, role: str, task: dict[str, Any], size: tuple[int, int]
) -> None:
    prepare(served, task["id"])
    organisation = ORGANISATION.get(role, "65001")
    page = open_as(f"{role}.{organisation}".rstrip("."), width=size[0])
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(task["start"])
    walker = Walker(page, served)
    WALKS[task["id"]](walker)
    assert walker.clicks <= task["clicks"], task["task"]


def test_every_task_is_walked_and_no_other() -> None:
    named = [task["id"] for tasks in TASKS.values() for task in tasks]
    assert set(named) == set(WALKS)


def prepare(served: Any, task: str) -> None:
    """What the small world has not."""
    with served.app.app_context(), acting(db.session, SYSTEM):
        if task == "find-by-phone":
            parent = db.session.query(Parent).filter_by(school_id=served.world.schools["65001"]).first()
            parent.phone = "+7 914 555-01-02"
        if task == "ending-roles":
            held = db.session.query(Appointment).filter_by(account_id=served.world.account("hr.65001")).one()
            held.valid_to = clock.today() + timedelta(days=10)
        db.session.commit()
        db.session.remove()


@walk("find-by-phone")
def _(one: Walker) -> None:
    one.find("8914 555 01 02", "555-01-02")
    expect(one.page).to_have_url(re.compile("/(pupils|parents)/show/"))


@walk("overdue-order")
def _(one: Walker) -> None:
    one.link(re.compile("^Внести приказ"))
    one.page.get_by_label(re.compile("^Номер")).first.fill("77-д")
    one.page.get_by_label("Дата приказа", exact=False).first.fill(clock.today().isoformat())
    one.button("Добавить")
    expect(one.page).to_have_url(re.compile("/(movement_orders|compliance|pupils|$)"))


@walk("departure")
def _(one: Walker) -> None:
    one.row("Иванов Пётр")
    one.press(one.page.get_by_role("link", name="Приказ", exact=True))
    one.page.get_by_label(re.compile("^Номер")).first.fill("214-у")
    day = (clock.today() - timedelta(days=1)).isoformat()
    one.page.get_by_label("Дата приказа").first.fill(day)
    one.page.get_by_label("Дата выбытия").first.fill(day)
    one.button("Добавить")
    one.sees(re.compile("Срок"))


@walk("mend-phone")
def _(one: Walker) -> None:
    one.row("Сергеева")
    one.link("Изменить")
    one.page.get_by_label("Телефон").fill("9140000002")
    one.button("Сохранить")
    one.sees("Изменения сохранены.")


@walk("move-up-class")
def _(one: Walker) -> None:
    one.page.get_by_role("searchbox", name=re.compile("^Поиск: ")).fill("5а")
    expect(one.page.locator("tbody .row-link", has_text="5 «Б»")).to_have_count(0)
    one.press(one.page.locator("tbody .row-link", has_text="5 «А»").nth(1))  # of the year that is to be ended
    one.link("Перевести класс")
    one.sees(re.compile("2 строки"))


@walk("answer")
def _(one: Walker) -> None:
    one.link("Исправления", one.page.locator("#menu"))
    expect(one.page.get_by_role("heading", level=1)).to_be_visible()


@walk("what-is-overdue")
def _(one: Walker) -> None:
    one.link(re.compile("Просрочено"))
    one.press(one.page.get_by_text("Почему:").first)
    one.sees(re.compile("Установленный срок"))


@walk("class-teacher")
def _(one: Walker) -> None:
    one.row("5 «А»")
    one.link("Изменить")
    one.press(one.page.locator(".field", has_text="Классный руководитель").locator(".ts-control").first)
    one.page.keyboard.type("Анн", delay=15)
    one.page.wait_for_timeout(500)
    one.page.keyboard.press("Enter")
    one.button("Сохранить")
    one.sees("Изменения сохранены.")


@walk("periods")
def _(one: Walker) -> None:
    one.link("Годы и периоды", one.page.locator("#menu"))
    one.press(one.page.locator("tbody .row-link").first)
    one.sees("Периоды")


@walk("not-handed-over")
def _(one: Walker) -> None:
    one.link(re.compile("Учётные записи не выданы"))
    expect(one.page).to_have_url(re.compile("handed_over_on_is=empty"))


@walk("reset-password")
def _(one: Walker) -> None:
    one.press(one.page.locator("tbody .row-link").first)
    one.link("Изменить")
    one.page.get_by_label(re.compile("^Одноразовый пароль")).fill("тихий северный прилив")
    one.button("Сохранить")
    one.sees("Изменения сохранены.")


@walk("who-changed")
def _(one: Walker) -> None:
    one.press(one.page.locator("tbody .row-link").first)
    one.press(one.page.get_by_text(re.compile("История карточки|История")).first)
    one.sees(re.compile("Создан|Изменен|Внесен|изменений", re.IGNORECASE))


@walk("appoint")
def _(one: Walker) -> None:
    one.link("Назначения на роли", one.page.locator("#menu"))
    one.link("Назначение")
    expect(one.page.get_by_label(re.compile("^Роль"))).to_be_visible()


@walk("ending-roles")
def _(one: Walker) -> None:
    one.link(re.compile("Роли кончаются"))
    expect(one.page.locator("tbody .row-link")).to_have_count(1)


@walk("own-class")
def _(one: Walker) -> None:
    one.press(one.page.locator(".to-do a").first)
    one.sees("Состав класса")


@walk("pupil-of-class")
def _(one: Walker) -> None:
    one.press(one.page.locator(".to-do a").first)
    one.link(re.compile("Иванов|Сергеева"))
    expect(one.page).to_have_url(re.compile("/pupils/show/"))


@walk("own-child")
def _(one: Walker) -> None:
    one.link(re.compile("^Открыть карточку"))
    expect(one.page).to_have_url(re.compile("/pupils/show/"))


@walk("own-card")
def _(one: Walker) -> None:
    one.link(re.compile("^Открыть карточку"))
    expect(one.page).to_have_url(re.compile("/pupils/show/"))


@walk("worst-school")
def _(one: Walker) -> None:
    one.press(one.page.locator(".to-do a").first)
    expect(one.page).to_have_url(re.compile("/compliance/"))
    one.sees("Кто отвечает")


@walk("print-form")
def _(one: Walker) -> None:
    link = one.page.get_by_role("link", name="Печать формы")
    one.clicks += 1
    answer = one.page.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"


@walk("school-list")
def _(one: Walker) -> None:
    one.press(one.page.locator(".to-do a").first)
    one.press(one.page.locator("tfoot a.ink-red, tfoot a").first)
    link = one.page.get_by_role("link", name="Перечень для школы")
    one.clicks += 1
    answer = one.page.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"


@walk("last-year")
def _(one: Walker) -> None:
    one.press(one.page.locator(".periods a").nth(1))
    expect(one.page.locator(".periods a").nth(1)).to_have_attribute("aria-current", "page")


@walk("what-changed")
def _(one: Walker) -> None:
    one.link("Что изменилось")
    one.sees(re.compile("Сравнить с днём"))


@walk("clean-schools")
def _(one: Walker) -> None:
    one.link(re.compile("Без нарушений сроков"))
    one.sees("Показать все")


@walk("matrix")
def _(one: Walker) -> None:
    one.link("Школы и обязанности")
    expect(one.page.locator("table.duties")).to_be_visible()


@walk("municipality-numbers")
def _(one: Walker) -> None:
    one.link("Холмский городской округ")
    one.sees("По школам")


@walk("letterhead")
def _(one: Walker) -> None:
    one.row("Холмский")
    one.link("Изменить")
    one.page.get_by_label(re.compile("^Должность руководителя")).fill("Начальник управления образования")
    one.page.get_by_label(re.compile("^Руководитель")).fill("М. Г. Пестов")
    one.button("Сохранить")
    one.sees("Изменения сохранены.")


@walk("find-pupil")
def _(one: Walker) -> None:
    one.find("сергеева", "Сергеева Алёна")
    expect(one.page.get_by_role("heading", name=re.compile("Сергеева Алёна"))).to_be_visible()
