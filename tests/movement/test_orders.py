"""Movement orders over HTTP, as a secretary enters them (3.3.4.4): what is saved, what is refused, in which words.

Clause 3.3.3.2.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil, PupilStatus
from app.services.movement import orders as movement
from tests.support.locks import pressed
from tests.support.ticks import ticked

SCHOOL = "65001"
SAKHALIN_MORNING = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
"""10:30 of 2 March on Sakhalin, still 1 March in UTC."""


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    with time_machine.travel(SAKHALIN_MORNING, tick=False):
        yield sign_in(f"secretary.{SCHOOL}")


@pytest.fixture
def order_form(world: Any) -> Any:
    """A valid departure of a pupil of 5А; changes replace or (None) drop fields."""

    def make(kind: str = "departure", pupil: str = "Иванов", **changes: Any) -> dict[str, Any]:
        form = {
            "kind": kind,
            "academic_year": world.years[(SCHOOL, 2025)],
            "number": "14-у",
            "order_date": "2026-02-27",
            "lines-0-pupil": world.pupils[(SCHOOL, pupil)],
            "lines-0-event_date": "2026-02-26",
        }
        form |= {name.replace("line_", "lines-0-"): value for name, value in changes.items()}
        return {name: value for name, value in form.items() if value is not None}

    return make


def page(response: Any) -> str:
    return response.get_data(as_text=True)


def orders(session: Any) -> list[MovementOrder]:
    session.expire_all()
    return session.query(MovementOrder).all()


def test_departure_changes_the_pupil(secretary: Any, order_form: Any, session: Any, world: Any) -> None:
    response = secretary.post("/movement_orders/add", data=order_form(line_counterpart="г. Хабаровск"))

    assert response.status_code == 302
    line = session.query(MovementLine).one()
    assert (line.entered_on, line.entered_by) == (date(2026, 3, 2), "Сотрудников Галина")
    assert line.from_class_id == world.classes[(SCHOOL, 2025, "5А")]
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Иванов")])
    assert (pupil.status, pupil.status_since, pupil.class_id) == (PupilStatus.DEPARTED, date(2026, 2, 26), None)


def test_state_is_told_for_a_past_date(secretary: Any, order_form: Any, session: Any, world: Any) -> None:
    secretary.post("/movement_orders/add", data=order_form())
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Иванов")])

    before, after = (movement.state_on(session, pupil, day) for day in (date(2026, 2, 25), date(2026, 2, 27)))

    assert (before.status, str(before.school_class)) == (PupilStatus.ENROLLED, "5\u00a0«А»")
    assert (after.status, after.school_class) == (PupilStatus.DEPARTED, None)
    assert movement.state_on(session, pupil, date(2025, 8, 31)).status is PupilStatus.NEW


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order_date": "2010-01-11"}, "раньше рождения"),
        ({"line_event_date": "2010-01-11"}, "Раньше рождения"),
        ({"order_date": "31.02.2026"}, "не дата"),
        ({"order_date": "2026-04-01"}, "02.03.2026"),
        ({"number": None}, "Заполните поле"),
        ({"number": "№ –"}, "напишите «б/н»"),
        ({"kind": "vacation"}, "Такого значения нет"),
        ({"line_pupil": "999999"}, "недоступна"),
        ({"line_pupil": "junk"}, "недоступна"),
        ({"line_event_date": "2027-12-31"}, "не относится"),
        ({"kind": "enrolment"}, "Уже обучается"),
        ({"kind": "promotion", "pupil": "Ким"}, "только из 1–8 и 10 классов"),
        ({"kind": "graduation"}, "только из 9 и 11 классов"),
        ({"kind": "repeat_9"}, "только в 9 классе"),
        ({"kind": "transfer"}, "Выберите класс"),
        ({"kind": "enrolment_1", "pupil": "Попов"}, "укажите дату решения"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_saved(
    secretary: Any, order_form: Any, session: Any, changes: dict[str, Any], message: str
) -> None:
    response = secretary.post("/movement_orders/add", data=order_form(**changes))

    assert response.status_code == 422
    assert message in page(response)
    assert orders(session) == []
    assert all(pupil.status is PupilStatus.ENROLLED for pupil in session.query(Pupil))


def test_what_was_typed_is_still_there(secretary: Any, order_form: Any) -> None:
    response = secretary.post("/movement_orders/add", data=order_form(order_date="2010-01-11", line_reason="Заявление"))

    assert 'value="14-у"' in page(response)
    assert 'value="Заявление"' in page(response)
    assert "Иванов Пётр" in page(response)


def test_departure_of_one_who_has_left(secretary: Any, order_form: Any, session: Any) -> None:
    secretary.post("/movement_orders/add", data=order_form())
    response = secretary.post("/movement_orders/add", data=order_form(number="15-у"))

    assert response.status_code == 422
    assert "не числится в школе: выбыл 26.02.2026" in page(response)
    assert len(orders(session)) == 1


def test_same_number_twice(secretary: Any, order_form: Any, session: Any) -> None:
    secretary.post("/movement_orders/add", data=order_form())
    response = secretary.post("/movement_orders/add", data=order_form(pupil="Белых"))

    assert response.status_code == 422
    assert "№ 14-у от 27.02.2026 уже внесён" in page(response)


def test_one_pupil_twice_in_an_order(secretary: Any, order_form: Any, world: Any) -> None:
    twice = {"lines-1-pupil": world.pupils[(SCHOOL, "Иванов")], "lines-1-event_date": "2026-02-26"}
    response = secretary.post("/movement_orders/add", data=order_form() | twice)

    assert response.status_code == 422
    assert "уже есть в приказе" in page(response)


def test_enrolment_into_another_schools_class(secretary: Any, order_form: Any, world: Any, session: Any) -> None:
    foreign = world.classes[("65002", 2025, "5А")]
    response = secretary.post("/movement_orders/add", data=order_form(kind="transfer", line_to_class=foreign))

    assert response.status_code == 422
    assert "недоступна" in page(response)
    assert orders(session) == []


def test_enrolment_after_departure(secretary: Any, order_form: Any, session: Any, world: Any) -> None:
    secretary.post("/movement_orders/add", data=order_form())
    back = order_form(
        kind="enrolment",
        number="20-у",
        line_event_date="2026-03-02",
        order_date="2026-03-02",
        line_to_class=world.classes[(SCHOOL, 2025, "5Б")],
    )
    response = secretary.post("/movement_orders/add", data=back)

    assert response.status_code == 302
    history = session.query(ClassMembership).filter_by(pupil_id=world.pupils[(SCHOOL, "Иванов")]).all()
    assert [(row.starts_on, row.ends_on) for row in sorted(history, key=lambda row: row.starts_on)] == [
        (date(2025, 9, 1), date(2026, 2, 26)),
        (date(2026, 3, 2), None),
    ]


def test_enrolment_into_grade_1_before_the_year_has_its_own_kind(secretary: Any, order_form: Any, world: Any) -> None:
    secretary.post("/movement_orders/add", data=order_form(pupil="Попов"))
    form = order_form(
        kind="enrolment",
        pupil="Попов",
        number="21-у",
        academic_year=world.years[(SCHOOL, 2026)],
        line_event_date="2026-09-01",
        line_to_class=world.classes[(SCHOOL, 2026, "1А")],
    )
    assert "Зачисление в 1 класс" in page(secretary.post("/movement_orders/add", data=form))


def test_annulment_takes_the_effect_back(secretary: Any, order_form: Any, session: Any, world: Any) -> None:
    secretary.post("/movement_orders/add", data=order_form())
    order = orders(session)[0]

    refused = pressed(secretary, f"/movement_orders/annul/{order.id}", data={"annulment_reason": " "})
    assert refused.status_code == 422
    done = pressed(secretary, f"/movement_orders/annul/{order.id}", data={"annulment_reason": "Ошибка"})

    assert done.status_code == 302
    assert [(each.annulled_on, each.annulment_reason) for each in orders(session)] == [(date(2026, 3, 2), "Ошибка")]
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Иванов")])
    assert (pupil.status, pupil.class_id) == (PupilStatus.ENROLLED, world.classes[(SCHOOL, 2025, "5А")])


def test_an_order_that_was_never_asked_about_is_annulled_unasked(secretary: Any, order_form: Any, session: Any) -> None:
    """Entered before there were warnings: annulling takes it back and states no date anew."""
    assert secretary.post("/movement_orders/add", data=order_form()).status_code == 302
    order = orders(session)[0]
    order.order_date = date(2020, 1, 1)
    session.commit()
    answer = pressed(secretary, f"/movement_orders/annul/{order.id}", data={"annulment_reason": "Ошибка"})
    assert answer.status_code == 302


def test_an_order_that_another_stands_on_cannot_be_annulled(
    secretary: Any, order_form: Any, session: Any, world: Any
) -> None:
    move = order_form(kind="transfer", line_to_class=world.classes[(SCHOOL, 2025, "5Б")])
    secretary.post("/movement_orders/add", data=move)
    secretary.post("/movement_orders/add", data=order_form(number="15-у", line_event_date="2026-02-28"))
    first = session.query(MovementOrder).filter_by(number="14-у").one()

    response = pressed(secretary, f"/movement_orders/annul/{first.id}", data={"annulment_reason": "Ошибка"})

    deletion = secretary.get(f"/movement_orders/delete/{first.id}")
    changed = secretary.post(
        f"/movement_orders/edit/{first.id}",
        data=move | {"version": first.version, "number": "14-у", "lines-0-event_date": "2026-02-25"},
    )
    later = session.query(MovementOrder).filter_by(number="15-у").one().id
    assert response.status_code == changed.status_code == 422
    for answer in (response, deletion, changed):
        assert "Сначала аннулируйте более поздний приказ № 15-у" in page(answer)
        assert f'href="/movement_orders/show/{later}"' in answer.text, "the later order is a link"


def test_a_change_of_the_date_moves_the_event(
    secretary: Any, sign_in: Any, order_form: Any, session: Any, world: Any
) -> None:
    secretary.post("/movement_orders/add", data=order_form())
    order = orders(session)[0]
    with time_machine.travel(datetime(2026, 3, 9, 23, 0, tzinfo=UTC), tick=False):
        changed = order_form(line_event_date="2026-02-25") | {"version": order.version}
        response = sign_in(f"secretary.{SCHOOL}").post(f"/movement_orders/edit/{order.id}", data=changed)

    assert response.status_code == 302, page(response)
    session.expire_all()
    line = session.query(MovementLine).one()
    assert (line.event_date, line.entered_on) == (date(2026, 2, 25), date(2026, 3, 10))
    assert session.get(Pupil, world.pupils[(SCHOOL, "Иванов")]).status_since == date(2026, 2, 25)


def test_a_pupil_added_later_is_judged_by_the_day_of_adding(
    secretary: Any, sign_in: Any, order_form: Any, session: Any, world: Any
) -> None:
    secretary.post("/movement_orders/add", data=order_form())
    order = orders(session)[0]
    more = {"lines-1-pupil": world.pupils[(SCHOOL, "Белых")], "lines-1-event_date": "2026-02-26"}
    with time_machine.travel(datetime(2026, 3, 9, 23, 0, tzinfo=UTC), tick=False):
        later = sign_in(f"secretary.{SCHOOL}")
        response = later.post(
            f"/movement_orders/edit/{order.id}", data=order_form() | more | {"version": order.version}
        )
        assert response.status_code == 302, page(response)

    session.expire_all()
    assert sorted(line.entered_on for line in session.query(MovementLine)) == [date(2026, 3, 2), date(2026, 3, 10)]


def test_delete_returns_the_pupil(secretary: Any, order_form: Any, session: Any, world: Any) -> None:
    secretary.post("/movement_orders/add", data=order_form())
    response = pressed(secretary, f"/movement_orders/delete/{orders(session)[0].id}")

    assert response.status_code == 302
    assert orders(session) == []
    assert session.get(Pupil, world.pupils[(SCHOOL, "Иванов")]).status is PupilStatus.ENROLLED


def test_promotion_of_may_moves_the_pupil_in_september(sign_in: Any, order_form: Any, session: Any, world: Any) -> None:
    with time_machine.travel(datetime(2026, 5, 28, 1, 0, tzinfo=UTC), tick=False):
        form = order_form(
            kind="promotion",
            order_date="2026-05-27",
            line_event_date="2026-05-27",
            line_to_class=world.classes[(SCHOOL, 2026, "6А")],
        )
        assert sign_in(f"secretary.{SCHOOL}").post("/movement_orders/add", data=form).status_code == 302

    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Иванов")])
    assert str(movement.state_on(session, pupil, date(2026, 8, 31)).school_class) == "5\u00a0«А»"
    assert str(movement.state_on(session, pupil, date(2026, 9, 1)).school_class) == "6\u00a0«А»"


def test_whole_class_is_offered(secretary: Any, world: Any) -> None:
    own = world.classes[(SCHOOL, 2025, "5А")]
    found = secretary.get(f"/movement_orders/rows_belonging/lines/school_class?id={own}").json
    assert [each["text"] for each in found["results"]] == ["Иванов Пётр", "Сергеева Алёна"]


def promote(client: Any, order_form: Any, world: Any) -> Any:
    form = order_form(
        kind="promotion",
        number="88-у",
        order_date="2026-05-27",
        line_event_date="2026-05-27",
        line_to_class=world.classes[(SCHOOL, 2026, "6А")],
    )
    return client.post("/movement_orders/add", data=form)


def test_a_departure_entered_after_the_class_moved_on(sign_in: Any, order_form: Any, session: Any, world: Any) -> None:
    """The pupil left in December, nobody entered it, in May the class was promoted: the late order outlives that."""
    with time_machine.travel(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), tick=False):
        client = sign_in(f"secretary.{SCHOOL}")
        assert promote(client, order_form, world).status_code == 302
        late = order_form(line_event_date="2025-12-30", order_date="2025-12-30")
        response = ticked(client, "/movement_orders/add", late)
        assert response.status_code == 302, page(response)
        assert "Срок 13.01.2026, опоздание – 314 дн." in page(client.get(response.location))

        pupil = session.get(Pupil, world.pupils[(SCHOOL, "Иванов")])
        assert (pupil.status, pupil.status_since) == (PupilStatus.DEPARTED, date(2025, 12, 30))
        assert movement.state_on(session, pupil, date(2026, 9, 1)).status is PupilStatus.DEPARTED

        order = session.query(MovementOrder).filter_by(number="14-у").one()
        pressed(client, f"/movement_orders/annul/{order.id}", data={"annulment_reason": "Ошибка"})
        session.expire_all()
        assert str(movement.state_on(session, pupil, date(2026, 9, 1)).school_class) == "6\u00a0«А»"
        assert str(movement.state_on(session, pupil, date(2026, 1, 15)).school_class) == "5\u00a0«А»"
        assert pupil.status is PupilStatus.ENROLLED


def test_changing_an_order_reads_the_same_however_many_lines(
    secretary: Any, session: Any, world: Any, count_queries: list[str]
) -> None:
    """What it had brought about is read at once: one by one, a thousand lines took half a minute."""

    def cost(number: str, names: str) -> int:
        school, own = world.schools[SCHOOL], world.classes[(SCHOOL, 2025, "5А")]
        pupils = [
            Pupil(school_id=school, last_name=f"Нов{n}", first_name="А", birth_date=date(2014, 1, 2)) for n in names
        ]
        session.add_all(pupils)
        session.commit()
        data = {"kind": "enrolment", "number": number, "order_date": "2026-02-27"}
        for place, pupil in enumerate(pupils):
            line = {"pupil": pupil.id, "event_date": "2026-02-26", "to_class": own}
            data |= {f"lines-{place}-{name}": value for name, value in line.items()}
        added = secretary.post("/movement_orders/add", data=data)
        assert added.status_code == 302
        count_queries.clear()
        changed = secretary.post(added.location.replace("show", "edit"), data=data | {"note": "иначе", "version": "1"})
        assert changed.status_code == 302
        return sum(statement.startswith("SELECT") for statement in count_queries)

    assert cost("1", "аб") == cost("2", "вгдежз")


def test_changing_one_line_leaves_what_the_others_did(
    secretary: Any, order_form: Any, session: Any, world: Any
) -> None:
    """All undone and done anew, a line of a thousand took eleven seconds, and nobody could mend another one's typo
    once a later order stood on the order."""
    pupils = [world.pupils[(SCHOOL, name)] for name in ("Иванов", "Белых")]
    data = order_form(kind="transfer", line_to_class=world.classes[(SCHOOL, 2025, "5Б")])
    data |= {"lines-1-pupil": pupils[1], "lines-1-event_date": "2026-02-26"}
    data |= {"lines-1-to_class": world.classes[(SCHOOL, 2025, "5А")]}
    assert secretary.post("/movement_orders/add", data=data).status_code == 302
    secretary.post("/movement_orders/add", data=order_form(number="15-у", line_event_date="2026-02-28"))
    first = session.query(MovementOrder).filter_by(number="14-у").one()

    def moved() -> list[tuple[date, datetime]]:
        session.expire_all()
        rows = [session.query(ClassMembership).filter_by(opened_by_id=first_line(key)).one() for key in pupils]
        return [(row.starts_on, row.entered_at) for row in rows]

    def first_line(pupil: int) -> int:
        return session.query(MovementLine.id).filter_by(order_id=first.id, pupil_id=pupil).scalar()

    before = moved()
    data |= {"lines-1-event_date": "2026-02-25", "lines-0-reason": "Заявление", "version": first.version}
    assert secretary.post(f"/movement_orders/edit/{first.id}", data=data).status_code == 302
    after = moved()
    assert after[0] == before[0]
    assert (before[1][0], after[1][0]) == (date(2026, 2, 26), date(2026, 2, 25))
    session.expire_all()
    assert [line.reason for line in first.lines] == ["Заявление", None]


def test_a_line_that_says_the_same_is_not_even_written(
    secretary: Any, order_form: Any, session: Any, world: Any, count_queries: list[str]
) -> None:
    """Guard and trail look at each record that a flush may write: an order has up to a thousand lines."""
    data = order_form(line_counterpart="г. Хабаровск")
    data |= {"lines-1-pupil": world.pupils[(SCHOOL, "Белых")], "lines-1-event_date": "2026-02-26"}
    assert secretary.post("/movement_orders/add", data=data).status_code == 302
    order = session.query(MovementOrder).one()
    stamped = {line.pupil_id: line.changed_at for line in order.lines}

    count_queries.clear()
    data |= {"lines-1-reason": "Заявление", "version": order.version}
    assert secretary.post(f"/movement_orders/edit/{order.id}", data=data).status_code == 302

    assert sum(statement.startswith("UPDATE movement_line") for statement in count_queries) == 1
    session.expire_all()
    mine, other = (world.pupils[(SCHOOL, name)] for name in ("Иванов", "Белых"))
    changed = {line.pupil_id: line.changed_at for line in order.lines}
    assert (changed[mine] == stamped[mine], changed[other] == stamped[other]) == (True, False)


@pytest.mark.parametrize("kind", ["enrolment", "enrolment_10"])
def test_into_the_first_grade_leads_the_kind_with_its_decision_alone(
    secretary: Any, session: Any, world: Any, kind: str
) -> None:
    """In mid-year too: by a general order a term of two days would run from the event in place of the decision's."""
    card = {"last_name": "Новых", "first_name": "Олег", "birth_date": "2018-02-03"}
    assert secretary.post("/pupils/add", data=card).status_code == 302
    pupil = session.query(Pupil).filter_by(last_name="Новых").one().id
    form = {"number": "5-у", "order_date": "2026-02-26", "lines-0-pupil": pupil, "lines-0-event_date": "2026-02-26"}
    form |= {"lines-0-to_class": world.classes[(SCHOOL, 2025, "1А")]}
    refused = secretary.post("/movement_orders/add", data=form | {"kind": kind})
    assert refused.status_code == 422
    assert "«Зачисление в 1 класс»" in refused.text if kind == "enrolment" else "только в 10 класс" in refused.text
    decided = form | {"kind": "enrolment_1", "decision_date": "2026-02-25"}
    assert ticked(secretary, "/movement_orders/add", decided).status_code == 302
    assert session.query(MovementOrder).one().kind is OrderKind.ENROLMENT_1
