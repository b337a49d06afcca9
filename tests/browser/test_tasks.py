"""`docs/tasks.yaml`: what people come for, walked as they do it, within the clicks that it may cost."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

from app import clock
from app.extensions import db
from app.models.accounts.appointments import Appointment
from app.models.people import Parent
from app.security.actor import SYSTEM
from app.security.guard import acting

pytestmark = pytest.mark.browser
TASKS = yaml.safe_load((Path(__file__).parents[2] / "docs" / "tasks.yaml").read_text(encoding="utf-8"))
ORGANISATION = {"municipal": "64754000", "regional": "", "operator": ""}
WALKS: dict[str, Callable[["Walker"], None]] = {}
WIDE, PHONE = (1366, 768), (390, 844)
PATIENCE = 20_000


class Walker:
    """A person who counts what is pressed."""

    def __init__(self, page: Page, site: Any) -> None:
        self.page, self.site, self.clicks = page, site, 0

    def press(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def link(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self.press((within or self.page.locator("main, header")).get_by_role("link", name=name).first)

    def button(self, name: str | re.Pattern[str]) -> None:
        self.press(self.page.get_by_role("button", name=name).first)

    def row(self, told: str | Sequence[Any]) -> None:
        """A row of a list by what stands in it; of several so called the one of a number."""
        name, number = (told, 0) if isinstance(told, str) else told
        self.press(self.page.locator("tbody tr", has_text=name).nth(number).locator(".row-link"))

    def menu(self, name: str) -> None:
        self.press(self.page.locator("#menu").get_by_role("link", name=name, exact=True))

    def unfold(self, name: str) -> None:
        self.press(self.page.locator("summary", has_text=name).first)

    def profile(self, name: str) -> None:
        """An entry of the menu under one's initials."""
        self.press(self.page.locator(".topbar summary, header summary").last)
        self.press(self.page.get_by_role("link", name=name).first)

    def search(self, typed: str) -> None:
        """By the line above a list."""
        line = self.page.get_by_role("searchbox", name=re.compile("^Поиск: "))
        line.fill(typed)
        line.press("Enter")

    def fill(self, typed: dict[str, Any]) -> None:
        for label, value in typed.items():
            self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first.fill(str(value))

    def file(self, name: str) -> None:
        """What a link gives to be kept or printed: asked for, not opened."""
        self.clicks += 1
        address = self.page.get_by_role("link", name=name).first.get_attribute("href")
        answer = self.page.request.get(str(address))
        assert answer.ok, answer.status
        assert "text/html" not in answer.headers["content-type"]

    def at(self, part: str) -> None:
        expect(self.page).to_have_url(re.compile(re.escape(part)))

    def find(self, told: Sequence[str]) -> None:
        """By «Найти всё»: what is typed, and the hit that is chosen."""
        typed, name = told
        self.press(self.page.locator("[data-key=find]"))
        self.page.keyboard.type(typed, delay=15)
        self.press(self.page.locator("#find [data-hit]", has_text=name).first)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()


def walk(name: str) -> Callable[[Callable[[Walker], None]], Callable[[Walker], None]]:
    def note(steps: Callable[[Walker], None]) -> Callable[[Walker], None]:
        WALKS[name] = steps
        return steps

    return note


@pytest.mark.parametrize("role", TASKS)
def test_a_task_costs_no_more_than_it_may(open_as: Any, served: Any, role: str) -> None:
    """One signing in for all tasks of a role; those for the phone a second time, at its size."""
    for task in TASKS[role]:
        prepare(served, task["id"])
    organisation = ORGANISATION.get(role, "65001")
    page = open_as(f"{role}.{organisation}".rstrip("."))
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    failed = []
    for width, height in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        asked = [task for task in TASKS[role] if width == WIDE[0] or task.get("phone")]
        failed += [f"{width}, {task['task']}: {why}" for task in asked if (why := walked(page, served, task))]
    assert not failed, "\n".join(failed)


def walked(page: Page, site: Any, task: dict[str, Any]) -> str:
    """Why a task could not be done, or costs too much; empty: it is done."""
    page.goto(task["start"], wait_until="domcontentloaded")
    one = Walker(page, site)
    try:
        WALKS[task["id"]](one) if "do" not in task else follow(one, task["do"])
    except (AssertionError, PlaywrightError) as error:
        return str(error)[:400]
    return "" if one.clicks <= task["clicks"] else f"{one.clicks} clicks, {task['clicks']} allowed"


def follow(one: Walker, steps: list[dict[str, Any]]) -> None:
    for step in steps:
        for word, told in step.items():
            getattr(one, word)(told)


def test_every_task_is_walked_and_no_other() -> None:
    named = [task["id"] for tasks in TASKS.values() for task in tasks if "do" not in task]
    assert set(named) == set(WALKS)
    assert {role: len(tasks) for role, tasks in TASKS.items() if len(tasks) < 10} == {}


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
    one.find(("8914 555 01 02", "555-01-02"))
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


@walk("family-moves-in")
def _(one: Walker) -> None:
    """All on one page; a choice of a list is a press."""
    on_desk = (one.page.viewport_size or {})["width"] == WIDE[0]
    surname, number = ("Дальних", "61-у") if on_desk else ("Ближних", "62-у")
    one.link("Новая семья")
    typed = {"pupil-last_name": surname, "pupil-first_name": "Егор", "pupil-birth_date": "2014-06-01"}
    typed |= {"first-last_name": surname, "first-first_name": "Инна", "first-phone": "9145557701"}
    typed |= {"second-last_name": surname, "second-first_name": "Юрий", "second-phone": "9145557702"}
    for name, value in typed.items():
        one.page.locator(f"[name={name}]").fill(value)
    chosen = {"first-relation": "mother", "first-lives_with": "1", "second-relation": "father", "kind": "enrolment"}
    for name, value in chosen.items():
        one.clicks += 1
        one.page.locator(f"[name={name}]").select_option(value)
    for name, value in {"number": number, "order_date": "2026-03-02", "event_date": "2026-03-02"}.items():
        one.page.locator(f"[name={name}]").fill(value)
    one.press(one.page.locator(".field", has_text="В класс").locator(".ts-control"))
    one.page.keyboard.type("5А", delay=15)
    one.press(one.page.locator(".ts-dropdown .option:visible", has_text="2025/26").first)
    one.button("Записать семью")
    one.sees(f"Семья записана: {surname} Егор.")


@walk("mend-phone")
def _(one: Walker) -> None:
    one.row("Сергеева")
    one.link("Изменить")
    one.page.get_by_label("Телефон").fill("9145550102")
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
    one.row("Сотрудников")
    one.link("Учётные записи и талоны")
    one.press(one.page.locator("main tbody input[type=checkbox]").first)
    one.button("Создать и напечатать")
    one.sees("Мои задания")


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
    one.find(("сергеева", "Сергеева Алёна"))
    expect(one.page.get_by_role("heading", name=re.compile("Сергеева Алёна"))).to_be_visible()
