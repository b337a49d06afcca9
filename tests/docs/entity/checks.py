"""What the new entity of `docs/adding_an_entity.md` can do; run by the test beside this folder in a copy."""

from datetime import date
from typing import Any

import pytest
from tests.support.reading import body, rows_of, sheet

from tests.support.locks import confirmed

SCHOOL = "65001"


@pytest.fixture
def hr(sign_in: Any) -> Any:
    return sign_in(f"hr.{SCHOOL}")


@pytest.fixture
def keys(session: Any, world: Any) -> dict[str, int]:
    from app.models.trainings import Training

    rows = {}
    for code, title, day in (("65001", "Ёмкий курс", 1), ("65001", "Методика", 2), ("65003", "Чужой курс", 3)):
        employee = next(key for (school, _), key in world.employees.items() if school == code)
        row = Training(
            school_id=world.schools[code], employee_id=employee, title=title, hours=72, finished_on=date(2026, 2, day)
        )
        session.add(row)
        session.commit()
        rows[title] = row.id
    return rows


def test_list_search_conditions_columns_order(hr: Any, keys: dict[str, int]) -> None:
    assert rows_of(hr.get("/trainings/list/")) == ["Методика", "Ёмкий курс"]
    assert rows_of(hr.get("/trainings/list/?q=ЕМКИЙ")) == ["Ёмкий курс"]
    assert rows_of(hr.get("/trainings/list/?finished_on_from=2026-02-02")) == ["Методика"]
    assert rows_of(hr.get("/trainings/list/?order=finished_on")) == ["Ёмкий курс", "Методика"]
    assert "Кто внёс" in body(hr.get("/trainings/list/?cols=entered_by"))
    assert hr.get("/trainings/list/?cols=junk").status_code == 400


def test_menu_and_find(hr: Any, keys: dict[str, int]) -> None:
    assert 'href="/trainings/list/"' in body(hr.get("/"))
    assert "Методика" in body(hr.get("/find/?q=методика"))


def test_a_second_full_view_of_the_same_records(hr: Any, session: Any, keys: dict[str, int]) -> None:
    """Beside the first, under the same right: its own list, card, export and saved list; links lead to the main one."""
    from app.models.trainings import Training

    session.get(Training, keys["Методика"]).hours = 144
    session.commit()
    assert rows_of(hr.get("/long_trainings/list/")) == ["Методика"]
    assert rows_of(hr.get("/trainings/list/")) == ["Методика", "Ёмкий курс"]
    assert hr.get(f"/long_trainings/show/{keys['Методика']}").status_code == 200
    assert hr.get(f"/long_trainings/show/{keys['Ёмкий курс']}").status_code == 404
    assert [row[0] for row in sheet(hr.get("/long_trainings/export"))[1:]] == ["Методика"]
    assert hr.post("/saved/long_trainings/save", data={"name": "Все", "query": ""}).status_code == 302
    assert "Все" in body(hr.get("/saved/long_trainings/"))
    assert f"/trainings/show/{keys['Методика']}" in body(hr.get("/find/?q=методика"))


def test_form_card_and_history(hr: Any, session: Any, world: Any, keys: dict[str, int]) -> None:
    employee = next(key for (school, _), key in world.employees.items() if school == SCHOOL)
    data = {"employee": employee, "title": "Новый курс", "hours": "36", "finished_on": "20.02.2026"}
    assert hr.post("/trainings/add", data=data | {"title": ""}).status_code == 422
    added = hr.post("/trainings/add", data=data)
    assert added.status_code == 302
    changed = hr.post(added.location.replace("show", "edit"), data=data | {"hours": "40", "version": "1"})
    assert changed.status_code == 302
    card = body(hr.get(added.location))
    assert all(words in card for words in ("Новый курс", "<del>36</del>", "<ins>40</ins>", "История карточки"))


def test_export(hr: Any, keys: dict[str, int]) -> None:
    rows = sheet(hr.get("/trainings/export?q=методика"))
    assert len(rows) == 2
    assert rows[1][0] == "Методика"


