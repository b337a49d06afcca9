"""Handing accounts over: the administrator for the school, a class teacher for the own class (3.3.2.4, 3.3.5.2)."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from app.clock import today
from app.models.accounts import Account
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.people import Pupil
from app.russian import format_date
from app.services.accounts import handing_over
from tests.support.world import World

ADMINISTRATOR, TEACHER, SCHOOL = "administrator.65001", "teacher.65001", "65001"


def hand_over(client: Any, *keys: int, day: date | str | None = None) -> Any:
    told = format_date(today()) if day is None else day if isinstance(day, str) else format_date(day)
    return client.post("/handover/", data={"who": [str(key) for key in keys], "day": told})


def day_of(session: Any, key: int) -> date | None:
    session.expire_all()
    found: date | None = session.get(Account, key).handed_over_on
    return found


def test_the_administrator_marks_whom_he_gave_a_slip(sign_in: Any, session: Any, world: World) -> None:
    client, key = sign_in(ADMINISTRATOR), world.account("parent.65001")
    page = client.get("/handover/").text
    assert f'value="{key}"' in page
    assert "parent.65001" in page
    answer = hand_over(client, key)
    assert answer.status_code == 302
    assert day_of(session, key) == today()
    after = client.get("/handover/").text
    assert "Выдача отмечена: 1 учётная запись" in after
    assert f'name="who" value="{key}" aria-label' not in after
    told = session.query(AuditEvent).filter_by(entity="ab_user", record_id=key).order_by(AuditEvent.id.desc()).first()
    assert (told.action, told.changes["handed_over_on"]) == (AuditAction.CHANGE, [None, today().isoformat()])
    assert told.account_id == world.account(ADMINISTRATOR)


def test_a_class_teacher_does_it_for_the_own_class_and_for_nobody_else(
    sign_in: Any, session: Any, world: World
) -> None:
    client = sign_in(TEACHER)
    own = [world.account(login) for login in (f"student.{SCHOOL}", f"parent.{SCHOOL}")]
    strangers = [world.account(login) for login in (f"secretary.{SCHOOL}", "parent.65002", "director.65001")]
    page = client.get("/handover/").text
    assert all(f'value="{key}"' in page for key in own)
    assert not any(f'name="who" value="{key}"' in page for key in strangers)
    assert hand_over(client, *own, *strangers).status_code == 302
    assert [day_of(session, key) for key in own] == [today(), today()]
    assert [day_of(session, key) for key in strangers] == [None, None, None]
    assert client.get(f"/accounts/edit/{own[0]}").status_code == 403
    assert "/slips/" not in page


@pytest.mark.parametrize(
    "login", ["director.65001", "deputy.65001", "secretary.65001", "parent.65001", "municipal.64754000"]
)
def test_others_do_not(sign_in: Any, session: Any, world: World, login: str) -> None:
    client, key = sign_in(login), world.account("parent.65001")
    assert client.get("/handover/").status_code == 403
    assert client.get("/handover/sheet").status_code == 403
    assert hand_over(client, key).status_code == 403
    assert day_of(session, key) is None


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Впишите день"),
        ("31.02.2026", "не дата"),
        ("вчера", "не дата"),
        (today() + timedelta(days=1), "ещё не наступил"),
        (date(2020, 1, 1), "созданы позже"),
    ],
)
def test_a_day_that_cannot_be(sign_in: Any, session: Any, world: World, day: Any, words: str) -> None:
    client, key = sign_in(ADMINISTRATOR), world.account("parent.65001")
    answer = hand_over(client, key, day=day)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{key}" aria-label="Отметить: Сергеева Ольга" checked' in answer.text, "what was ticked stays"
    assert f'value="{day if isinstance(day, str) else format_date(day)}"' in answer.text
    assert day_of(session, key) is None


def test_nobody_ticked(sign_in: Any) -> None:
    answer = hand_over(sign_in(ADMINISTRATOR))
    assert answer.status_code == 422
    assert "Не отмечен никто" in answer.text


def test_what_was_handed_over_keeps_its_day(sign_in: Any, session: Any, world: World) -> None:
    """Pressed twice, or by two people: the first day stands."""
    client, key = sign_in(ADMINISTRATOR), world.account("parent.65001")
    hand_over(client, key)
    earlier = today() - timedelta(days=1)
    session.get(Account, key).created_on = session.get(Account, key).created_on - timedelta(days=9)
    session.commit()
    hand_over(client, key, day=earlier)
    assert day_of(session, key) == today()


def test_the_sheet_names_them_and_no_secret(sign_in: Any, session: Any, world: World) -> None:
    client = sign_in(TEACHER)
    answer = client.get("/handover/sheet")
    assert answer.mimetype == "application/pdf"
    text = "\n".join(each.extract_text() for each in PdfReader(BytesIO(answer.data)).pages)
    assert "ВЕДОМОСТЬ ВЫДАЧИ УЧЁТНЫХ ЗАПИСЕЙ" in text
    assert f"parent.{SCHOOL}" in text
    assert "parent.65002" not in text
    told = session.query(AuditEvent).filter_by(action=AuditAction.PRINT).one()
    assert told.record.startswith("Ведомость выдачи учётных записей")


def test_of_one_class(sign_in: Any, session: Any, world: World) -> None:
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Сергеева")])
    client = sign_in(ADMINISTRATOR)
    page = client.get(f"/handover/?class={pupil.class_id}").text
    assert f"parent.{SCHOOL}" in page
    assert f"secretary.{SCHOOL}" not in page
    for query, status in (("class=x", 400), ("class=999999", 200), ("class=", 200)):
        assert client.get(f"/handover/?{query}").status_code == status


def test_a_page_has_a_fixed_number_of_queries(
    sign_in: Any, session: Any, world: World, count_queries: list[str]
) -> None:
    from app.models.accounts import AccountPerson
    from app.models.people import Parent

    client, counts = sign_in(ADMINISTRATOR), []
    for _ in range(2):
        client.get("/handover/")
        count_queries.clear()
        client.get("/handover/")
        counts.append(len(count_queries))
        for number in range(12):
            card = Parent(
                school_id=world.schools[SCHOOL], last_name="Многих", first_name="А" * (number + 1 + 20 * len(counts))
            )
            login = f"many.{len(counts)}x{number}a"
            account = Account(
                username=login, last_name="М", first_name="А", email=None, active=True, school_id=world.schools[SCHOOL]
            )
            session.add_all([card, account])
            session.flush()
            session.add(AccountPerson(school_id=world.schools[SCHOOL], account_id=account.id, parent_id=card.id))
        session.commit()
    assert counts[0] == counts[1]


def take_back(client: Any, *keys: int) -> Any:
    return client.post("/handover/", data={"who": [str(key) for key in keys], "undo": "1"})


def test_a_class_teacher_takes_back_his_own_mark_of_today(sign_in: Any, session: Any, world: World) -> None:
    client, own = sign_in(TEACHER), world.account(f"student.{SCHOOL}")
    assert "Отмечено вами сегодня" not in client.get("/handover/").text
    hand_over(client, own)
    page = client.get("/handover/").text
    assert "Отмечено вами сегодня" in page
    assert take_back(client, own).status_code == 302
    assert day_of(session, own) is None
    after = client.get("/handover/").text
    assert "Отметка о выдаче отменена: 1 учётная запись" in after
    assert f'name="who" value="{own}" aria-label' in after
    told = session.query(AuditEvent).filter_by(entity="ab_user", record_id=own).order_by(AuditEvent.id.desc()).first()
    assert told.changes["handed_over_on"] == [today().isoformat(), None]


def test_nobody_takes_back_another_s_mark_or_that_of_an_earlier_day(
    sign_in: Any, session: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, parent = (world.account(f"{role}.{SCHOOL}") for role in ("student", "parent"))
    hand_over(sign_in(ADMINISTRATOR), own)
    teacher = sign_in(TEACHER)
    assert "Отмечено вами сегодня" not in teacher.get("/handover/").text
    assert take_back(teacher, own).status_code == 422
    assert day_of(session, own) == today()

    hand_over(teacher, parent)
    assert take_back(sign_in(ADMINISTRATOR), parent).status_code == 422
    assert day_of(session, parent) == today()
    assert take_back(teacher, world.account("parent.65002")).status_code == 422
    monkeypatch.setattr(handing_over, "local_date", lambda at: today() - timedelta(days=1))
    assert take_back(teacher, parent).status_code == 422
    assert day_of(session, parent) == today()
