"""What would better a closed term waits for who controls, whoever acts, by whatever way (deadlines.md, Entries, 2)."""

import html
import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.compliance import of_records, queries
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import judge_all
from app.compliance.status import Status
from app.models.engine.audit import AuditEvent
from app.models.engine.deleted import DeletedRecord
from app.models.engine.held import held_fact
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.models.movement import MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from tests.reports.reading import read_text
from tests.support import standings
from tests.support.locks import confirmed, opened, pressed
from tests.support.ticks import ticked

SCHOOL = "65001"
PUPIL = "Белых"
DUE = date(2026, 8, 31)
SUNDAY, MONDAY, TUESDAY = date(2026, 10, 4), date(2026, 10, 5), date(2026, 10, 6)
LATER = date(2026, 11, 2)
MONTHS = [date(2026, 5, 26) + timedelta(days=number) for number in range(0, 170, 12)]


class School:
    """A school whose people act on chosen days."""

    def __init__(self, sign_in: Any, session: Any, world: Any) -> None:
        self.sign_in, self.session, self.world = sign_in, session, world
        self.pupil = world.pupils[(SCHOOL, PUPIL)]

    @contextmanager
    def on(self, day: date, who: str = "secretary") -> Any:
        """Half past ten in the morning of a day on Sakhalin."""
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=30)
        with time_machine.travel(at, tick=False):
            yield self.sign_in(f"{who}.{SCHOOL}")
        self.session.expire_all()

    def enter(self, day: date, kind: str = "departure", event: date | None = None, **more: Any) -> MovementOrder:
        number = self.session.query(MovementOrder).count() + 1
        given = {"kind": kind, "number": f"{number}-у", "order_date": str(event), "lines-0-pupil": self.pupil}
        given |= {"lines-0-event_date": str(event)} | more
        with self.on(day) as client:
            answer = ticked(client, "/movement_orders/add", given)
            assert answer.status_code == 302, answer.text
        return self.session.query(MovementOrder).order_by(MovementOrder.id.desc()).first()

    def membership(self) -> ClassMembership:
        return self.session.query(ClassMembership).filter_by(pupil_id=self.pupil).order_by("starts_on").first()

    def correct(self, day: date, who: str = "deputy", **changes: Any) -> Any:
        """A membership, by hand."""
        row = self.membership()
        given = {"starts_on": row.starts_on, "ends_on": row.ends_on or "", "version": row.version} | changes
        with self.on(day, who) as client:
            return ticked(client, f"/memberships/edit/{row.id}", given)

    def ask(self, day: date, correction: int, who: str = "secretary", **more: Any) -> Any:
        given = {"reason": "Приказ нашли", "document_number": "б/н", "document_date": "2026-06-15"} | more
        with self.on(day, who) as client:
            return client.post(f"/ask/correction/{correction}?kind=conditions", data=given)

    def failing(self, on: date) -> dict[str, tuple[str, int, bool]]:
        """Of the pupil: rule → (status, days, whether it is held), as SQL and Python tell it."""
        connection = self.session.connection()
        listed = [each for each in queries.records(connection, RULES, None, on) if each.about_id == self.pupil]
        by_sql = {each.rule: each.status for each in listed}
        judged = judge_all(connection, of_records.facts_about(connection, "pupil", [self.pupil], None, on, RULES), on)
        by_hand = {each.record.rule: each.status.value for each in judged}
        stands = standings.standing(connection, "pupil", [self.pupil], None, on, RULES)
        of_card = {each.rule: each.status for each in stands}
        assert by_sql == by_hand == of_card
        failed = [each for each in judged if each.status in (Status.LATE, Status.OVERDUE)]
        return {each.record.rule: (each.status.value, each.days, each.record.held_id is not None) for each in failed}

    def failed(self) -> list[int]:
        """Late and overdue of the school on days over half a year."""
        counted = [queries.counts(self.session.connection(), RULES, None, day) for day in MONTHS]
        return [sum(each.number for each in found if each.status in (Status.LATE, Status.OVERDUE)) for found in counted]

    def corrections(self) -> list[Correction]:
        return list(self.session.query(Correction).order_by(Correction.id))

    def held(self) -> list[Any]:
        return list(self.session.execute(select(held_fact).order_by(held_fact.c.id)))

    def decide(self, day: date, what: str, who: str = "deputy", **data: Any) -> Any:
        with self.on(day, who) as client:
            return pressed(client, f"/corrections/{what}/{self.corrections()[-1].id}", data=data)


