"""Every place that knows the kinds of orders says what their one description says, and follows when it changes."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import inspect

from app.compliance.bindings.movement import BINDING, RULES, duties
from app.compliance.bindings.movement.tables import rule_of
from app.compliance.bindings.movement.year import AtYearEnd, BeforeYear
from app.compliance.duties import Duty
from app.extensions import db
from app.models.movement import MovementOrder
from app.models.movement import kinds as order_kinds
from app.models.movement.kinds import KINDS, Entered, OrderKind, kinds_where
from app.models.people import Pupil, PupilStatus
from app.panel.editing import forms
from app.regulation import load_regulation
from app.russian import held_together

ALL = frozenset(range(1, 12))


def change(monkeypatch: pytest.MonkeyPatch, kind: OrderKind, **values: Any) -> None:
    monkeypatch.setitem(KINDS, kind, replace(KINDS[kind], **values))


def kinds_in(text: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", text))


def test_every_kind_is_described() -> None:
    assert list(KINDS) == list(OrderKind)


@pytest.mark.parametrize(
    ("table", "check", "kinds"),
    [
        ("movement_line", "to_class", {"enrolment", "enrolment_1", "enrolment_10", "transfer"}),
        ("movement_line", "from_class", {"enrolment", "enrolment_1", "enrolment_10"}),
        ("movement_order", "decision_date", {"enrolment_1"}),
    ],
)
def test_the_migrated_database_holds_the_description(app: Any, table: str, check: str, kinds: set[str]) -> None:
    """As the migrations made it: a changed description without a migration falls here."""
    described = getattr(order_kinds, {"decision_date": "check_decision"}.get(check, f"check_{check}"))()
    with app.app_context():
        found = inspect(db.engine).get_check_constraints(table)
    held = next(one["sqltext"] for one in found if one["name"].endswith(check))
    assert kinds_in(held) == kinds_in(described) == kinds


def test_the_checks_follow_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, OrderKind.DEPARTURE, to_class=Entered.ALWAYS, needs_decision=True, enrols=True)
    for made in (order_kinds.check_to_class(), order_kinds.check_from_class(), order_kinds.check_decision()):
        assert "departure" in kinds_in(made)


def test_each_grade_has_one_order_at_the_end_of_the_year() -> None:
    """Whoever goes on and whoever stays in the grade: exactly one kind for each."""
    for repeating in (False, True):
        ends = [rules for rules in KINDS.values() if rules.year_end and rules.repeating is repeating]
        grades = [grade for rules in ends for grade in rules.from_grades]
        assert sorted(grades) == sorted(ALL)


def test_compliance_follows_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tuple(rule for rule in load_regulation().rules if rule.startswith("order-")) == RULES
    assert sorted(BINDING.rules) == sorted(RULES)
    change(monkeypatch, OrderKind.GRADUATION, from_grades=frozenset({11}))
    change(monkeypatch, OrderKind.ENROLMENT_10, to_grade=5)
    changed: dict[str, Duty] = {rule: duty for duty in duties() for rule in duty.rules}
    graduation, enrolment = changed[rule_of(OrderKind.GRADUATION)], changed[rule_of(OrderKind.ENROLMENT_10)]
    assert isinstance(graduation, AtYearEnd)
    assert graduation.grades(rule_of(OrderKind.GRADUATION)) == [11]
    assert isinstance(enrolment, BeforeYear)
    assert enrolment.grade == 5


@pytest.fixture
def order_page(sign_in: Any) -> Any:
    def read() -> str:
        return sign_in("secretary.65001").get("/movement_orders/add").get_data(as_text=True)

    return read


def shown_for(page: str, name: str) -> set[str]:
    """The kinds for which the wrapper around a field is shown."""
    before = page[: page.index(f'name="{name}"')]
    return set(re.findall(r'data-show-for="([^"]*)"', before)[-1].split())


def heading(page: str, column: str) -> str:
    """The heading of a column of the rows."""
    return re.search(rf'<th[^>]*data-column="{column}"[^>]*>', page)[0]


def columns_for(page: str, column: str) -> set[str]:
    return set(re.search(r'data-show-for="([^"]*)"', heading(page, column))[1].split())


def labels_of(page: str, column: str) -> dict[str, str]:
    return json.loads(unescape(re.search(r'data-labels="([^"]*)"', heading(page, column))[1]))


def test_the_form_shows_what_the_description_says(order_page: Any) -> None:
    page = order_page()
    assert columns_for(page, "to_class") == set(kinds_where(lambda rules: rules.has_class))
    assert columns_for(page, "counterpart") == {"enrolment", "enrolment_1", "enrolment_10", "departure"}
    assert shown_for(page, "decision_date") == {"enrolment_1"}
    assert labels_of(page, "event_date") == {kind: rules.event_label for kind, rules in KINDS.items()}
    assert labels_of(page, "counterpart")["departure"] == "Куда выбыл"


def test_the_form_follows_the_description(order_page: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fields of the order are made once, at the start: here they are made again from the changed description."""
    change(
        monkeypatch,
        OrderKind.DEPARTURE,
        to_class=Entered.ALWAYS,
        needs_decision=True,
        event_label="День ухода",
        counterpart_label=None,
    )
    form = forms.build(SQLAInterface(MovementOrder), ["kind", "decision_date"])
    assert "departure" in form.decision_date.kwargs["render_kw"]["data-show-for"].split()
    page = order_page()
    assert "departure" in columns_for(page, "to_class")
    assert "departure" not in columns_for(page, "counterpart")
    assert labels_of(page, "event_date")["departure"] == "День ухода"


@pytest.fixture
def refused(sign_in: Any, world: Any) -> Any:
    """What the page says of an order of this kind on a pupil of 5А."""

    def run(kind: str, **more: Any) -> str:
        form = {
            "kind": kind,
            "number": "1-у",
            "order_date": "2026-02-27",
            "lines-0-pupil": world.pupils[("65001", "Иванов")],
            "lines-0-event_date": "2026-02-26",
        }
        with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False):
            answer = sign_in("secretary.65001").post("/movement_orders/add", data=form | more)
        return answer.get_data(as_text=True) if answer.status_code == 422 else ""

    return run


def test_grades_and_words_of_a_refusal_follow(refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "только из 9 и 11 классов" in refused("graduation")
    change(monkeypatch, OrderKind.PROMOTION, from_grades=frozenset({2}), from_words="только из 2 класса")
    assert "только из 2 класса" in refused("promotion")


def test_the_next_class_follows(refused: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, OrderKind.PROMOTION, step=4)
    target = {"lines-0-to_class": world.classes[("65001", 2025, "5А")]}
    assert held_together("ожидается класс 9-й параллели") in refused("promotion", **target)


def test_a_decision_is_asked_for_where_described(refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, OrderKind.DEPARTURE, needs_decision=True)
    assert "укажите дату решения" in refused("departure")


def test_the_status_after_leaving_follows(
    refused: Any, world: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, OrderKind.DEPARTURE, leaves_as=PupilStatus.GRADUATED)
    assert refused("departure") == ""
    assert session.get(Pupil, world.pupils[("65001", "Иванов")]).status is PupilStatus.GRADUATED


def test_enrolment_before_the_year_is_into_its_grade_alone() -> None:
    """«Зачисление в 1 класс» and «в 10 класс»: the grades of the regulation (3.3.4.4)."""
    special = kinds_where(lambda rules: rules.before_year)
    assert {kind: kind.rules.to_grade for kind in special} == {OrderKind.ENROLMENT_1: 1, OrderKind.ENROLMENT_10: 10}
