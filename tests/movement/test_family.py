"""A family moves in: the pupil, two parents and the order on one page, all of it or nothing. Clause 3.3.4.2."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from app.models.engine.audit import AuditEvent
from app.models.movement import MovementOrder
from app.models.people import Guardianship, Parent, Pupil, Relation
from tests.panel.reading import body
from tests.support.world import World

SCHOOL = "65001"
CHILD = {
    "pupil-last_name": "Новосёлов",
    "pupil-first_name": "Лев",
    "pupil-birth_date": "2014-05-12",
    "pupil-snils": "112-233-445 95",
}
MOTHER = {
    "first-relation": "mother",
    "first-lives_with": "1",
    "first-last_name": "Новосёлова",
    "first-first_name": "Вера",
    "first-phone": "8 914 111-22-33",
}
FATHER = {
    "second-relation": "father",
    "second-last_name": "Новосёлов",
    "second-first_name": "Олег",
    "second-phone": "8 914 111-22-44",
}


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    return sign_in(f"secretary.{SCHOOL}")


@pytest.fixture
def order(world: World) -> dict[str, str]:
    return {
        "kind": "enrolment",
        "number": "17-у",
        "order_date": "2025-09-15",
        "event_date": "2025-09-16",
        "to_class": str(world.classes[(SCHOOL, 2025, "5А")]),
        "counterpart": "МБОУ СОШ с. Правда",
    }


def numbers(session: Any) -> list[int]:
    """Pupils, parents, ties, orders."""
    session.expire_all()
    return [session.scalar(select(func.count()).select_from(m)) for m in (Pupil, Parent, Guardianship, MovementOrder)]


def grown(session: Any, before: list[int]) -> list[int]:
    return [now - was for now, was in zip(numbers(session), before, strict=True)]


def send(client: Any, *parts: dict[str, str], query: str = "", ticks: bool = False) -> Any:
    """With `ticks` what is asked about is confirmed."""
    typed: dict[str, Any] = {name: value for part in parts for name, value in part.items()}
    answer = client.post(f"/family/{query}", data=typed)
    for _ in range(3):
        keys = re.findall(r'type="checkbox" id="confirm-\d+" name="confirm" value="([^"]+)"', body(answer))
        carried = re.findall(r'type="hidden" name="confirm" value="([^"]+)"', body(answer))
        if not ticks or answer.status_code != 422 or not keys:
            break
        answer = client.post(f"/family/{query}", data=typed | {"confirm": [*keys, *carried]})
    return answer


def test_one_sending_makes_the_whole_family(secretary: Any, session: Any, world: World, order: dict[str, str]) -> None:
    page = body(secretary.get("/pupils/list/"))
    assert 'href="/family/"' in page
    before = numbers(session)
    answer = send(secretary, CHILD, MOTHER, FATHER, order)
    assert answer.status_code == 302, re.findall(r'id="(?:errors|doubts)".*?</ul>', body(answer), re.DOTALL)
    assert grown(session, before) == [1, 2, 2, 1]
    child = session.scalars(select(Pupil).where(Pupil.last_name == "Новосёлов")).one()
    assert answer.location.endswith(f"/pupils/show/{child.id}")
    ties = {tie.relation: tie for tie in child.guardianships}
    assert (ties[Relation.MOTHER].lives_with, ties[Relation.FATHER].lives_with) == (True, None)
    assert ties[Relation.MOTHER].parent.phone == "+7 914 111-22-33"
    assert {child.school_id, *(tie.parent.school_id for tie in child.guardianships)} == {world.schools[SCHOOL]}
    entered = session.scalars(select(MovementOrder)).one()
    assert (entered.number, entered.lines[0].pupil_id) == ("17-у", child.id)
    card = body(secretary.get(answer.location))
    assert "Семья записана: Новосёлов Лев." in card
    assert "Приказ внесён. Срок 18.09.2025, опоздание" in card
    assert "5\xa0«А»" in card
    assert "обучается с 16.09.2025" in card
    by = AuditEvent.account_id == world.account(f"secretary.{SCHOOL}")
    told = session.scalars(select(AuditEvent.entity).where(by, AuditEvent.entity.in_(["pupil", "parent"]))).all()
    assert sorted(told) == ["parent", "parent", "pupil"]


def test_what_the_order_refuses_saves_nobody_and_keeps_what_was_typed(
    secretary: Any, session: Any, order: dict[str, str]
) -> None:
    """The same checks as the order's own form, at the same fields."""
    before = numbers(session)
    answer = send(secretary, CHILD, MOTHER, FATHER, order | {"event_date": "2012-09-16"})
    assert answer.status_code == 422
    page = body(answer)
    assert 'id="event_date-error"' in page
    assert "Раньше рождения обучающегося" in page
    assert grown(session, before) == [0, 0, 0, 0]
    for typed in ("Новосёлов", "Вера", "+7 914 111-22-33", "17-у", "МБОУ СОШ с. Правда"):
        assert typed in page
    without = send(secretary, CHILD, MOTHER, order | {"to_class": ""})
    assert 'id="to_class-error"' in body(without)
    bad = send(secretary, CHILD | {"pupil-snils": "111"}, MOTHER | {"first-relation": ""}, order | {"number": ""})
    assert all(f'id="{name}-error"' in body(bad) for name in ("pupil-snils", "first-relation", "number"))
    assert grown(session, before) == [0, 0, 0, 0]