def annul(client: Any, order: MovementOrder) -> None:
    address = f"/movement_orders/annul/{order.id}"
    answer = ticked(client, address, opened(client, address) | {"annulment_reason": "Ошибка"})
    assert answer.status_code == 302, answer.text


@pytest.fixture
def school(sign_in: Any, session: Any, world: Any) -> School:
    return School(sign_in, session, world)


def test_a_departure_of_june_told_in_october_sets_aside_nothing_yet(school: School) -> None:
    assert school.failing(MONDAY) == {"order-promotion": ("overdue", 35, False)}
    before = school.failed()
    order = school.enter(MONDAY, event=date(2026, 6, 15))

    assert school.failing(SUNDAY)["order-promotion"] == ("overdue", 34, False)
    # What had no entry is late from the day of the act, however much time goes by.
    assert school.failing(MONDAY)["order-promotion"] == ("late", 35, True)
    assert school.failing(LATER)["order-promotion"] == ("late", 35, True)
    assert all(now >= then for now, then in zip(school.failed(), before, strict=True))
    [correction] = school.corrections()
    assert (correction.kind, correction.state) == (CorrectionKind.BETTERING, CorrectionState.WAITING)
    assert (correction.subject, correction.subject_id) == ("movement_order", order.id)
    assert correction.about == f"Приказ о движении: {order.caption}; Белых Тимур"
    with school.on(TUESDAY) as client:
        card = client.get(f"/movement_orders/show/{order.id}").text
    assert "Показатели прошедших сроков стоят, как стояли" in card
    assert f'<a href="/corrections/show/{correction.id}">Изменено 05.10.2026: ждёт подтверждения</a>' in card
    assert "перевод" in correction.reason.lower()
    assert correction.entered_by_id == school.world.account(f"secretary.{SCHOOL}")


def test_before_it_is_saved_the_form_says_that_it_waits(school: School) -> None:
    """Nothing is saved without the tick; a correction of the number alone is not asked about again."""
    given = {"kind": "departure", "number": "1-у", "order_date": "2026-06-15", "lines-0-pupil": school.pupil}
    given |= {"lines-0-event_date": "2026-06-15"}
    with school.on(MONDAY) as client:
        answer = client.post("/movement_orders/add", data=given)
        assert answer.status_code == 422
        assert "Улучшает показатели прошедших сроков (1): " in answer.text
        assert "До подтверждения показатели останутся прежними." in answer.text
        assert school.session.query(MovementOrder).count() == 0
        assert ticked(client, "/movement_orders/add", given).status_code == 302
        order = school.session.query(MovementOrder).one()
        again = given | {"number": "2-у", "version": order.version}
        assert client.post(f"/movement_orders/edit/{order.id}", data=again).status_code == 302
    assert [each.state for each in school.corrections()] == [CorrectionState.WAITING]


def test_confirmed_it_is_set_aside_from_that_day_on(school: School) -> None:
    school.enter(MONDAY, event=date(2026, 6, 15))
    assert school.decide(LATER, "confirm", "secretary").status_code == 403
    assert school.decide(LATER, "confirm").status_code == 302
    assert "order-promotion" not in school.failing(LATER)
    # The days on which it stood go on telling that it did.
    assert school.failing(LATER - timedelta(days=1))["order-promotion"] == ("late", 35, True)
    assert school.failing(SUNDAY)["order-promotion"] == ("overdue", 34, False)


