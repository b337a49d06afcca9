"""Handing accounts over: the administrator for the school, a class teacher for the own class (3.3.2.4, 3.3.5.2)."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, text, update

from app.clock import today, utc_now
from app.models.accounts import Account
from app.models.accounts.handings import HandingOver
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.people import Pupil
from app.russian import format_date
from app.security.actor import SYSTEM
from app.security.entries import Firm
from app.security.guard import acting
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


def test_nobody_takes_back_another_s_mark_or_that_of_an_earlier_day(sign_in: Any, session: Any, world: World) -> None:
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
    entered_before(session, parent, 1)
    assert take_back(teacher, parent).status_code == 422
    assert day_of(session, parent) == today()


def entries(session: Any, key: int) -> list[HandingOver]:
    session.expire_all()
    return list(session.scalars(select(HandingOver).filter_by(account_id=key).order_by(HandingOver.id)))


def test_each_handing_over_is_an_entry_of_its_own(sign_in: Any, session: Any, world: World) -> None:
    client, key = sign_in(ADMINISTRATOR), world.account("parent.65001")
    hand_over(client, key)
    [entry] = entries(session, key)
    assert (entry.handed_on, entry.entered_on, entry.entered_by_id) == (today(), today(), world.account(ADMINISTRATOR))
    assert client.get(f"/accounts/show/{key}").text.count("Выдачи владельцу") > 0


def test_a_mark_of_today_is_taken_back_as_if_it_had_not_been(sign_in: Any, session: Any, world: World) -> None:
    client, key = sign_in(ADMINISTRATOR), world.account("parent.65001")
    assert client.post(f"/accounts/hand_over/{key}").status_code == 302
    assert day_of(session, key) == today()
    assert "Снять отметку о выдаче" in client.get(f"/accounts/show/{key}").text
    assert client.post(f"/accounts/take_back/{key}").status_code == 302
    assert (day_of(session, key), entries(session, key)) == (None, [])
    assert client.post(f"/accounts/take_back/{key}").status_code == 409
    assert "Отметить выдачу" in client.get(f"/accounts/show/{key}").text


def entered_before(session: Any, key: int, days: int) -> None:
    """As if it had been noted some days ago."""
    day = today() - timedelta(days=days)
    session.execute(update(HandingOver.__table__).where(HandingOver.account_id == key).values(entered_on=day))
    session.commit()


def test_a_mark_of_an_earlier_day_stays_and_is_no_evidence_any_more(sign_in: Any, session: Any, world: World) -> None:
    client, key = sign_in(ADMINISTRATOR), world.account("parent.65001")
    hand_over(client, key)
    entered_before(session, key, 2)
    client.post(f"/accounts/take_back/{key}")
    [entry] = entries(session, key)
    assert (entry.withdrawn_on, day_of(session, key)) == (today(), None)
    hand_over(client, key)
    assert [each.stands for each in entries(session, key)] == [False, True]


def test_nobody_deletes_an_entry_of_an_earlier_day(session: Any, sign_in: Any, world: World) -> None:
    key = world.account("parent.65001")
    hand_over(sign_in(ADMINISTRATOR), key)
    entered_before(session, key, 1)
    with acting(session, SYSTEM):
        session.delete(entries(session, key)[0])
        with pytest.raises(Firm, match="Снимите отметку"):
            session.flush()
    session.rollback()


@pytest.mark.parametrize("login", ["director.65001", "deputy.65001", "secretary.65001", "administrator.65002"])
def test_others_neither_mark_nor_take_back(sign_in: Any, session: Any, world: World, login: str) -> None:
    key = world.account("parent.65001")
    hand_over(sign_in(ADMINISTRATOR), key)
    client = sign_in(login)
    for address in ("/accounts/take_back", "/accounts/hand_over"):
        assert client.post(f"{address}/{key}").status_code in (403, 404)
    assert day_of(session, key) == today()


def close(client: Any, session: Any, key: int, **changes: str) -> Any:
    session.expire_all()
    account = session.get(Account, key)
    kept = {"username": account.username, "active": "y", "version": str(account.version)}
    return client.post(f"/accounts/edit/{key}", data=kept | changes)


def test_what_was_handed_over_ends_with_the_closing(sign_in: Any, session: Any, world: World) -> None:
    """Opened again another day it is handed over again: the account was not in force between."""
    client, key = sign_in(ADMINISTRATOR), world.account("parent.65001")
    hand_over(client, key)
    closed = {"closed_on": format_date(today()), "closed_reason": "Выбытие"}
    assert close(client, session, key, **closed).status_code == 302
    assert entries(session, key)[0].ended_on == today()
    assert close(client, session, key).status_code == 302
    assert (entries(session, key)[0].ended_on, day_of(session, key)) == (None, today()), "closed by mistake, today"
    close(client, session, key, **closed)
    session.execute(update(HandingOver.__table__).values(ended_on=today() - timedelta(days=1)))
    session.commit()
    close(client, session, key)
    assert (entries(session, key)[0].ended_on, day_of(session, key)) == (today() - timedelta(days=1), None)
    assert f'value="{key}"' in client.get("/handover/").text


def test_saving_the_account_of_an_official_leaves_what_was_noted(sign_in: Any, session: Any, world: World) -> None:
    """No school's term is judged by it, so it has no entry; the day on the account stays."""
    key = world.account("municipal.64754000")
    with acting(session, SYSTEM):
        session.get(Account, key).handed_over_on = date(2026, 3, 2)
        session.commit()
    client = sign_in("operator")
    account = session.get(Account, key)
    names = {"last_name": account.last_name, "first_name": account.first_name}
    assert close(client, session, key, email="uo@example.com", **names).status_code == 302
    assert (entries(session, key), day_of(session, key)) == ([], date(2026, 3, 2))


def wait_for_a_lock(engine: Any) -> None:
    """Until somebody waits for what another transaction holds."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(300):
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.1)
    pytest.fail("nobody waits")


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_two_who_note_it_at_once_make_one_entry(app: Any, sign_in: Any, session: Any, world: World) -> None:
    """The second one waits for the first, and finds it done."""
    key, school_id, day = world.account("parent.65001"), world.schools[SCHOOL], today()
    client, stamp = (
        sign_in(ADMINISTRATOR),
        {"version": 1, "entered_at": utc_now(), "entered_on": day, "entered_by": "А"},
    )
    noted = stamp | {"school_id": school_id, "account_id": key, "handed_on": day}
    engine = session.get_bind()
    session.rollback()
    with ThreadPoolExecutor(1) as pool, engine.connect() as other:
        other.execute(update(Account.__table__).where(Account.id == key).values(handed_over_on=day))
        other.execute(insert(HandingOver.__table__), [noted])
        answer = pool.submit(hand_over, client, key)
        wait_for_a_lock(engine)
        other.commit()
        assert answer.result(30).status_code == 302
    assert len(entries(session, key)) == 1