def test_bulk_deletion_with_preview_and_undo(hr: Any, keys: dict[str, int]) -> None:
    chosen = {"action": "delete", "rowid": [keys["Методика"], keys["Ёмкий курс"]]}
    assert "Методика" in body(hr.post("/trainings/bulk", data=chosen))
    assert len(rows_of(hr.get("/trainings/list/"))) == 2
    confirmed(hr, "/trainings/bulk", data=chosen | {"confirmed": "1"})
    assert rows_of(hr.get("/trainings/list/")) == []


# The right is the entity's own: who has it is said by its block alone.

MAY_NOT = ("administrator", "secretary", "psychologist", "technical", "medical", "student", "parent")
"""Some of them see every employee of the school."""


@pytest.mark.parametrize("role", ["director", "deputy", "hr", "teacher"])
def test_who_may_see(sign_in: Any, keys: dict[str, int], role: str) -> None:
    client = sign_in(f"{role}.{SCHOOL}")
    assert 'href="/trainings/list/"' in body(client.get("/"))
    assert client.get("/trainings/list/").status_code == 200
    assert client.get(f"/trainings/show/{keys['Чужой курс']}").status_code == 404


@pytest.mark.parametrize("role", MAY_NOT)
def test_who_may_not(sign_in: Any, keys: dict[str, int], role: str) -> None:
    client, own = sign_in(f"{role}.{SCHOOL}"), keys["Методика"]
    assert "/trainings/" not in body(client.get("/"))
    assert "Методика" not in body(client.get("/find/?q=методика"))
    for page in ("list/", "lookup", "export", f"show/{own}", "add", f"edit/{own}"):
        assert client.get(f"/trainings/{page}").status_code == 403, page
    for page in (f"delete/{own}", "bulk", "add"):
        assert client.post(f"/trainings/{page}").status_code == 403, page


def test_who_sees_may_not_write(sign_in: Any, session: Any, keys: dict[str, int]) -> None:
    from app.models.trainings import Training

    own = keys["Методика"]
    for client in (sign_in(f"deputy.{SCHOOL}"), sign_in(f"director.{SCHOOL}")):
        assert client.get(f"/trainings/show/{own}").status_code == 200
        assert client.get("/trainings/add").status_code == 403
        assert client.post(f"/trainings/edit/{own}", data={"version": "1", "title": "Иначе"}).status_code == 403
        assert client.post(f"/trainings/delete/{own}").status_code == 403
    session.expire_all()
    assert session.get(Training, own).title == "Методика"


def test_own_rows_and_those_of_a_municipality(sign_in: Any, session: Any, world: Any, keys: dict[str, int]) -> None:
    from app.models.trainings import Training

    session.get(Training, keys["Методика"]).employee_id = world.employees[(SCHOOL, "teacher")]
    session.commit()
    teacher = sign_in(f"teacher.{SCHOOL}")
    assert rows_of(teacher.get("/trainings/list/")) == ["Методика"]
    assert teacher.get(f"/trainings/show/{keys['Ёмкий курс']}").status_code == 404
    assert teacher.get("/trainings/export").status_code == 403
    assert rows_of(sign_in("municipal.64701000").get("/trainings/list/")) == ["Чужой курс"]


# Own rows: who edits them adds them.

COURSE = {"title": "Свой курс", "hours": "36", "finished_on": "20.02.2026"}


@pytest.fixture
def teacher(sign_in: Any) -> Any:
    return sign_in(f"teacher.{SCHOOL}")


def own_course(session: Any) -> Any:
    from app.models.trainings import Training

    session.expire_all()
    return session.query(Training).filter_by(title="Свой курс").one_or_none()


def test_own_rows_are_added_and_nobody_is_asked_whose(teacher: Any, session: Any, world: Any) -> None:
    me = world.employees[(SCHOOL, "teacher")]
    assert 'href="/trainings/add' in body(teacher.get("/trainings/list/"))
    page = body(teacher.get("/trainings/add"))
    assert 'name="title"' in page
    assert 'name="employee"' not in page
    added = teacher.post("/trainings/add", data=COURSE)
    assert added.status_code == 302, body(added)
    made = own_course(session)
    assert (made.employee_id, made.school_id) == (me, world.schools[SCHOOL])
    edit = added.location.replace("show", "edit")
    assert 'name="employee"' not in body(teacher.get(edit))
    assert teacher.post(edit, data=COURSE | {"version": "1", "hours": "72"}).status_code == 302
    assert (own_course(session).employee_id, own_course(session).hours) == (me, 72)


