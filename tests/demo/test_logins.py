"""The demo's accounts: one of each role at least, each opened by the one published password."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.demo.accounts.accounts import DEMO_PASSWORD
from app.demo.accounts.logins import OPERATOR, DemoLogin, find_logins
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.people import Pupil, PupilStatus
from app.models.schools import School
from app.models.study import SchoolClass
from app.models.territory import MunicipalityCode
from app.regulation import load_regulation
from app.services.demo import _make_operator
from tests.demo.conftest import ON, Planted

ABOVE = {"municipal", "regional", OPERATOR}


@pytest.fixture
def session(region: Planted) -> Session:
    """With the operator's role, which the service gives beyond the loader's rows."""
    with Session(region.engine) as session:
        _make_operator(session, region.loaded.operator_id)
        yield session


@pytest.fixture
def shown(session: Session) -> list[DemoLogin]:
    return find_logins(session, ON)


def test_every_role_of_the_regulation_and_the_operator_can_sign_in(shown: list[DemoLogin]) -> None:
    assert {one.role for one in shown} == {*load_regulation().roles, OPERATOR}
    assert {one.password for one in shown} == {DEMO_PASSWORD}


def test_two_schools_in_two_municipalities_are_shown_each_with_all_its_roles(shown: list[DemoLogin]) -> None:
    schools = {one.school: one.municipality for one in shown if one.school}
    assert len(schools) == len(set(schools.values())) == 2
    for code, oktmo in schools.items():
        own = {one.role for one in shown if one.school == code}
        assert own == set(load_regulation().roles) - ABOVE
        assert [one.login for one in shown if one.role == "municipal" and one.municipality == oktmo]


def test_codes_are_those_that_other_commands_take(session: Session, shown: list[DemoLogin]) -> None:
    codes, oktmo = (set(session.scalars(select(column))) for column in (School.code, MunicipalityCode.oktmo))
    assert {one.school for one in shown} <= codes | {None}
    assert {one.municipality for one in shown} <= oktmo | {None}


def test_the_short_list_names_nobody_twice(shown: list[DemoLogin]) -> None:
    assert len({one.login for one in shown}) == len(shown)
    assert Counter((one.role, one.municipality) for one in shown).most_common(1)[0][1] == 1


def test_each_school_has_its_named_accounts(session: Session) -> None:
    every = find_logins(session, ON, every=True)
    for code in session.scalars(select(School.code)):
        roles = Counter(one.role for one in every if one.school == code)
        assert roles["teacher"] >= 2
        assert roles["student"] >= 2
        assert roles["parent"] >= 2
        assert set(roles) == set(load_regulation().roles) - ABOVE


def test_json_has_exactly_the_promised_fields(shown: list[DemoLogin]) -> None:
    assert {tuple(one.as_json()) for one in shown} == {("login", "password", "role", "school", "municipality")}


def test_a_changed_password_takes_the_account_off_the_list(session: Session, shown: list[DemoLogin]) -> None:
    gone = shown[0].login
    session.execute(update(Account).where(Account.username == gone).values(password="pbkdf2:sha256:1$salt$00"))
    assert gone not in {one.login for one in find_logins(session, ON, every=True)}
    session.rollback()


def test_a_closed_account_and_a_past_appointment_are_not_listed(session: Session) -> None:
    closed = session.scalars(select(Account.username).where(Account.closed_on.is_not(None))).all()
    assert len(closed) == 3
    assert not set(closed) & {one.login for one in find_logins(session, ON, every=True)}
    past = session.scalars(select(Appointment).where(Appointment.valid_to < ON)).all()
    assert {appointment.role for appointment in past} == {"administrator", "secretary"}
    deputies = [one for one in find_logins(session, ON, every=True) if one.login.startswith("deputy.")]
    assert {one.role for one in deputies} == {"deputy"}


def test_the_first_teacher_leads_the_class_of_the_first_pupil(session: Session, shown: list[DemoLogin]) -> None:
    for code in {one.school for one in shown if one.school}:
        logins = {one.role: one.login for one in shown if one.school == code}
        teacher, student = (person(session, logins[role]) for role in ("teacher", "student"))
        pupil = session.get(Pupil, student.pupil_id)
        assert pupil.status is PupilStatus.ENROLLED
        assert session.get(SchoolClass, pupil.class_id).class_teacher_id == teacher.employee_id
        parent = person(session, logins["parent"])
        assert parent.parent_id in {kin.parent_id for kin in pupil.guardianships}


def person(session: Session, login: str) -> AccountPerson:
    own = select(AccountPerson).join(Account, Account.id == AccountPerson.account_id)
    return session.scalars(own.where(Account.username == login)).one()


def test_accounts_are_in_force_before_the_first_order(session: Session) -> None:
    begins = session.scalars(select(Appointment.valid_from)).all()
    assert max(begins) < ON - timedelta(days=700)
