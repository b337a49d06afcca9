"""By when accounts are handed over, over HTTP: told, closed from the line, and not bettered in silence (3.3.2.4)."""

from datetime import date
from typing import Any

import pytest

from app.compliance import queries
from app.compliance.bindings.accounts import RULES
from app.models.monitoring.corrections import CorrectionState
from app.models.people import Employee, Guardianship
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.monitoring.test_hold import SCHOOL, School, by_hand
from tests.reports.reading import read_text
from tests.support.sent import sent
from tests.support.ticks import ticked

HIRED, DUE, LATER, NOVEMBER = date(2026, 10, 1), date(2026, 10, 6), date(2026, 10, 9), date(2026, 11, 2)
NEWCOMER = {"last_name": "Новичков", "first_name": "Илья", "hired_on": "2026-10-01", "hiring_order": "7-лс"}


class Hirings(School):
    """People are hired, enrolled, and get their accounts."""

    def hire(self, **more: str) -> Employee:
        given = NEWCOMER | {"hiring_order_date": "2026-10-01"} | more
        with self.on(HIRED, "hr") as client:
            assert client.post("/employees/add", data=given).status_code == 302
        return self.session.query(Employee).filter_by(last_name="Новичков").one()

    def change(self, day: date, card: Any, route: str, who: str = "hr", **changes: Any) -> Any:
        with self.on(day, who) as client:
            typed = sent(client.get(f"/{route}/edit/{card.id}").text)
            return ticked(client, f"/{route}/edit/{card.id}", typed | changes)

    def told(self, on: date) -> dict[tuple[str, int], str]:
        found = queries.records(self.session.connection(), RULES, None, on)
        return {(each.rule, each.about_id): str(each.status) for each in found}


@pytest.fixture
def school(sign_in: Any, session: Any, world: Any) -> Hirings:
    return Hirings(sign_in, session, world)


def test_a_hired_employee_has_a_term_and_the_administrator_closes_it_from_the_line(school: Hirings) -> None:
    card = school.hire()
    duty = ("account-employee", card.id)
    assert school.told(HIRED)[duty] == "pending"
    with school.on(LATER, "administrator") as client:
        page = client.get("/compliance/records?status=overdue").text
        assert f'href="/slips/?employees={card.id}"' in page
        assert "Выдать учётную запись" in page
        assert client.get(f"/slips/?employees={card.id}").status_code == 200
        story = client.get(f"/employees/show/{card.id}").text
        assert "Срок выдачи учётной записи" in story
        assert "06.10.2026" in story
    with school.on(LATER, "secretary") as client:
        assert "Новичков" not in client.get("/compliance/records?status=overdue").text, "not the secretary's duty"
    with school.on(LATER, "hr") as client:
        assert "Срок выдачи учётной записи" not in client.get(f"/employees/show/{card.id}").text
    assert school.told(LATER)[duty] == "overdue"


@pytest.mark.parametrize(("day", "status"), [(DUE, "on_time"), (date(2026, 10, 7), "late")])
def test_handed_over_on_the_last_day_and_after_it(school: Hirings, day: date, status: str) -> None:
    card = school.hire()
    given = {"username": "novichkov", "last_name": "Новичков", "first_name": "Илья", "active": "y"}
    with school.on(HIRED, "administrator") as client:
        made = client.post("/accounts/add", data=given)
        assert made.status_code == 302, made.text
        account = int(made.location.rpartition("/")[2])
        tie = ticked(client, "/account_persons/add", {"account": account, "employee": card.id})
        assert tie.status_code == 302
    assert school.told(HIRED)["account-employee", card.id] == "pending", "made is not handed over"
    with school.on(day, "administrator") as client:
        assert client.post(f"/accounts/hand_over/{account}").status_code == 302
    assert school.told(day)["account-employee", card.id] == status
    assert school.told(NOVEMBER)["account-employee", card.id] == status