@pytest.mark.parametrize("off", ["", "view", "guard"])
def test_rows_of_others_are_not(
    teacher: Any, session: Any, world: Any, monkeypatch: pytest.MonkeyPatch, off: str
) -> None:
    """The view does not ask whose; if it did, the guard would not take it."""
    from app.views.trainings import TrainingView

    from app.security import writes

    if off == "view":
        monkeypatch.setattr(TrainingView, "own_rows", classmethod(lambda cls, actor: None))
    if off == "guard":
        monkeypatch.setattr(writes, "_check_rows", lambda *args, **kwargs: None)
    answer = teacher.post("/trainings/add", data=COURSE | {"employee": world.employees[(SCHOOL, "hr")]})
    made = own_course(session)
    if off == "view":
        assert (answer.status_code, made) == (403, None)
    else:
        assert (answer.status_code, made.employee_id) == (302, world.employees[(SCHOOL, "teacher")])


def test_of_several_persons_one_is_chosen(teacher: Any, session: Any, world: Any) -> None:
    """Who works at two schools says where; nobody else is offered or taken."""
    from app.models.accounts import AccountPerson
    from app.models.accounts.appointments import Appointment

    account, there = world.account(f"teacher.{SCHOOL}"), world.schools["65002"]
    second = world.employees[("65002", "technical")]
    day = date(2025, 8, 25)
    session.add(AccountPerson(school_id=there, account_id=account, employee_id=second))
    order = Appointment(account_id=account, role="teacher", order_number="1", order_date=day, valid_from=day)
    order.school_id = there
    session.add(order)
    session.commit()
    page = body(teacher.get("/trainings/add"))
    choice = page.partition('name="employee"')[2].partition("</select>")[0]
    assert choice.count("<option value=") == 3, "an empty one and the two"
    assert "data-remote" not in choice
    refused = teacher.post("/trainings/add", data=COURSE | {"employee": world.employees[(SCHOOL, "hr")]})
    assert (refused.status_code, own_course(session)) == (422, None)
    assert "Такой записи нет" in body(refused).partition('id="employee-error"')[2][:300]
    assert teacher.post("/trainings/add", data=COURSE).status_code == 422
    assert teacher.post("/trainings/add", data=COURSE | {"employee": second}).status_code == 302
    assert (own_course(session).employee_id, own_course(session).school_id) == (second, there)


def test_who_is_nobody_s_person_adds_nothing(teacher: Any, session: Any, world: Any) -> None:
    from app.models.accounts import AccountPerson

    session.query(AccountPerson).filter_by(account_id=world.account(f"teacher.{SCHOOL}")).delete()
    session.commit()
    assert 'href="/trainings/add' not in body(teacher.get("/trainings/list/"))
    assert teacher.get("/trainings/add").status_code == 403
    assert teacher.post("/trainings/add", data=COURSE).status_code == 403


def test_a_row_that_comes_in_by_itself_gets_its_owner(app: Any, session: Any, world: Any) -> None:
    """By whatever way: the flush fills it."""
    from app.models.trainings import Training

    from app.extensions import db
    from app.models.accounts import Account
    from app.security.access import actor_for
    from app.security.guard import acting

    account = session.get(Account, world.account(f"teacher.{SCHOOL}"))
    actor = actor_for(session, account, date(2026, 3, 2))
    with acting(db.session, actor):
        db.session.add(Training(title="Свой курс", finished_on=date(2026, 2, 1)))
        db.session.commit()
    assert own_course(session).employee_id == world.employees[(SCHOOL, "teacher")]


def test_the_matrix_of_rights_tells_it(sign_in: Any) -> None:
    assert "Повышение квалификации" in body(sign_in(f"administrator.{SCHOOL}").get("/rights/"))


def test_the_number_of_queries_is_fixed(hr: Any, keys: dict[str, int], count_queries: list[str]) -> None:
    hr.get("/trainings/list/")
    first = len(count_queries)
    hr.get("/trainings/list/?cols=employee&cols=entered_by")
    assert len(count_queries) == 2 * first
