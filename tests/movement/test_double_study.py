"""Who studies in two schools: the МОУО and the region see both and decide; a school hears one sentence (3.3.9.2)."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from app.models.engine.audit import AuditEvent
from app.models.movement.double_study import LawfulStudy
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.models.study import SchoolClass
from app.views.movement import double_study as page
from tests.support.world import World

SCHOOL, NEAR, FAR = "65001", "65002", "65003"
OURS, THEIRS = "municipal.64754000", "municipal.64701000"
SNILS, OTHER_SNILS = "112-233-445 95", "087-654-303 00"
SENTENCE = "Числится и в другой организации, обратитесь в МОУО."
LIST, REASON = "/double_study/", "Договор о сетевой форме № 12"
SCHOOL_ROLES = ("director", "administrator", "deputy", "secretary", "hr", "teacher", "student", "parent")


def text(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def double(session: Any, world: World) -> Any:
    """`double("65002")`: Иванов of 65001 is in a class of that school as well; gives the two numbers."""

    def run(code: str, **marks: Any) -> tuple[int, int]:
        pair = tuple(world.pupils[one, "Иванов"] for one in (SCHOOL, code))
        for key in pair:
            for name, value in (marks or {"snils": SNILS}).items():
                setattr(session.get(Pupil, key), name, value)
        session.commit()
        return pair

    return run


def marked(client: Any, pair: tuple[int, int], **data: str) -> Any:
    given = {"decided_on": "2026-02-01", "reason": REASON} | data
    return client.post(f"/double_study/mark/{pair[0]}-{pair[1]}", data=given)


def test_both_are_seen_from_above(sign_in: Any, session: Any, world: World, double: Any) -> None:
    pair = double(NEAR)
    for login in (OURS, "regional"):
        page = sign_in(login).get(LIST)
        assert page.status_code == 200
        said = text(page)
        assert "Иванов Пётр 11.04.2013" in said
        assert "МБОУ СОШ № 1 г. Холмска" in said
        assert "МБОУ СОШ с. Правда" in said
        assert "5А с 01.09.2025" in said
        assert "СНИЛС" in said
        assert "возможно, однофамильцы" not in said
        assert all(f'href="/pupils/show/{key}"' in page.text for key in pair)
        assert "double_study" in sign_in(login).get("/").text, "no entry in the menu"
    assert "Иванов" not in sign_in(THEIRS).get(LIST).text
    assert sign_in(THEIRS).get(f"/double_study/mark/{pair[0]}-{pair[1]}").status_code == 404
    assert marked(sign_in(THEIRS), pair).status_code == 404


def test_two_municipalities_see_one_pair(sign_in: Any, session: Any, double: Any) -> None:
    """Each МОУО has one of the schools: of the other it reads the name and the day, and opens no card."""
    mine, other = double(FAR)
    session.get(Pupil, other).middle_name = "Львович"
    session.commit()
    page = sign_in(OURS).get(LIST)
    assert "МАОУ Гимназия № 2" in page.text
    assert f"/pupils/show/{mine}" in page.text
    assert f"/pupils/show/{other}" not in page.text
    assert "Львович" not in page.text
    theirs = sign_in(THEIRS).get(LIST)
    assert "Иванов Пётр Львович" in theirs.text
    assert f"/pupils/show/{mine}" not in theirs.text
    assert marked(sign_in(THEIRS), (mine, other)).status_code == 302
    assert "законная учёба" in sign_in(OURS).get(LIST, query_string={"state": "lawful"}).text


@pytest.mark.parametrize("role", [*SCHOOL_ROLES, "operator"])
def test_a_school_has_no_list(sign_in: Any, double: Any, role: str) -> None:
    pair, client = double(NEAR), sign_in(role if role == "operator" else f"{role}.{SCHOOL}")
    for address in (LIST, f"/double_study/mark/{pair[0]}-{pair[1]}", "/lawful_studies/list/", "/lawful_studies/export"):
        assert client.get(address).status_code == 403, address
    assert marked(client, pair).status_code == 403
    assert "double_study" not in client.get("/").text


def test_the_card_says_one_sentence_until_it_is_lawful(sign_in: Any, double: Any) -> None:
    pair = double(NEAR)
    address = f"/pupils/show/{pair[0]}"
    for role in ("director", "administrator", "deputy", "secretary", "teacher"):
        page = sign_in(f"{role}.{SCHOOL}").get(address)
        assert SENTENCE in text(page), role
        assert "с. Правда" not in page.text
        assert f"/pupils/show/{pair[1]}" not in page.text
    above = sign_in(OURS).get(address)
    assert f'<a href="{LIST}">' in above.text
    assert "обратитесь в МОУО" not in above.text
    assert marked(sign_in(OURS), pair).status_code == 302
    for client, key in ((sign_in(f"secretary.{SCHOOL}"), pair[0]), (sign_in(f"secretary.{NEAR}"), pair[1])):
        page = client.get(f"/pupils/show/{key}")
        assert page.status_code == 200
        assert "в другой организации" not in page.text
        data = {"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2013-04-11", "snils": SNILS}
        if key == pair[0]:
            assert client.post(f"/pupils/edit/{key}", data=data | {"version": "2"}).status_code == 302


def test_a_family_is_not_told_by_the_card(sign_in: Any, session: Any, world: World) -> None:
    for code in (SCHOOL, NEAR):
        session.get(Pupil, world.pupils[code, "Сергеева"]).snils = OTHER_SNILS
    session.commit()
    for role in ("student", "parent"):
        page = sign_in(f"{role}.{SCHOOL}").get(f"/pupils/show/{world.pupils[SCHOOL, 'Сергеева']}")
        assert page.status_code == 200
        assert "в другой организации" not in page.text


def test_marking_and_unmarking_is_told(sign_in: Any, session: Any, world: World, double: Any) -> None:
    pair, client = double(NEAR), sign_in(OURS)
    address = f"/double_study/mark/{pair[0]}-{pair[1]}"
    assert "МБОУ СОШ с. Правда (с 01.09.2025)" in text(client.get(address))
    refused = marked(client, pair, reason="", decided_on="2040-01-01")
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.text
    assert 'id="decided_on-error"' in refused.text
    done = marked(client, pair)
    assert done.status_code == 302
    again = marked(client, pair)
    assert (again.status_code, again.location) == (302, done.location)
    made = session.query(LawfulStudy).one()
    assert (made.first_id, made.second_id, made.reason, made.entered_by) == (*pair, REASON, "Куратор Имя")
    assert "Иванов" not in client.get(LIST).text
    card = client.get(done.location)
    assert REASON in card.text

    withdraw = f"/lawful_studies/withdraw/{made.id}"
    assert client.post(withdraw, data={"withdrawal_reason": "", "version": "1"}).status_code == 422
    assert sign_in(THEIRS).post(withdraw, data={"withdrawal_reason": "x"}).status_code == 404
    assert sign_in(f"director.{SCHOOL}").post(withdraw, data={"withdrawal_reason": "x"}).status_code == 403
    assert client.post(withdraw, data={"withdrawal_reason": "Договор истёк", "version": "1"}).status_code == 302
    assert "Договор истёк" in client.get(done.location).text
    assert "Иванов" in client.get(LIST).text
    assert SENTENCE in text(sign_in(f"secretary.{SCHOOL}").get(f"/pupils/show/{pair[0]}"))
    assert marked(client, pair, reason="Новый договор").status_code == 302

    events = session.query(AuditEvent).filter_by(entity="lawful_study").order_by(AuditEvent.id).all()
    assert [event.action.value for event in events] == ["create", "change", "create"]
    assert {event.school_id for event in events} == {None}, "a school reads its own trail"


def test_a_school_reads_nothing_of_it_in_its_trail(sign_in: Any, double: Any) -> None:
    pair = double(NEAR)
    assert marked(sign_in(OURS), pair).status_code == 302
    for role in ("director", "administrator"):
        page = sign_in(f"{role}.{SCHOOL}").get("/audit/list/")
        assert page.status_code == 200
        assert "в двух школах № 1" not in page.text
    assert "в двух школах № 1" in sign_in("regional").get("/audit/list/").text


@pytest.mark.parametrize(
    ("marks", "there"),
    [
        ({"birth_date": date(2013, 4, 11)}, True),
        ({"birth_certificate": "I-ФС № 512345"}, True),
        ({"phone": "+7 914 123-45-67"}, False),
    ],
)
def test_by_what_they_are_one(sign_in: Any, session: Any, double: Any, marks: dict[str, Any], there: bool) -> None:
    pair = double(NEAR, **marks)
    said = text(sign_in(OURS).get(LIST))
    assert ("Иванов" in said) is there
    assert ("возможно, однофамильцы" in said) is ("birth_date" in marks)
    for key, snils in zip(pair, (SNILS, OTHER_SNILS), strict=True):
        session.get(Pupil, key).snils = snils
    session.commit()
    assert ("Иванов" in sign_in(OURS).get(LIST).text) is ("birth_certificate" in marks)


def test_who_has_left_one_of_them_is_gone(sign_in: Any, session: Any, double: Any) -> None:
    pair = double(NEAR)
    membership = session.query(ClassMembership).filter_by(pupil_id=pair[1]).one()
    membership.ends_on = date(2026, 2, 27)
    session.commit()
    assert "Иванов" not in sign_in(OURS).get(LIST).text
    assert marked(sign_in(OURS), pair).status_code == 404
    assert "в другой организации" not in sign_in(f"secretary.{SCHOOL}").get(f"/pupils/show/{pair[0]}").text


def test_a_new_class_does_not_begin_it_anew(sign_in: Any, session: Any, world: World, double: Any) -> None:
    """In class 4 here since 2024, in class 5 without a day between: in both since the other one began."""
    pair = double(NEAR)
    session.query(ClassMembership).filter_by(pupil_id=pair[1]).one().starts_on = date(2025, 12, 1)
    older = session.query(ClassMembership).filter_by(pupil_id=pair[0]).one()
    led = session.get(SchoolClass, world.classes[SCHOOL, 2024, "4А"])
    before = {"school_id": older.school_id, "pupil_id": pair[0], "class_id": led.id}
    session.add(ClassMembership(**before, starts_on=date(2024, 9, 1), ends_on=date(2025, 8, 31)))
    session.commit()
    said = text(sign_in(OURS).get(LIST))
    assert "5А с 01.09.2024" in said
    assert "5А с 01.12.2025" in said


def test_an_order_and_a_membership_ask(sign_in: Any, session: Any, world: World) -> None:
    """Whoever comes into the school by an order or by hand while he is in a class of another one."""
    there = session.get(Pupil, world.pupils[NEAR, "Иванов"])
    there.snils = OTHER_SNILS
    here = Pupil(school_id=world.schools[SCHOOL], last_name="Иванов", first_name="Пётр", snils=OTHER_SNILS)
    here.birth_date = there.birth_date
    session.add(here)
    session.commit()
    target = str(world.classes[SCHOOL, 2025, "5Б"])
    order = {"kind": "enrolment", "number": "17", "order_date": "2026-02-27", "lines-0-keep": "1"}
    order |= {"lines-0-pupil": str(here.id), "lines-0-event_date": "2026-03-02", "lines-0-to_class": target}
    page = sign_in(f"secretary.{SCHOOL}").post("/movement_orders/add", data=order)
    assert page.status_code == 422
    assert SENTENCE in text(page)
    assert "с. Правда" not in page.text
    by_hand = {"pupil": str(here.id), "school_class": target, "starts_on": "2026-03-02"}
    page = sign_in(f"deputy.{SCHOOL}").post("/memberships/add", data=by_hand)
    assert page.status_code == 422
    assert SENTENCE in text(page)
    keys = re.findall(r'type="checkbox" id="confirm-\d+" name="confirm" value="([^"]+)"', page.text)
    assert sign_in(f"deputy.{SCHOOL}").post("/memberships/add", data=by_hand | {"confirm": keys}).status_code == 302


def test_the_list_costs_the_same_however_many(sign_in: Any, session: Any, world: World, count_queries: Any) -> None:
    def asked() -> int:
        client = sign_in("regional")
        count_queries.clear()
        assert client.get(LIST, query_string={"state": "all"}).status_code == 200
        return len(count_queries)

    none = asked()
    for code in world.schools:
        for name, first in (("Иванов", date(2013, 4, 11)), ("Ким", date(2009, 4, 11))):
            session.get(Pupil, world.pupils[code, name]).birth_date = first
    session.commit()
    assert asked() <= none + 4
    few = asked()
    for code in world.schools:
        for name in ("Белых", "Вдовина", "Абрамов", "Попов"):
            session.get(Pupil, world.pupils[code, name]).birth_date = date(2012, 5, 5)
    session.commit()
    assert asked() == few


@pytest.mark.parametrize("address", ["/double_study/?state=x", "/double_study/mark/x", "/double_study/mark/1-²"])
def test_junk(sign_in: Any, address: str) -> None:
    assert sign_in("regional").get(address).status_code in (400, 404)


def test_pages(sign_in: Any, double: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "SHOWN", 1)
    double(NEAR), double(FAR)
    client = sign_in("regional")
    first, second, beyond = (client.get(f"{LIST}?page={number}") for number in (1, 2, 9))
    assert "1–1 из 3" in text(first)
    assert 'href="/double_study/?state=open&amp;page=2"' in first.text
    assert 'href="/double_study/?state=open&amp;page=1"' in second.text
    assert "Такой страницы нет" in text(beyond)
    assert client.get(f"{LIST}?page=ъ").status_code == 400