def test_a_later_date_of_the_hiring_order_waits(school: Hirings) -> None:
    """Overdue since Tuesday: on Friday the order is said to be of Friday."""
    card = school.hire()
    assert school.change(LATER, card, "employees", hiring_order_date="2026-10-09").status_code == 302
    assert school.told(LATER)["account-employee", card.id] in ("overdue", "late")
    [asked] = school.corrections()
    assert (asked.state, list(asked.rules)) == (CorrectionState.WAITING, ["account-employee"])
    assert school.decide(LATER, "confirm", "director").status_code == 302
    assert school.told(LATER)["account-employee", card.id] == "pending"


def test_a_dismissal_said_to_have_been_before_the_term_waits(school: Hirings) -> None:
    card = school.hire()
    assert school.change(LATER, card, "employees", dismissed_on="2026-10-02").status_code == 302
    assert school.told(NOVEMBER)["account-employee", card.id] == "late"
    assert [each.state for each in school.corrections()] == [CorrectionState.WAITING]


def test_taken_out_of_the_class_before_the_term_by_hand_and_afterwards_waits(school: Hirings) -> None:
    """The account was overdue; that the pupil had left in time, with no order, is confirmed first."""
    member, account = by_hand(school, date(2026, 3, 2), "2026-03-02"), ("account-student", school.pupil)
    tenth, april = date(2026, 3, 10), date(2026, 4, 1)
    assert school.told(tenth)[account] == "overdue"
    assert school.change(tenth, member, "memberships", "deputy", ends_on="2026-03-04").status_code == 302
    assert school.told(april)[account] == "late", "as of the day of the act"
    assert [each.state for each in school.corrections()] == [CorrectionState.WAITING]
    assert school.decide(april, "confirm", "director").status_code == 302
    assert school.told(april)[account] == "not_applicable"


def test_a_guardianship_deleted_takes_no_overdue_account_with_it(school: Hirings, session: Any) -> None:
    member = school.membership()
    member.is_initial = False
    session.commit()
    given = {"last_name": "Белых", "first_name": "Ольга"}
    with school.on(HIRED, "secretary") as client:
        parent = int(client.post("/parents/add", data=given).location.rpartition("/")[2])
        kin = {"pupil": school.pupil, "parent": parent, "relation": "mother"}
        assert ticked(client, "/guardianships/add", kin).status_code == 302
    assert school.told(LATER)["account-parent", parent] == "overdue"
    with school.on(LATER, "administrator") as client:
        assert "за ребёнка: Белых Тимур" in client.get(f"/parents/show/{parent}").text
    row = session.query(Guardianship).filter_by(parent_id=parent).one()
    with school.on(LATER), acting(session, SYSTEM):  # no role of the school deletes it
        session.delete(row)
        session.commit()
    assert school.told(NOVEMBER)["account-parent", parent] == "late", "of what is gone it stands until confirmed"
    assert [each.state for each in school.corrections()] == [CorrectionState.WAITING]
    assert school.decide(NOVEMBER, "confirm", "director").status_code == 302
    assert ("account-parent", parent) not in school.told(NOVEMBER)


def test_the_form_of_accounts_counts_them_alone(school: Hirings) -> None:
    school.hire()
    with school.on(LATER, "director") as client:
        answer = client.get(f"/forms/print/accounts?org={SCHOOL}&on=2026-10-09")
    assert answer.mimetype == "application/pdf"
    text = read_text(answer.data)
    assert "МОНИТОРИНГ ПЕРЕДАЧИ УЧЁТНЫХ ЗАПИСЕЙ" in text
    assert "Новичков" in text
    assert "По видам обязанностей" in text
    assert "Администратор" in text, "who signs beside the director"
    assert "Приказ о переводе" not in text
    with school.on(LATER, "secretary") as client:
        assert client.get(f"/forms/print/accounts?org={SCHOOL}&on=2026-10-09").status_code in (403, 404)