def test_refused_it_stands_until_the_act_is_taken_back(school: School) -> None:
    order = school.enter(MONDAY, event=date(2026, 6, 15))
    assert school.decide(TUESDAY, "refuse", refusal="Документа нет").status_code == 302
    assert school.failing(LATER)["order-promotion"] == ("late", 35, True)
    with school.on(LATER) as client:
        annul(client, order)
    assert school.failing(LATER)["order-promotion"] == ("overdue", 63, False)
    assert school.failing(LATER - timedelta(days=1))["order-promotion"] == ("late", 35, True)
    assert [row.until_on for row in school.held()] == [LATER]


def test_refused_it_is_asked_for_anew_with_the_paper(school: School) -> None:
    """«Уточнены условия»: nobody but who enters asks, nobody who did it decides."""
    school.enter(MONDAY, event=date(2026, 6, 15))
    waiting = school.corrections()[0].id
    school.decide(TUESDAY, "refuse", refusal="Документа нет")
    assert school.ask(LATER, waiting, "deputy").status_code == 403
    assert school.ask(LATER, waiting, document_number="–").status_code == 422
    with school.on(LATER) as client:
        card = client.get(f"/corrections/show/{waiting}").text
        story = client.get(f"/pupils/show/{school.pupil}").text
        assert f'<a href="/corrections/show/{waiting}">Исправление</a>' in client.get(f"/ask/correction/{waiting}").text
    assert all(f"/ask/correction/{waiting}" in page for page in (card, story))
    assert school.ask(LATER, waiting).status_code == 302
    assert school.ask(LATER, waiting).status_code == 422, "it waits already"
    assert school.failing(LATER)["order-promotion"] == ("late", 35, True)
    assert school.decide(LATER, "confirm").status_code == 302
    assert "order-promotion" not in school.failing(LATER)
    assert school.failing(LATER - timedelta(days=1))["order-promotion"] == ("late", 35, True)
    asked = school.corrections()[-1]
    assert (asked.kind, asked.changed_rules) == (CorrectionKind.CONDITIONS, ["order-promotion"])


def by_hand(school: School, on: date, starts_on: str) -> ClassMembership:
    """Put into a class by the deputy, with no order: it is owed by the first day of the membership."""
    row = school.membership()
    into = {"pupil": row.pupil_id, "school_class": school.world.classes[(SCHOOL, 2025, "5А")], "starts_on": starts_on}
    school.enter(date(2026, 2, 2), event=date(2026, 1, 30))
    with school.on(on, "deputy") as client:
        assert ticked(client, "/memberships/add", into).status_code == 302
    return school.session.query(ClassMembership).order_by(ClassMembership.id.desc()).first()


def late_order_of_another_day(school: School) -> MovementOrder:
    by_hand(school, date(2026, 3, 2), "2026-03-02")
    into = school.world.classes[(SCHOOL, 2025, "5А")]
    return school.enter(date(2026, 4, 6), "enrolment", date(2026, 4, 3), **{"lines-0-to_class": into})


APRIL = date(2026, 4, 7)


def test_a_late_order_that_says_another_day_than_the_class_list(school: School) -> None:
    """Closed as late by the membership's day; «уточнены условия» is asked from the very line, with the paper."""
    order = late_order_of_another_day(school)
    assert school.failing(APRIL)["order-enrolment"] == ("late", 33, True)
    act = school.corrections()[0].id
    with school.on(APRIL) as client:
        for page in (f"/pupils/show/{school.pupil}", f"/movement_orders/show/{order.id}"):
            told = client.get(page).text
            assert told.count("Противоречие: по составу классов – 02.03.2026, по приказу – 03.04.2026") == 2
            assert f"/ask/correction/{act}" in told
            assert "Уточнить условия" in told
        line = f"/ask/movement_line/{order.lines[0].id}"
        assert "Уточнены условия" in client.get(line).text
        asked = client.post(f"{line}?kind=conditions", data={"reason": "Приказ нашли"})
        assert (asked.status_code, asked.location) == (307, f"/ask/correction/{act}?kind=conditions")
    assert school.ask(APRIL, act, document_date="2026-04-03").status_code == 302
    assert school.failing(APRIL)["order-enrolment"] == ("late", 33, True), "not before it is confirmed"
    assert school.decide(APRIL + timedelta(days=1), "confirm", "secretary").status_code == 403
    assert school.decide(APRIL + timedelta(days=1), "confirm").status_code == 302
    assert "order-enrolment" not in school.failing(LATER)
    with school.on(LATER) as client:
        assert "Уточнены условия" not in client.get(line).text, "nothing is held"
    assert school.failing(APRIL)["order-enrolment"] == ("late", 33, True)
    assert {each.state for each in school.corrections()} == {CorrectionState.CONFIRMED}, "the act's own with it"