def test_who_is_there_already_is_proposed_and_taken(
    secretary: Any, session: Any, world: World, order: dict[str, str]
) -> None:
    parent = session.get(Parent, world.parents[SCHOOL])
    typed = {
        "first-relation": "mother",
        "first-last_name": parent.last_name,
        "first-first_name": parent.first_name,
        "first-phone": parent.phone,
    }
    told = secretary.post("/family/known/first", data=typed).get_json()["found"]
    assert [(each["id"], each["text"]) for each in told] == [(parent.id, parent.full_name)]
    assert secretary.post("/family/known/nothing", data=typed).status_code == 404
    assert secretary.post("/family/known/first", data={"first-last_name": "Никто"}).get_json() == {"found": []}

    before = numbers(session)
    refused = body(send(secretary, CHILD | {"pupil-birth_date": ""}, typed, order))
    button = re.search(r'name="take" value="(first:\d+)"', refused)
    assert button is not None, "without scripts it is proposed where the form comes back"
    assert button[1] == f"first:{parent.id}"
    taken = secretary.post("/family/", data=CHILD | typed | order | {"take": button[1]})
    assert f'<option value="{parent.id}" selected>' in body(taken)
    assert grown(session, before) == [0, 0, 0, 0]
    answer = send(secretary, CHILD, {"first-relation": "mother", "first-card": str(parent.id)}, order)
    assert answer.status_code == 302
    assert grown(session, before) == [1, 0, 1, 1]


def test_a_child_who_comes_back_keeps_his_card(
    secretary: Any, session: Any, world: World, order: dict[str, str]
) -> None:
    """A tie that is there stands as it is; a card of another school cannot be taken."""
    tie = session.scalars(select(Guardianship).where(Guardianship.school_id == world.schools[SCHOOL])).first()
    before = numbers(session)
    typed = {"pupil-card": str(tie.pupil_id), "first-card": str(tie.parent_id), "first-relation": "guardian"}
    refused = send(secretary, typed, order | {"to_class": str(world.classes[(SCHOOL, 2025, "7А")])})
    assert refused.status_code == 422
    assert 'id="pupil-card-error"' in body(refused), "he is in a class: the order's own words stand at his card"
    answer = send(secretary, typed, ticks=True)
    assert answer.status_code == 302
    assert grown(session, before) == [0, 0, 0, 0]
    foreign = next(key for (school, _), key in world.pupils.items() if school != SCHOOL)
    assert send(secretary, {"pupil-card": str(foreign)}).status_code == 422
    taken = secretary.post("/family/", data={"take": f"pupil:{foreign}"})
    assert taken.status_code == 400


def test_what_is_left_out_is_asked_about_and_what_was_answered_stays_answered(
    secretary: Any, session: Any, order: dict[str, str]
) -> None:
    before = numbers(session)
    alone = body(send(secretary, CHILD, {"to_class": order["to_class"]}))
    assert "Приказ не заполнен" in alone, "the class alone, with which the page is opened from its card, is no order"
    old = CHILD | {"pupil-birth_date": "1990-05-12"}
    asked = send(secretary, old)
    words = body(asked)
    assert asked.status_code == 422
    assert all(told in words for told in ("Не указан ни один", "Приказ не заполнен", "Проверьте дату рождения"))
    assert grown(session, before) == [0, 0, 0, 0]
    assert send(secretary, old, ticks=True).status_code == 302
    assert grown(session, before) == [1, 0, 0, 0]


def test_a_second_press_makes_no_second_family(secretary: Any, session: Any, order: dict[str, str]) -> None:
    page = body(secretary.get("/family/"))
    token = re.search(r'name="submission"[^>]*value="([^"]+)"', page)
    assert token is not None
    before, typed = numbers(session), CHILD | MOTHER | order | {"submission": token[1]}
    first, second = secretary.post("/family/", data=typed), secretary.post("/family/", data=typed)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert grown(session, before) == [1, 1, 1, 1]


def test_a_taken_number_and_a_parent_named_twice_are_told_at_their_fields(
    secretary: Any, session: Any, world: World
) -> None:
    parent = session.get(Parent, world.parents[SCHOOL])
    parent_id = str(parent.id)
    held = session.scalars(select(Pupil).where(Pupil.school_id == parent.school_id)).first()
    assert held is not None
    typed = {"first-card": parent_id, "first-relation": "mother", "second-card": parent_id, "second-relation": "father"}
    answer = send(secretary, CHILD | {"pupil-snils": held.snils or ""}, typed)
    assert answer.status_code == 422
    assert 'id="second-card-error"' in body(answer)
    if held.snils:
        assert 'id="pupil-snils-error"' in body(answer)


def test_from_a_class_one_comes_back_to_it(secretary: Any, world: World, order: dict[str, str]) -> None:
    key = world.classes[(SCHOOL, 2025, "5А")]
    card = body(secretary.get(f"/classes/show/{key}"))
    link = re.search(r'href="(/family/\?[^"]+)"', card)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    assert f'<option value="{key}" selected>' in body(secretary.get(address))
    answer = send(secretary, CHILD, MOTHER, order, query=address.removeprefix("/family/"))
    assert answer.location.split("?")[0].split("#")[0] == f"/classes/show/{key}"


@pytest.mark.parametrize("role", ["hr", "teacher", "deputy", "parent", "administrator", "director"])
def test_nobody_else_does_it(sign_in: Any, session: Any, role: str, order: dict[str, str]) -> None:
    client, before = sign_in(f"{role}.{SCHOOL}"), numbers(session)
    assert client.get("/family/").status_code == 403
    assert send(client, CHILD, MOTHER, order).status_code == 403
    assert client.post("/family/known/first", data=MOTHER).status_code == 403
    assert grown(session, before) == [0, 0, 0, 0]
