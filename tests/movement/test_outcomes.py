"""The outcome of the year over HTTP: who reads it, who writes it, what it refuses, how it goes with its membership."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import Outcome, YearOutcome
from app.models.people import Pupil
from app.models.study import SchoolClass
from app.services.movement import orders
from app.services.movement.checks import LineDraft, OrderDraft
from tests.support.locks import pressed

SCHOOL, NEAR = "65001", "65002"
READERS = ("director", "deputy", "secretary", "municipal", "regional")
STRANGERS = ("administrator", "hr", "psychologist", "medical", "technical", "student", "parent")
HIDDEN = "повторный год обучения"


@pytest.fixture
def outcome(session: Any, world: Any) -> YearOutcome:
    """Of a pupil of 5А, who repeats the year."""
    found = session.query(YearOutcome).filter_by(pupil_id=world.pupils[(SCHOOL, "Иванов")]).one()
    found.outcome = Outcome.REPEAT
    session.commit()
    return found


def login(role: str) -> str:
    return {"municipal": "municipal.64754000", "regional": "regional"}.get(role, f"{role}.{SCHOOL}")


def typed(row: YearOutcome, **values: str) -> dict[str, Any]:
    return {"outcome": "conditional", "version": row.version, **values}


@pytest.mark.parametrize("role", READERS)
def test_who_leads_and_controls_reads_it(sign_in: Any, outcome: YearOutcome, role: str) -> None:
    client = sign_in(login(role))
    assert HIDDEN in client.get(f"/outcomes/list/?pupil={outcome.pupil_id}").text
    assert HIDDEN in client.get(f"/outcomes/show/{outcome.id}").text
    assert HIDDEN in client.get(f"/classes/show/{outcome.class_id}").text


@pytest.mark.parametrize("role", STRANGERS)
def test_others_see_it_nowhere(sign_in: Any, outcome: YearOutcome, role: str) -> None:
    """The medical worker, who sees the classes and who is in them, among them."""
    client = sign_in(login(role))
    assert client.get("/outcomes/list/").status_code == 403
    assert client.get(f"/outcomes/show/{outcome.id}").status_code == 403
    pages = (f"classes/show/{outcome.class_id}", f"pupils/show/{outcome.pupil_id}", "memberships/list/")
    pages += (f"memberships/show/{outcome.membership_id}",)
    for page in pages:
        shown = client.get(f"/{page}")
        assert shown.status_code in (200, 403, 404)
        assert HIDDEN not in shown.text
        assert "Итог года" not in shown.text


def test_the_medical_worker_still_sees_who_is_in_a_class(sign_in: Any, outcome: YearOutcome) -> None:
    card = sign_in(login("medical")).get(f"/classes/show/{outcome.class_id}")
    assert "Состав класса" in card.text
    assert "Иванов" in card.text


def test_a_class_teacher_reads_the_own_class(sign_in: Any, session: Any, world: Any, outcome: YearOutcome) -> None:
    teacher = sign_in(login("teacher"))
    other = session.query(YearOutcome).filter_by(pupil_id=world.pupils[(SCHOOL, "Белых")]).one()
    shown = teacher.get("/outcomes/list/").text
    assert HIDDEN in shown
    assert "Белых" not in shown
    assert teacher.get(f"/outcomes/show/{outcome.id}").status_code == 200
    assert teacher.get(f"/outcomes/show/{other.id}").status_code == 404
    assert teacher.get(f"/outcomes/edit/{outcome.id}").status_code == 403


def test_the_deputy_writes_it_down(sign_in: Any, session: Any, outcome: YearOutcome) -> None:
    deputy = sign_in(login("deputy"))
    entered = outcome.entered_at
    data = typed(outcome, decided_on="2026-02-27", protocol="4")
    assert deputy.post(f"/outcomes/edit/{outcome.id}", data=data).status_code == 302
    session.expire_all()
    assert (outcome.outcome, str(outcome.decided_on), outcome.protocol) == (Outcome.CONDITIONAL, "2026-02-27", "4")
    assert outcome.entered_at == entered
    assert "условный перевод" in deputy.get(f"/outcomes/show/{outcome.id}").text


@pytest.mark.parametrize("role", [*READERS[::2], "medical"])
def test_others_write_nothing(sign_in: Any, session: Any, outcome: YearOutcome, role: str) -> None:
    client = sign_in(login(role))
    assert client.post(f"/outcomes/edit/{outcome.id}", data=typed(outcome)).status_code == 403
    session.expire_all()
    assert outcome.outcome is Outcome.REPEAT


def test_another_schools_outcome_does_not_exist(sign_in: Any, session: Any, world: Any) -> None:
    foreign = session.query(YearOutcome).filter_by(school_id=world.schools[NEAR]).first()
    deputy = sign_in(login("deputy"))
    assert deputy.get(f"/outcomes/show/{foreign.id}").status_code == 404
    assert deputy.post(f"/outcomes/edit/{foreign.id}", data=typed(foreign)).status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"outcome": "graduation"}, "возможен только из 9 и 11 классов"),
        ({"outcome": "repeat_9"}, "возможен только в 9 классе"),
        ({"decided_on": "2051-02-27"}, "ещё не наступила"),
    ],
)
def test_what_cannot_be_is_refused(sign_in: Any, session: Any, outcome: YearOutcome, values: Any, words: str) -> None:
    response = sign_in(login("deputy")).post(f"/outcomes/edit/{outcome.id}", data=typed(outcome, **values))
    assert response.status_code == 422
    assert words in response.text
    session.expire_all()
    assert outcome.outcome is Outcome.REPEAT


def test_it_is_never_added_or_deleted_by_itself(sign_in: Any, session: Any, outcome: YearOutcome) -> None:
    deputy = sign_in(login("deputy"))
    assert deputy.get("/outcomes/add").status_code == 404
    assert deputy.post(f"/outcomes/delete/{outcome.id}").status_code == 404
    listed = deputy.get("/outcomes/list/").text
    assert "/outcomes/add" not in listed
    assert deputy.post("/outcomes/bulk", data={"action": "delete", "rowid": [outcome.id]}).status_code == 400
    assert session.get(YearOutcome, outcome.id) is not None


def test_it_goes_to_the_bin_with_the_membership_and_comes_back(
    sign_in: Any, session: Any, outcome: YearOutcome
) -> None:
    deputy, key = sign_in(login("deputy")), outcome.id
    entered = outcome.entered_at
    removed = pressed(deputy, f"/memberships/delete/{outcome.membership_id}", follow_redirects=True)
    session.expire_all()
    assert session.query(YearOutcome).filter_by(id=key).count() == 0
    batch = removed.text.split("/memberships/undelete/")[1].split('"')[0]
    deputy.post(f"/memberships/undelete/{batch}")
    session.expire_all()
    again = session.get(YearOutcome, key)
    assert (again.outcome, again.entered_at) == (Outcome.REPEAT, entered)


def test_a_membership_by_hand_brings_the_usual_outcome(sign_in: Any, session: Any, world: Any) -> None:
    deputy = sign_in(login("deputy"))
    pupil = Pupil(school_id=world.schools[SCHOOL], last_name="Новиков", first_name="Ян")
    pupil.birth_date = session.get(Pupil, world.pupils[(SCHOOL, "Ким")]).birth_date
    session.add(pupil)
    session.commit()
    data = {"pupil": pupil.id, "school_class": world.classes[(SCHOOL, 2025, "9А")], "starts_on": "2026-02-02"}
    assert deputy.post("/memberships/add", data=data).status_code == 302
    row = session.query(YearOutcome).filter_by(pupil_id=pupil.id).one()
    assert row.outcome is Outcome.GRADUATION
    assert row.membership_id == session.query(ClassMembership).filter_by(pupil_id=pupil.id).one().id


def test_correcting_the_order_keeps_what_was_decided(session: Any, world: Any) -> None:
    """An order made anew makes its memberships anew; the council's word is not the order's to forget."""
    pupil = Pupil(school_id=world.schools[SCHOOL], last_name="Новиков", first_name="Ян", birth_date=date(2014, 1, 5))
    session.add(pupil)
    session.commit()
    led = session.get(SchoolClass, world.classes[(SCHOOL, 2025, "5А")])
    day = date(2026, 2, 2)
    draft = OrderDraft(OrderKind.ENROLMENT, "1-у", day, lines=[LineDraft(pupil, day, led)])
    order = orders.enter(session, draft)
    row = session.query(YearOutcome).filter_by(pupil_id=pupil.id).one()
    row.outcome, row.decided_on, row.protocol = Outcome.REPEAT, date(2026, 2, 27), "4"
    session.commit()
    orders.change(session, order, replace(draft, number="2-у"))
    session.expire_all()
    again = session.query(YearOutcome).filter_by(pupil_id=pupil.id).one()
    assert (again.outcome, again.decided_on, again.protocol) == (Outcome.REPEAT, date(2026, 2, 27), "4")
    other = session.get(SchoolClass, world.classes[(SCHOOL, 2025, "5Б")])
    orders.change(session, order, replace(draft, lines=[LineDraft(pupil, day, other)]))
    session.expire_all()
    assert session.query(YearOutcome).filter_by(pupil_id=pupil.id).one().outcome is Outcome.PROMOTION