def test_what_is_decided_or_taken_back_leaves_no_request_with_a_paper(school: School) -> None:
    school.enter(MONDAY, event=date(2026, 6, 15))
    [act] = school.corrections()
    assert school.ask(TUESDAY, act.id).status_code == 302
    with school.on(TUESDAY, "deputy") as client:
        assert pressed(client, f"/corrections/confirm/{act.id}").status_code == 302
    act, asked = school.corrections()
    assert (act.state, asked.state) == (CorrectionState.CONFIRMED, CorrectionState.REFUSED)
    assert "подтверждать нечего" in asked.refusal
    assert school.ask(LATER, act.id).status_code == 400, "nothing is held"


def test_an_act_taken_back_takes_its_request_back(school: School) -> None:
    order = school.enter(MONDAY, event=date(2026, 6, 15))
    assert school.ask(TUESDAY, school.corrections()[0].id).status_code == 302
    with school.on(LATER) as client:
        annul(client, order)
    assert [each.state for each in school.corrections()] == [CorrectionState.REFUSED] * 2


def test_taken_back_before_anybody_decided_there_is_nothing_to_confirm(school: School) -> None:
    order = school.enter(MONDAY, event=date(2026, 6, 15))
    with school.on(TUESDAY) as client:
        annul(client, order)
    [correction] = school.corrections()
    assert correction.state is CorrectionState.REFUSED
    assert "подтверждать нечего" in correction.refusal


def test_until_midnight_it_is_as_if_it_had_never_been(school: School) -> None:
    order = school.enter(MONDAY, event=date(2026, 6, 15))
    with school.on(MONDAY) as client:
        assert pressed(client, f"/movement_orders/delete/{order.id}").status_code == 302
    assert (school.corrections(), school.held()) == ([], [])
    assert school.failing(MONDAY) == {"order-promotion": ("overdue", 35, False)}


def test_what_was_late_keeps_its_days(school: School) -> None:
    """A promotion entered late, and a membership that ends before the end of the year."""
    school.enter(date(2026, 9, 10), "promotion", date(2026, 5, 30))
    assert school.failing(MONDAY) == {"order-promotion": ("late", 10, False)}
    assert school.correct(TUESDAY, ends_on="2026-05-20").status_code == 302
    found = school.failing(LATER)
    assert found.pop("order-promotion") == ("late", 10, True)
    assert found.keys() == {"order-departure"}, "and whoever is taken out by hand owes the order"
    assert [row.had_evidence for row in school.held()] == [True]
    [correction] = school.corrections()
    assert correction.subject == "class_membership"
    assert correction.about.startswith("Состав класса: Белых Тимур, 5")


def test_who_controls_does_not_confirm_what_he_did_himself(school: School) -> None:
    school.correct(MONDAY, ends_on="2026-05-20")
    assert school.decide(TUESDAY, "confirm").status_code in (403, 409)
    assert school.failing(LATER)["order-promotion"] == ("late", 35, True)
    assert school.decide(LATER, "confirm", "director").status_code == 302
    assert school.failing(LATER).keys() == {"order-departure"}


