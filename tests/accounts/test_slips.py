"""Accounts and slips for many people: what is made, what is printed, who may (3.3.2.4)."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import func, select

from app.clock import utc_now
from app.models.accounts import Account, AccountPerson
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.engine.one_time import one_time_secret
from app.models.people import Employee, Guardianship, Parent, Pupil, Relation
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.services.accounts import issuing, slips
from app.services.engine import jobs
from tests.jobs.conftest import Yard
from tests.support.world import PASSWORD

SCHOOL, ADMINISTRATOR, OWN = "65001", "administrator.65001", "рыжая лиса бежит"


@pytest.fixture
def yard(site: Any, session: Any, tmp_path: Any) -> Yard:
    return Yard(site, session, tmp_path / "log")


@pytest.fixture
def family(session: Any, world: Any) -> dict[str, int]:
    """A pupil and his mother without accounts; a pupil's and a parent's of the world have one."""
    with acting(session, SYSTEM):
        school_id = world.schools[SCHOOL]
        pupil = session.get(Pupil, world.pupils[(SCHOOL, "Иванов")])
        mother = Parent(school_id=school_id, last_name="Иванова", first_name="Анна", middle_name="Петровна")
        session.add(mother)
        session.flush()
        session.add(Guardianship(school_id=school_id, pupil_id=pupil.id, parent_id=mother.id, relation=Relation.MOTHER))
        session.commit()
        return {"pupil": pupil.id, "parent": mother.id}


def page(client: Any, **marked: Any) -> Any:
    return client.get("/slips/", query_string=marked)


def ask(client: Any, who: list[str], a_page: int = 4, **marked: Any) -> Any:
    return client.post("/slips/", query_string=marked, data={"who": who, "a_page": str(a_page)})


def printed(client: Any, yard: Yard, answer: Any) -> str:
    """The text of the slips that a job of this answer has made."""
    assert answer.status_code == 302, answer.text
    yard.work()
    key = int(answer.location.rpartition("-")[2])
    assert (yard.job(key).state.value, yard.job(key).words) == ("done", "")
    file = client.get(f"/jobs/{key}/file", buffered=True)
    assert file.status_code == 200
    return "\n".join(each.extract_text() for each in PdfReader(BytesIO(file.data)).pages)


def secret_in(text: str) -> str:
    found = re.search(r"действует по [\d.]+\n(.+)\n(.+)\n", text)
    assert found, text
    return f"{found[1]} {found[2]}"


def test_a_family_gets_its_accounts_and_enters_with_the_slips(
    app: Any, sign_in: Any, yard: Yard, session: Any, family: Any
) -> None:
    client = sign_in(ADMINISTRATOR)
    asked = page(client, pupils=family["pupil"]).text
    assert f'value="pupil:{family["pupil"]}"' in asked
    assert f'value="parent:{family["parent"]}"' in asked
    text = printed(client, yard, ask(client, [f"parent:{family['parent']}"], pupils=family["pupil"]))
    assert "ivanova.ap" in text
    assert "родитель" in text
    assert "http://localhost/" in text
    session.expire_all()
    account = session.scalar(select(Account).where(Account.username == "ivanova.ap"))
    assert (account.full_name, account.password, account.must_change_password) == ("Иванова Анна Петровна", None, True)
    assert account.handed_over_on is None, "made is not handed over"
    tie = session.scalar(select(AccountPerson).where(AccountPerson.account_id == account.id))
    assert (tie.parent_id, tie.entered_by) == (
        family["parent"],
        session.get(Account, yard.site.world.account(ADMINISTRATOR)).full_name,
    )
    mother = app.test_client()
    assert mother.post("/login/", data={"username": "ivanova.ap", "password": secret_in(text)}).status_code == 302
    assert mother.post("/password/", data={"new": OWN, "confirm": OWN}).status_code == 302
    assert "Иванов" in mother.get("/").text
    assert (
        session.scalar(select(func.count()).select_from(AccountPerson).where(AccountPerson.pupil_id == family["pupil"]))
        == 0
    )


def test_the_trail_tells_of_it_and_the_words_stand_nowhere(sign_in: Any, yard: Yard, session: Any, family: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    text = printed(client, yard, ask(client, [f"pupil:{family['pupil']}"], pupils=family["pupil"]))
    told = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(3)).all()
    assert [(each.action, each.entity) for each in reversed(told)] == [
        (AuditAction.CREATE, "ab_user"),
        (AuditAction.CREATE, "account_person"),
        (AuditAction.PRINT, ""),
    ]
    assert {each.account_id for each in told} == {yard.site.world.account(ADMINISTRATOR)}
    words = secret_in(text).split()
    for file in yard.folder.rglob("*"):
        assert not file.is_file() or words[0].encode() not in file.read_bytes()
        assert not file.is_file() or not file.read_bytes().startswith(b"%PDF")
    stored = str([each.changes for each in session.scalars(select(AuditEvent))])
    stored += str([job.parameters for job in session.scalars(select(jobs.Job))])
    assert not any(f" {word} " in stored for word in words)


def test_a_new_slip_takes_the_place_of_the_old_one_and_of_the_password(
    app: Any, sign_in: Any, yard: Yard, session: Any, world: Any, family: Any
) -> None:
    """A wrong slip is reissued; whoever had used the account is told who did it."""
    client, here = sign_in(ADMINISTRATOR), sign_in("parent.65001")
    mother = world.parents[SCHOOL]
    session.get(Account, world.account("parent.65001")).last_login = utc_now().replace(tzinfo=None)
    session.commit()
    assert "уже входил" in page(client, parents=mother).text
    first = printed(client, yard, ask(client, [f"parent:{mother}"], parents=mother))
    second = printed(client, yard, ask(client, [f"parent:{mother}"], parents=mother))
    assert here.get("/").status_code == 302, "the open session has ended"
    tries = [(PASSWORD, 401), (secret_in(first), 401), (secret_in(second), 302)]
    for typed, status in tries:
        answer = app.test_client().post("/login/", data={"username": "parent.65001", "password": typed})
        assert answer.status_code == status
    session.expire_all()
    assert session.get(Account, world.account("parent.65001")).reset_by
    assert session.scalar(select(func.count()).select_from(one_time_secret)) == 1


def test_a_grown_up_known_by_the_snils_keeps_one_account(
    sign_in: Any, yard: Yard, session: Any, world: Any, family: Any
) -> None:
    """The mother of children in two schools, who also teaches in a third: one account."""
    with acting(session, SYSTEM):
        there = session.get(Parent, world.parents["65002"])
        there.snils = "112-233-445 95"
        here = session.get(Parent, family["parent"])
        here.snils, here.last_name, here.first_name = there.snils, there.last_name, there.first_name
        session.commit()
    client = sign_in(ADMINISTRATOR)
    text = printed(client, yard, ask(client, [f"parent:{family['parent']}"], parents=family["parent"]))
    assert "У вас уже есть учётная запись" in text
    ties = session.scalars(select(AccountPerson.account_id).where(AccountPerson.parent_id == family["parent"])).all()
    assert ties == [world.account("parent.65002")]
    assert "ведёт оператор" in page(client, parents=family["parent"]).text
    assert ask(client, [f"parent:{family['parent']}"], parents=family["parent"]).status_code == 422


def test_a_namesake_is_another_person(sign_in: Any, yard: Yard, session: Any, world: Any, family: Any) -> None:
    with acting(session, SYSTEM):
        there, here = session.get(Parent, world.parents["65002"]), session.get(Parent, family["parent"])
        there.snils = here.snils = "112-233-445 95"
        session.commit()
    client = sign_in(ADMINISTRATOR)
    assert "ivanova.ap" in printed(client, yard, ask(client, [f"parent:{family['parent']}"], parents=family["parent"]))


def test_nobody_gets_two_accounts_however_often_it_is_asked(
    sign_in: Any, yard: Yard, session: Any, family: Any
) -> None:
    """Two administrators press at the same moment: the second job finds everybody served, and says so."""
    client, who = sign_in(ADMINISTRATOR), [f"pupil:{family['pupil']}"]
    keys = [int(ask(client, who, n, pupils=family["pupil"]).location.rpartition("-")[2]) for n in (4, 2)]
    yard.work()
    assert [yard.job(key).state.value for key in keys] == ["done", "failed"]
    assert yard.job(keys[1]).words == slips.NOBODY
    assert (
        session.scalar(select(func.count()).select_from(AccountPerson).where(AccountPerson.pupil_id == family["pupil"]))
        == 1
    )


def test_a_job_that_was_broken_off_after_its_work_makes_new_slips(
    sign_in: Any, yard: Yard, session: Any, family: Any, app: Any
) -> None:
    """Its worker died between the commit and the end: nobody has seen those words."""
    client = sign_in(ADMINISTRATOR)
    answer = ask(client, [f"pupil:{family['pupil']}"], pupils=family["pupil"])
    first = secret_in(printed(client, yard, answer))
    job = yard.job(int(answer.location.rpartition("-")[2]))
    job.state, job.stored_as = jobs.JobState.WAITING, ""
    session.commit()
    second = secret_in(printed(client, yard, answer))
    assert first != second
    login = session.scalar(
        select(Account.username)
        .join(AccountPerson, AccountPerson.account_id == Account.id)
        .where(AccountPerson.pupil_id == family["pupil"])
    )
    assert app.test_client().post("/login/", data={"username": login, "password": second}).status_code == 302


def test_if_the_file_cannot_be_written_there_are_no_accounts(
    sign_in: Any, yard: Yard, session: Any, family: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any) -> bytes:
        raise OSError(28, "No space left on device")

    client = sign_in(ADMINISTRATOR)
    answer = ask(client, [f"pupil:{family['pupil']}"], pupils=family["pupil"])
    monkeypatch.setattr(slips, "print_slips", full)
    yard.work()
    assert "закончилось место" in yard.job(int(answer.location.rpartition("-")[2])).words
    assert (
        session.scalar(select(func.count()).select_from(AccountPerson).where(AccountPerson.pupil_id == family["pupil"]))
        == 0
    )


def test_pressed_twice_it_is_done_once(app: Any, sign_in: Any, yard: Yard, session: Any, world: Any) -> None:
    """A second print would make the first one worthless."""
    client, mother = sign_in(ADMINISTRATOR), world.parents[SCHOOL]
    shown = page(client, parents=mother).text
    found = re.search(r'name="batch" value="([0-9a-f]{32})"', shown)
    assert found
    data = {"who": f"parent:{mother}", "a_page": "4", "batch": found[1]}
    first = client.post("/slips/", query_string={"parents": mother}, data=data)
    text = printed(client, yard, first)
    again = client.post("/slips/", query_string={"parents": mother}, data=data)
    assert again.location == first.location
    yard.work()
    login = {"username": "parent.65001", "password": secret_in(text)}
    assert app.test_client().post("/login/", data=login).status_code == 302


def test_two_cards_of_one_person_get_one_account(
    sign_in: Any, yard: Yard, session: Any, world: Any, family: Any
) -> None:
    """The teacher whose child studies here."""
    with acting(session, SYSTEM):
        mother = session.get(Parent, family["parent"])
        mother.snils = "112-233-445 95"
        day = utc_now().date() - timedelta(days=900)
        names = {"last_name": mother.last_name, "first_name": mother.first_name, "snils": mother.snils}
        card = Employee(school_id=world.schools[SCHOOL], hired_on=day, **names)
        session.add(card)
        session.commit()
        key = card.id
    client, marked = sign_in(ADMINISTRATOR), {"parents": family["parent"], "employees": key}
    text = printed(client, yard, ask(client, [f"parent:{family['parent']}", f"employee:{key}"], **marked))
    assert text.count("Одноразовый пароль, действует") == 1
    ties = session.scalars(
        select(AccountPerson.account_id).where(
            (AccountPerson.parent_id == family["parent"]) | (AccountPerson.employee_id == key)
        )
    ).all()
    assert len(ties) == 2
    assert len(set(ties)) == 1


def test_what_was_ticked_comes_back_after_the_session_ended(sign_in: Any, yard: Yard, family: Any) -> None:
    client, who = sign_in(ADMINISTRATOR), [f"parent:{family['parent']}"]
    back = client.post(
        "/slips/", query_string={"pupils": family["pupil"]}, data={"who": who, "a_page": "2", "resume": "1"}
    )
    assert back.status_code == 200
    assert "отметки на месте" in back.text
    ticked = re.findall(r'name="who" value="([^"]+)"[^>]* checked', back.text)
    assert ticked == who
    assert '<option value="2" selected>' in back.text
    yard.session.rollback()
    assert yard.session.scalar(select(func.count()).select_from(jobs.Job)) == 0


def test_the_file_is_gone_after_a_day(sign_in: Any, yard: Yard, session: Any, family: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    answer = ask(client, [f"pupil:{family['pupil']}"], pupils=family["pupil"])
    printed(client, yard, answer)
    key = int(answer.location.rpartition("-")[2])
    with time_machine.travel(utc_now() + timedelta(hours=23), tick=False):
        assert "скачать можно до" in sign_in(ADMINISTRATOR).get("/jobs/").text
    with time_machine.travel(utc_now() + timedelta(hours=25), tick=False):
        later = sign_in(ADMINISTRATOR)
        assert f"/jobs/{key}/file" not in later.get("/jobs/").text
        assert later.get(f"/jobs/{key}/file").status_code == 302
        assert jobs.FILE_GONE[1:] in later.get("/jobs/").text
        with acting(session, SYSTEM):
            jobs.sweep(session, utc_now() - timedelta(days=7))
    assert not [file for file in yard.folder.rglob(f"{key}-*") if file.is_file()]
    assert yard.job(key).words == jobs.FILE_GONE


def test_whoever_has_gone_gets_none(sign_in: Any, session: Any, world: Any) -> None:
    with acting(session, SYSTEM):
        employee = Employee(
            school_id=world.schools[SCHOOL],
            last_name="Ушедшая",
            first_name="Анна",
            hired_on=utc_now().date() - timedelta(days=900),
            dismissed_on=utc_now().date() - timedelta(days=9),
        )
        session.add(employee)
        session.commit()
        key = employee.id
    client = sign_in(ADMINISTRATOR)
    assert "не создаётся: уволен" in page(client, employees=key).text
    assert ask(client, [f"employee:{key}"], employees=key).status_code == 422


@pytest.mark.parametrize("login", ["director.65001", "secretary.65001", "teacher.65001", "parent.65001", "regional"])
def test_who_does_not_give_out_accounts_may_not(sign_in: Any, family: Any, login: str) -> None:
    client = sign_in(login)
    assert page(client, pupils=family["pupil"]).status_code == 403
    assert ask(client, [f"pupil:{family['pupil']}"], pupils=family["pupil"]).status_code == 403
    assert "/slips/" not in client.get(f"/pupils/show/{family['pupil']}").text


def test_of_another_school_there_is_nobody(sign_in: Any, yard: Yard, session: Any, world: Any, family: Any) -> None:
    client = sign_in("administrator.65002")
    for marked in ({"pupils": family["pupil"]}, {"schools": world.schools[SCHOOL]}, {"parents": family["parent"]}):
        assert "Иванов" not in page(client, **marked).text
        who = [f"pupil:{family['pupil']}", f"parent:{family['parent']}"]
        assert ask(client, who, **marked).status_code == 422
    assert session.scalar(select(func.count()).select_from(jobs.Job)) == 0


def test_a_right_that_ended_prints_nothing(sign_in: Any, yard: Yard, session: Any, world: Any, family: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    answer = ask(client, [f"pupil:{family['pupil']}"], pupils=family["pupil"])
    from app.models.accounts.appointments import Appointment

    with acting(session, SYSTEM):
        session.query(Appointment).filter_by(account_id=world.account(ADMINISTRATOR)).update(
            {"valid_to": utc_now().date() - timedelta(days=2)}
        )
        session.commit()
    yard.work()
    assert yard.job(int(answer.location.rpartition("-")[2])).state.value in ("failed", "cancelled")
    assert session.scalar(select(func.count()).select_from(one_time_secret)) == 0


@pytest.mark.parametrize(
    "query", ["", "pupils=", "pupils=" + ",".join(map(str, range(1, 400))), "schools=x", "pupils=99999999999999999999"]
)
def test_rubbish_in_the_address(sign_in: Any, query: str) -> None:
    answer = sign_in(ADMINISTRATOR).get(f"/slips/?{query}")
    assert answer.status_code in (200, 400)
    assert "Никого нет" in answer.text or answer.status_code == 400


def test_of_a_whole_school_kinds_are_ticked(
    sign_in: Any, yard: Yard, session: Any, world: Any, family: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.views.accounts import slips as pages

    monkeypatch.setattr(pages, "MOST_ROWS", 1)
    client = sign_in(ADMINISTRATOR)
    asked = page(client, schools=world.schools[SCHOOL])
    assert 'name="kind" value="parent"' in asked.text
    assert 'name="who"' not in asked.text
    answer = client.post("/slips/", query_string={"schools": world.schools[SCHOOL]}, data={"kind": "parent"})
    assert "ivanova.ap" in printed(client, yard, answer)
    assert (
        session.scalar(select(func.count()).select_from(AccountPerson).where(AccountPerson.pupil_id == family["pupil"]))
        == 0
    )


def test_many_cost_as_many_questions_as_few(session: Any, world: Any, count_queries: list[str]) -> None:
    """Sets of rows, whatever their number."""
    counts = []
    for number in (2, 40):
        with acting(session, SYSTEM):
            cards = [
                Parent(
                    school_id=world.schools[SCHOOL], last_name=f"Многих{'абвгд'[n % 5]}", first_name="А" * (n // 5 + 1)
                )
                for n in range(number)
            ]
            session.add_all(cards)
            session.commit()
            from app.services.accounts import candidates

            found = candidates.people(session, candidates.Marked(parents=tuple(card.id for card in cards)))
            count_queries.clear()
            assert len(issuing.issue(session, found, [])) == number
            counts.append(len(count_queries))
            session.commit()
    assert counts[0] == counts[1]
