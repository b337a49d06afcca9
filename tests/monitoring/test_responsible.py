"""Beside the role that answers for a duty stands who was appointed to it on the day of the report."""

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.compliance.bindings.movement import RULES
from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.security.actor import SYSTEM, Actor, Holding
from app.security.guard import acting
from app.services.monitoring import compliance as monitoring
from app.services.monitoring.responsible import responsible
from app.services.territory.organisations import resolve
from tests.panel.reading import body

SCHOOL, MUNICIPALITY = "65001", "64754000"
AUTUMN = "2026-10-01"
RECORDS = f"/compliance/records?org={SCHOOL}&rule=order-promotion&status=overdue&on={AUTUMN}"
NAMES = {
    "secretary": ("Иванова", "Анна Петровна"),
    "hr": ("Ким", "Олег"),
    "deputy": ("Петрова", "Ольга Ивановна"),
    "director": ("Лебедев", "Пётр Ильич"),
    "administrator": ("Цой", "Виктор Ли"),
}
ENTERS = "секретарь: Иванова А. П., специалист по кадрам: Ким О."


@pytest.fixture
def office(session: Any, world: Any) -> Any:
    """The people of a school, each by a name of his own; `office(role, until)` ends appointments."""
    for role, (last, first) in NAMES.items():
        account = session.get(Account, world.account(f"{role}.{SCHOOL}"))
        account.last_name, account.first_name = last, first
    session.commit()

    def end(role: str, until: date) -> None:
        held = select(Appointment).where(
            Appointment.role == role, Appointment.account_id == world.account(f"{role}.{SCHOOL}")
        )
        session.scalars(held).one().valid_to = until
        session.commit()

    return end


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def asked(app: Any, on: str = AUTUMN) -> dict[str, Any]:
    words = ("compliance", "records", "--org", SCHOOL, "--rule", "order-promotion", "--status", "overdue", "--json")
    return json.loads(plain(app.test_cli_runner().invoke(args=[*words, "--on", on]).stdout))[0]


def test_every_record_names_who_enters_and_who_controls(sign_in: Any, office: Any, app: Any) -> None:
    page = plain(body(sign_in(f"municipal.{MUNICIPALITY}").get(RECORDS)))
    assert page.count(f"Ответственные: {ENTERS}; контроль: завуч Петрова О. И.<") == 5
    one = asked(app)
    assert one["why"][-1] == f"Ответственные: {ENTERS}; контроль: завуч Петрова О. И."
    assert (one["responsible_persons"], one["controls_persons"]) == (ENTERS, "завуч Петрова О. И.")


def test_the_page_of_a_school_and_the_forms_name_them(sign_in: Any, office: Any) -> None:
    client = sign_in(f"municipal.{MUNICIPALITY}")
    page = plain(body(client.get(f"/compliance/?org={SCHOOL}&on={AUTUMN}")))
    assert f"<dd>{ENTERS}</dd><dt>Контролирует</dt><dd>завуч Петрова О. И.</dd>" in page
    for code in (MUNICIPALITY, SCHOOL):
        pages = PdfReader(BytesIO(client.get(f"/forms/print/movement?org={code}&on={AUTUMN}").data)).pages
        text = plain(" ".join(" ".join(each.extract_text() for each in pages).split()))
        assert f"{ENTERS}; контроль: завуч Петрова О. И." in text, code


def test_the_day_of_the_report_decides_who_it_is(office: Any, session: Any, world: Any, app: Any) -> None:
    office("secretary", date(2026, 10, 1))
    given = {"order_number": "9", "order_date": date(2026, 10, 1), "school_id": world.schools[SCHOOL]}
    successor = world.account(f"administrator.{SCHOOL}")
    session.add(Appointment(account_id=successor, role="secretary", valid_from=date(2026, 10, 2), **given))
    session.commit()
    assert asked(app)["responsible_persons"] == ENTERS
    assert asked(app, "2026-10-02")["responsible_persons"] == "секретарь: Цой В. Л., специалист по кадрам: Ким О."


def test_who_stands_in_is_named(sign_in: Any, office: Any, app: Any) -> None:
    office("deputy", date(2026, 9, 1))
    assert asked(app)["controls_persons"] == "директор Лебедев П. И. (завуч: никто не назначен)"
    office("director", date(2026, 9, 1))
    assert asked(app)["controls_persons"] == "сотрудник УО Куратор И. (завуч: никто не назначен)"
    told = [plain(body(sign_in(login).get(RECORDS))) for login in (f"secretary.{SCHOOL}", f"municipal.{MUNICIPALITY}")]
    assert ["контроль: сотрудник УО (" in page for page in told] == [True, False]
    assert ["контроль: сотрудник УО Куратор И. (" in page for page in told] == [False, True]


def test_of_several_two_are_named(office: Any, session: Any, world: Any, app: Any) -> None:
    given = {"order_number": "9", "order_date": date(2026, 9, 1), "school_id": world.schools[SCHOOL]}
    for role in ("director", "administrator"):
        account = world.account(f"{role}.{SCHOOL}")
        session.add(Appointment(account_id=account, role="secretary", valid_from=date(2026, 9, 1), **given))
    session.commit()
    assert asked(app)["responsible_persons"].startswith("секретарь: Иванова А. П., Лебедев П. И. и ещё 1, специалист")


def test_nobody_appointed_is_said(office: Any, app: Any) -> None:
    for role in ("secretary", "hr"):
        office(role, date(2026, 9, 1))
    assert asked(app)["responsible_persons"] == "секретарь, специалист по кадрам: никто не назначен"


def test_names_are_for_whoever_sees_the_employees(office: Any, session: Any, world: Any) -> None:
    school, rule = world.schools[SCHOOL], load_regulation().rules["order-promotion"]
    grants = {(Resource.COMPLIANCE, Action.VIEW): frozenset()}
    held = Holding("deputy", "Завуч", grants, school_ids=frozenset({school}))
    with acting(session, Actor("Завуч", holdings=(held,))):
        told = responsible(session, {school}, [rule], date(2026, 10, 1)).of(school, rule)
    assert str(told) == "секретарь, специалист по кадрам; контроль: завуч"


def test_the_class_teacher_answers_where_the_rule_says_so(session: Any, world: Any) -> None:
    school, rule = world.schools[SCHOOL], load_regulation().rules["absence-reason"]
    with acting(session, SYSTEM):
        found = responsible(session, {school}, [rule], date(2026, 10, 1))
    assert found.of(school, rule, "Ким О.").enters == "классный руководитель: Ким О."
    assert found.of(school, rule).enters == "классный руководитель"


def test_however_many_records_it_is_one_query(session: Any, world: Any, count_queries: list[str]) -> None:
    question = monitoring.Question(resolve(session, "region"), date(2026, 10, 1), rules=RULES)
    for limit in (1, 10):
        count_queries.clear()
        assert len({each.answerable for each in monitoring.records(session, question, None, limit)}) == 1
        assert len([each for each in count_queries if "FROM appointment" in each]) == 1