def test_a_membership_that_is_deleted(school: School) -> None:
    row = school.membership().id
    with school.on(MONDAY, "deputy") as client:
        assert pressed(client, f"/memberships/delete/{row}").status_code == 302
    assert school.failing(LATER) == {"order-promotion": ("late", 35, True)}
    with school.on(LATER, "administrator") as client:
        number = school.session.query(DeletedRecord).one().id
        assert client.post(f"/deleted/restore/{number}").status_code == 302
    assert school.failing(LATER) == {"order-promotion": ("overdue", 63, False)}


def test_an_act_that_betters_several_rules_names_them_all(school: School) -> None:
    """Each with its number, in the effect too; and each is found under it."""
    row = school.membership()
    row.is_initial = False
    school.session.commit()
    with school.on(MONDAY, "deputy") as client:
        assert pressed(client, f"/memberships/delete/{row.id}").status_code == 302
    [asked] = school.corrections()
    assert set(asked.rules) == {"account-student", "order-enrolment", "order-promotion"}
    assert all(told in asked.reason for told in ("о зачислении в школу – 1", "на следующий учебный год – 1"))
    assert school.decide(TUESDAY, "confirm", "director").status_code == 302
    [asked] = school.corrections()
    assert set(asked.changed_rules) == set(asked.effect) == set(asked.rules)
    with school.on(LATER, "director") as client:
        for rule in (*asked.rules, "order-departure"):
            page = client.get(f"/corrections/list/?counted=confirmed&org={SCHOOL}&rule={rule}").text
            assert (PUPIL in page) is (rule != "order-departure")
        card = client.get(f"/corrections/show/{asked.id}").text
    assert card.count("1 → <strong>0</strong>") == 3


def test_a_deletion_undone_on_its_day_leaves_nothing(school: School) -> None:
    row = school.membership().id
    with school.on(MONDAY, "deputy") as client:
        pressed(client, f"/memberships/delete/{row}")
        batch = school.session.query(DeletedRecord).one().batch
        client.post(f"/memberships/undelete/{batch}")
    assert (school.corrections(), school.held()) == ([], [])


def test_an_outcome_changed_when_the_other_order_is_there(school: School) -> None:
    """The council had left him in his grade, the order of a promotion was entered; the outcome is changed to fit."""
    with school.on(date(2026, 5, 20), "deputy"):
        outcome = school.session.query(YearOutcome).filter_by(pupil_id=school.pupil).one()
        outcome.outcome = "repeat"
        school.session.commit()
    school.enter(date(2026, 6, 1), "promotion", date(2026, 5, 30))
    assert school.failing(MONDAY) == {"order-repeat": ("overdue", 35, False)}
    with school.on(MONDAY, "deputy") as client:
        given = {"outcome": "promotion", "version": outcome.version}
        assert ticked(client, f"/outcomes/edit/{outcome.id}", given).status_code == 302
    assert school.failing(LATER) == {"order-repeat": ("late", 35, True)}


def test_another_rule_of_the_year_s_end_with_as_many_days_is_no_bettering(school: School) -> None:
    outcome = school.session.query(YearOutcome).filter_by(pupil_id=school.pupil).one()
    with school.on(MONDAY, "deputy") as client:
        given = {"outcome": "repeat", "version": outcome.version}
        assert ticked(client, f"/outcomes/edit/{outcome.id}", given).status_code == 302
    assert school.failing(MONDAY) == {"order-repeat": ("overdue", 35, False)}
    assert school.corrections() == []


def test_an_enrolment_annulled_takes_no_duty_with_it(school: School) -> None:
    into = school.world.classes[(SCHOOL, 2025, "5А")]
    school.enter(date(2026, 2, 2), event=date(2026, 1, 30))
    order = school.enter(date(2026, 3, 2), "enrolment", date(2026, 3, 2), **{"lines-0-to_class": into})
    with school.on(MONDAY) as client:
        annul(client, order)
    assert school.failing(LATER)["order-promotion"] == ("late", 35, True)


