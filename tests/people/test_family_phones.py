"""The list of a class with the parents' phones: on the page and in a file, to whom may read and take them away."""

import re
from html import unescape
from typing import Any

import pytest

from app.models.accounts.appointments import Appointment
from app.models.people import Guardianship, Parent, Pupil, Relation
from tests.panel.reading import body, sheet
from tests.study.test_rosters import march  # noqa: F401 - the day of these tests too
from tests.support.world import World

SCHOOL, OTHER = "65001", "65002"
MOTHER, BOTH = "Сергеева Ольга (мать): +7 914 000-00-01", "Сергеев Пётр (отец)"
COLUMNS = "cols=full_name&cols=birth_date&cols=phone&cols=family_phones"


@pytest.fixture
def father(session: Any, world: World) -> None:
    """Without a phone."""
    parent = Parent(school_id=world.schools[SCHOOL], last_name="Сергеев", first_name="Пётр")
    child = session.get(Pupil, world.pupils[SCHOOL, "Сергеева"])
    session.add(Guardianship(school_id=child.school_id, pupil=child, parent=parent, relation=Relation.FATHER))
    session.commit()


def told(page: str) -> str:
    found = re.findall(r'data-label="Родители и телефоны"><span>(.*?)</td>', page, re.DOTALL)
    return unescape(" | ".join(re.sub(r"<[^>]+>", "", each).strip() for each in found))


def test_a_class_is_listed_with_the_parents_phones(sign_in: Any, world: World, father: None) -> None:
    """The button of the class card opens it."""
    for login in (f"secretary.{SCHOOL}", f"teacher.{SCHOOL}", f"director.{SCHOOL}"):
        client = sign_in(login)
        card = body(client.get(f"/classes/show/{world.classes[SCHOOL, 2025, '5А']}"))
        link = unescape(re.search(r'href="(/pupils/list/[^"]*family_phones[^"]*)"', card)[1])
        page = body(client.get(link))
        assert told(page) == f"— | {MOTHER}; {BOTH}", login
        assert "11.04.2013" in page


def test_a_file_has_them_too(sign_in: Any, world: World, father: None) -> None:
    address = f"/pupils/export?format=xlsx&school_class={world.classes[SCHOOL, 2025, '5А']}&{COLUMNS}"
    head, _, row = sheet(sign_in(f"secretary.{SCHOOL}").get(address))
    assert dict(zip(head, row, strict=True))["Родители и телефоны"] == f"{MOTHER}; {BOTH}"
    text = sign_in(f"secretary.{SCHOOL}").get(address.replace("xlsx", "csv")).data.decode("utf-8-sig")
    assert f"{MOTHER}; {BOTH}" in text


@pytest.mark.parametrize("login", ["municipal.64754000", "regional", f"student.{SCHOOL}"])
def test_whoever_may_not_read_parents_has_no_such_column(sign_in: Any, world: World, login: str) -> None:
    page = body(sign_in(login).get(f"/pupils/list/?{COLUMNS}"))
    assert "family_phones" not in body(sign_in(login).get("/pupils/list/")), "nor is it among the columns to choose"
    assert "Родители и телефоны" not in page
    assert "000-00-01" not in page


def test_who_reads_parents_and_may_not_take_them_away_has_them_on_the_page_alone(sign_in: Any) -> None:
    client = sign_in(f"director.{SCHOOL}")
    assert MOTHER in told(body(client.get(f"/pupils/list/?{COLUMNS}")))
    head, *rows = sheet(client.get(f"/pupils/export?format=xlsx&{COLUMNS}"))
    assert "Родители и телефоны" not in head
    assert "000-00-01" not in str(rows)


def test_a_role_elsewhere_takes_away_no_phones_from_here(sign_in: Any, session: Any, world: World) -> None:
    """Director here, who may not take parents away, and secretary there, who may: the file has the phones of there."""
    given = session.query(Appointment).filter_by(account_id=world.account(f"director.{SCHOOL}")).one()
    more = Appointment(role="secretary", order_number="3", order_date=given.order_date, valid_from=given.valid_from)
    more.account_id, more.school_id = given.account_id, world.schools[OTHER]
    session.add(more)
    session.get(Parent, world.parents[OTHER]).phone = "+7 914 000-00-02"
    session.commit()
    client = sign_in(f"director.{SCHOOL}")
    page = told(body(client.get(f"/pupils/list/?{COLUMNS}&cols=school")))
    assert "000-00-01" in page
    assert "000-00-02" in page
    rows = str(sheet(client.get(f"/pupils/export?format=xlsx&{COLUMNS}")))
    assert "000-00-02" in rows
    assert "000-00-01" not in rows


def test_the_number_of_queries_does_not_grow(
    sign_in: Any, session: Any, world: World, father: None, count_queries: list[str]
) -> None:
    client, counts = sign_in(f"secretary.{SCHOOL}"), list[int]()
    for query in ("сергеева", ""):
        count_queries.clear()
        client.get(f"/pupils/list/?{COLUMNS}" + (f"&q={query}" if query else ""))
        counts.append(len(count_queries))
    assert counts[0] == counts[1]