def test_an_order_from_the_bin_sets_aside_nothing_either(school: School) -> None:
    order = school.enter(date(2026, 8, 27), event=date(2026, 8, 26))
    with school.on(date(2026, 8, 27)) as client:
        pressed(client, f"/movement_orders/delete/{order.id}")
    number = school.session.query(DeletedRecord).one().id
    assert school.failing(SUNDAY) == {"order-promotion": ("overdue", 34, False)}
    address = f"/deleted/restore/{number}"
    with school.on(MONDAY, "administrator") as client:
        asked = client.post(address)
        assert asked.status_code == 422
        assert "Улучшает показатели прошедших сроков (1): " in asked.text
        assert "До подтверждения показатели останутся прежними." in asked.text
        assert school.session.query(DeletedRecord).one().restored_at is None
        assert ticked(client, address, {}).status_code == 302
    assert school.failing(LATER)["order-promotion"] == ("late", 35, True)


def test_a_deletion_asks_before(school: School) -> None:
    """Nothing goes without the tick, and the answer is told by the trail."""
    row = school.membership().id
    address = f"/memberships/delete/{row}"
    with school.on(MONDAY, "deputy") as client:
        asked = client.post(address, data=opened(client, address))
        assert asked.status_code == 422
        assert "Улучшает показатели прошедших сроков (1): " in asked.text
        assert "Всё верно, удалить" in asked.text
        assert school.session.get(ClassMembership, row) is not None
        assert ticked(client, address, opened(client, address)).status_code == 302
    assert [each.state for each in school.corrections()] == [CorrectionState.WAITING]
    told = school.session.query(AuditEvent).filter_by(entity="class_membership", record_id=row)
    assert any("confirmed:betters-closed-terms" in name for event in told for name in event.changes)


def test_what_was_taken_back_a_day_later_asks_as_well(school: School) -> None:
    """«Отменить» of a deletion of yesterday, when what comes back sets a duty aside."""
    order = school.enter(SUNDAY, event=date(2026, 6, 15))
    with school.on(SUNDAY) as client:
        pressed(client, f"/movement_orders/delete/{order.id}")
    batch = school.session.query(DeletedRecord).one().batch
    address = f"/movement_orders/undelete/{batch}"
    at = datetime(2026, 10, 4, 13, 30, tzinfo=UTC)  # half past midnight of Monday on Sakhalin, a day has not passed
    with time_machine.travel(at, tick=False):
        client = school.sign_in(f"secretary.{SCHOOL}")
        asked = client.post(address)
        assert asked.status_code == 422
        assert "Всё верно, восстановить" in asked.text
        assert school.session.query(MovementOrder).count() == 0
        assert ticked(client, address, {}).status_code == 302
    school.session.expire_all()
    assert school.session.query(MovementOrder).count() == 1
    assert school.failing(LATER)["order-promotion"] == ("late", 35, True)


@pytest.mark.parametrize("how", ["delete", "annul", "outcome"])
def test_of_many_at_once_the_preview_asks(school: School, how: str) -> None:
    """Deleting, a transition, a field: done and taken back, each is told with a tick; without it the record stays."""
    route, who, wish = {
        "delete": ("memberships", "deputy", {"action": "delete"}),
        "annul": ("movement_orders", "secretary", {"action": "move:annul", "asked": "1", "annulment_reason": "Ошибка"}),
        "outcome": ("outcomes", "deputy", {"action": "set:outcome", "asked": "1", "outcome": "promotion"}),
    }[how]
    row = school.membership().id
    if how == "annul":
        into = school.world.classes[(SCHOOL, 2025, "5А")]
        school.enter(date(2026, 2, 2), event=date(2026, 1, 30))
        row = school.enter(date(2026, 3, 2), "enrolment", date(2026, 3, 2), **{"lines-0-to_class": into}).id
    if how == "outcome":
        with school.on(date(2026, 5, 20), "deputy"):
            outcome = school.session.query(YearOutcome).filter_by(pupil_id=school.pupil).one()
            outcome.outcome, row = "repeat", outcome.id
            school.session.commit()
        school.enter(date(2026, 6, 1), "promotion", date(2026, 5, 30))
    with school.on(MONDAY, who) as client:
        address, wish = f"/{route}/bulk", wish | {"rowid": [row]}
        page = client.post(address, data=wish)
        assert page.status_code == 200
        number = 2 if how == "annul" else 1  # the account of whom it enrols is missing as well
        assert f"Улучшает показатели прошедших сроков ({number}): " in page.text
        assert "Не подтверждено: Улучшает" in confirmed(client, address, wish).text
        assert school.corrections() == []
        keys = re.findall(r'name="confirm" value="([^"]+)"', page.text)
        answers = wish | {"confirm": [html.unescape(key) for key in keys]}
        assert "Выполнено: 1 из 1" in confirmed(client, address, answers).text
    assert [each.state for each in school.corrections()] == [CorrectionState.WAITING]
    assert any(held for _, _, held in school.failing(LATER).values())


def test_the_grade_of_a_class(school: School) -> None:
    """Of grade 9 it was owed by 1 July, of grade 8 by 31 August."""
    school.pupil = school.world.pupils[(SCHOOL, "Ким")]
    ninth = school.world.classes[(SCHOOL, 2025, "9А")]
    assert school.failing(MONDAY) == {"order-graduation": ("overdue", 96, False)}
    with school.on(MONDAY, "deputy") as client:
        version = school.membership().school_class.version
        given = {"grade": 8, "letter": "В", "version": version}
        answer = ticked(client, f"/classes/edit/{ninth}", given)
        assert answer.status_code == 302, answer.text
    assert school.failing(LATER) == {"order-graduation": ("late", 96, True)}


def test_missing_evidence_entered_late_waits_for_nobody(school: School) -> None:
    school.enter(MONDAY, "promotion", date(2026, 5, 30))
    assert school.failing(LATER) == {"order-promotion": ("late", 35, False)}
    assert school.corrections() == []


def test_what_is_not_yet_due_is_nobody_s_to_confirm(school: School) -> None:
    school.enter(date(2026, 6, 17), event=date(2026, 6, 15))
    assert school.failing(LATER) == {}
    assert school.corrections() == []


def test_a_mistake_of_the_day_is_put_right_on_the_day(school: School) -> None:
    """What stood in the morning is what counts: an act that worsened it is taken back without asking anybody."""
    order = school.enter(date(2026, 2, 18), event=date(2026, 2, 16))
    with school.on(MONDAY) as client:
        for event in ("2026-01-19", "2026-02-16"):
            school.session.expire_all()
            given = {"kind": "departure", "number": order.number, "order_date": "2026-02-16", "version": order.version}
            given |= {"lines-0-pupil": school.pupil, "lines-0-event_date": event}
            assert client.post(f"/movement_orders/edit/{order.id}", data=given).status_code == 302
    assert (school.failing(LATER), school.corrections()) == ({}, [])


def test_a_late_order_moved_to_a_later_day_betters_nothing(school: School) -> None:
    """The first entry stays beside the new one, which is worse: nobody is asked, nothing waits."""
    order = school.enter(date(2026, 3, 2), event=date(2026, 2, 2))
    given = {"kind": "departure", "number": order.number, "order_date": "2026-02-20", "version": order.version}
    given |= {"lines-0-pupil": school.pupil, "lines-0-event_date": "2026-02-20"}
    with school.on(date(2026, 4, 6)) as client:
        assert client.post(f"/movement_orders/edit/{order.id}", data=given).status_code == 302
    assert (school.corrections(), school.held()) == ([], [])
    assert school.failing(date(2026, 2, 10)) == {"order-departure": ("overdue", 6, False)}
    assert school.failing(date(2026, 3, 9)) == {"order-departure": ("late", 26, False)}
    assert school.failing(LATER)["order-departure"][0] == "late"


def test_an_act_is_known_by_the_order_that_was_changed(school: School) -> None:
    """And not by the membership that its change has moved."""
    order = school.enter(MONDAY, event=date(2026, 9, 25))
    given = {"kind": "departure", "number": order.number, "order_date": "2026-06-15", "version": order.version}
    given |= {"lines-0-pupil": school.pupil, "lines-0-event_date": "2026-06-15"}
    with school.on(TUESDAY) as client:
        assert ticked(client, f"/movement_orders/edit/{order.id}", given).status_code == 302
    assert {each.subject for each in school.corrections()} == {"movement_order"}


def test_a_number_corrected_better_nothing(school: School) -> None:
    """An order that is applied anew makes another membership: the duty is the pupil's of that year."""
    into = school.world.classes[(SCHOOL, 2025, "5А")]
    school.enter(date(2026, 2, 2), event=date(2026, 1, 30))
    order = school.enter(date(2026, 3, 2), "enrolment", date(2026, 3, 2), **{"lines-0-to_class": into})
    given = {"kind": "enrolment", "number": "77", "order_date": "2026-03-02", "version": order.version}
    given |= {"lines-0-pupil": school.pupil, "lines-0-event_date": "2026-03-02", "lines-0-to_class": into}
    with school.on(MONDAY) as client:
        assert client.post(f"/movement_orders/edit/{order.id}", data=given).status_code == 302
    assert school.failing(MONDAY) == {"order-promotion": ("overdue", 35, False)}
    assert school.corrections() == []


def test_pages_tell_what_waits_and_what_it_is_about(school: School) -> None:
    order = school.enter(MONDAY, event=date(2026, 6, 15))
    with school.on(TUESDAY, "deputy") as client:
        number = school.corrections()[0].id
        where = f"/compliance/records?org={SCHOOL}&rule=order-promotion&status=late"
        for address in (where, f"/pupils/show/{school.pupil}"):
            page = client.get(address).text
            assert f'<a href="/corrections/show/{number}">снято 05.10.2026, ждёт подтверждения</a>' in page
            assert "до подтверждения показатель стоит, как стоял" in page
            assert "не внесено" in page
            assert "с этим обучающимся: 05.10.2026" not in page
        card = client.get(f"/corrections/show/{number}").text
        assert f'<a href="/movement_orders/show/{order.id}">Приказ о движении: {order.caption}; Белых Тимур</a>' in card
        assert "Белых Тимур" in card
        assert "с опозданием, 35 дн." in card
        assert f"/corrections/show/{number}" in client.get("/corrections/list/").text
    school.decide(TUESDAY, "refuse", refusal="Документа нет")
    with school.on(LATER) as client:
        assert (
            "снято 05.10.2026, в подтверждении отказано 06.10.2026" in client.get(f"/pupils/show/{school.pupil}").text
        )


def test_what_was_set_aside_with_no_entry_is_a_number_of_its_own_that_opens_it(school: School) -> None:
    """On page and paper, from the day of the act until it is decided."""
    school.enter(MONDAY, event=date(2026, 6, 15))
    with school.on(TUESDAY, "director") as client:
        page = client.get("/compliance/?period=all").text
        told = (
            'снято, ждёт подтверждения: <a href="/compliance/records?unconfirmed=1&amp;period=all&amp;org=65001">1</a>'
        )
        assert told in page
        listed = client.get("/compliance/records?unconfirmed=1&period=all&org=65001").text
        assert "Белых" in listed
        assert "1 запись" in listed
        paper = read_text(client.get(f"/forms/print/movement?org={SCHOOL}").data)
        assert "снято, ждёт подтверждения: 1." in paper
        paper = read_text(client.get(f"/forms/print/movement?org={SCHOOL}&on={SUNDAY}").data)
        assert "снято, ждёт подтверждения: 0." in paper
        before = client.get(f"/compliance/?on={SUNDAY}").text
        assert "снято, ждёт подтверждения: 0" in before
    school.decide(LATER, "refuse", refusal="Выбыл в октябре")
    with school.on(LATER, "director") as client:
        assert "снято, ждёт подтверждения: 0" in client.get("/compliance/?period=all").text
