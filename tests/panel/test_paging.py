"""Pages by key, honest counts, columns, neighbours of a card, tables of a card."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.clock import utc_now
from app.models.movement.memberships import ClassMembership
from app.models.people import Employee, Pupil
from app.panel.listing import listing
from tests.panel.reading import body, rows_of, sheet
from tests.panel.test_lists import add_pupils

SCHOOL = "65001"


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    return sign_in(f"secretary.{SCHOOL}")


def links(response: Any, words: str) -> str | None:
    """The address behind a link of the pager."""
    found = re.search(rf'<a class="btn btn-plain" href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?{words}', body(response))
    return unescape(found[1]) if found else None


def walk(client: Any, path: str, words: str = "дальше") -> list[list[str]]:
    """The rows of each page, from this one on."""
    pages = []
    while path:
        response = client.get(path, follow_redirects=True)  # an empty condition leaves the address
        assert response.status_code == 200
        pages.append(rows_of(response))
        path = links(response, words)
    return pages


@pytest.mark.parametrize(
    "order", ["", "full_name", "-full_name", "birth_date", "-birth_date", "snils", "-snils", "status"]
)
def test_pages_by_key_hold_every_row_once_forth_and_back(secretary: Any, session: Any, world: Any, order: str) -> None:
    add_pupils(session, world, 70)
    table = Pupil.__table__
    for number, key in enumerate(session.scalars(select(Pupil.id).where(Pupil.last_name.like("Массов%"))).all()):
        born, snils = date(2014, 5, 5) + timedelta(days=number % 7), None if number % 3 else f"{number:03d}-000-000 00"
        session.connection().execute(table.update().where(table.c.id == key).values(birth_date=born, snils=snils))
    session.commit()
    forth = walk(secretary, f"/pupils/list/?order={order}")
    assert [len(page) for page in forth] == [25, 25, 25, 2]
    assert len({name for page in forth for name in page}) == 77
    last = f"/pupils/list/?order={order}&page=4"
    assert walk(secretary, last, "назад") == forth[::-1]


def test_an_empty_value_stands_last_on_every_database(secretary: Any, session: Any, world: Any) -> None:
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Ким")])
    pupil.snils = "112-233-445 95"
    session.commit()
    assert rows_of(secretary.get("/pupils/list/?order=snils"))[0] == "Ким Александр"
    assert rows_of(secretary.get("/pupils/list/?order=-snils"))[-1] == "Ким Александр"


def test_yo_stands_beside_e(secretary: Any, session: Any, world: Any) -> None:
    session.get(Pupil, world.pupils[(SCHOOL, "Ким")]).last_name = "Ёлкин"
    session.get(Pupil, world.pupils[(SCHOOL, "Иванов")]).last_name = "Егоров"
    session.commit()
    names = [name.split()[0] for name in rows_of(secretary.get("/pupils/list/"))]
    assert names.index("Ёлкин") == names.index("Егоров") + 1


def test_a_page_whose_first_row_is_gone_shows_the_beginning(secretary: Any, world: Any) -> None:
    first = rows_of(secretary.get("/pupils/list/"))
    foreign = world.pupils[("65003", "Ким")]
    for key in (foreign, 999999):
        response = secretary.get(f"/pupils/list/?page=7&after={key}")
        assert rows_of(response) == first
        assert "Показано начало списка" in body(response)


def test_before_the_first_row_is_the_first_page(secretary: Any, session: Any, world: Any) -> None:
    add_pupils(session, world, 30)
    response = secretary.get("/pupils/list/")
    keys = re.findall(r'data-href="/pupils/show/(\d+)', body(response))
    for key in (keys[0], keys[3]):
        assert rows_of(secretary.get(f"/pupils/list/?page=5&before={key}")) == rows_of(response)
    last = re.findall(r'data-href="/pupils/show/(\d+)', body(secretary.get("/pupils/list/?page=2")))[-1]
    assert rows_of(secretary.get(f"/pupils/list/?page=3&after={last}")) == []


@pytest.mark.parametrize(
    "query", ["after=x", "before=-1", "after=99999999999999", "cols=password", "cols=full_name,junk"]
)
def test_junk_places_and_columns_are_told(secretary: Any, query: str) -> None:
    assert secretary.get(f"/pupils/list/?{query}").status_code == 400


def test_many_rows_are_not_counted_to_the_end(
    secretary: Any, session: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_pupils(session, world, 60)
    assert "1–25 из 67" in body(secretary.get("/pupils/list/"))
    for name in ("app.panel.listing.listing.COUNTED", "app.panel.listing.page.COUNTED"):
        monkeypatch.setattr(name, 50)
    page = body(secretary.get("/pupils/list/"))
    assert "1–25, всего больше 50" in page
    assert listing.COUNTED == 50


def test_columns_are_chosen_and_exported(secretary: Any) -> None:
    page = body(secretary.get("/pupils/list/?cols=snils&cols=sex"))
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    assert heads == ["ФИО", "СНИЛС", "Пол"]
    rows = sheet(secretary.get("/pupils/export?cols=snils&cols=sex"))
    assert list(rows[0]) == ["ФИО", "СНИЛС", "Пол"]


def test_a_brief_view_offers_no_column_beyond_its_own(sign_in: Any) -> None:
    technical = sign_in(f"technical.{SCHOOL}")
    assert technical.get("/pupils_brief/list/?cols=snils").status_code == 400


def test_every_column_at_once_costs_no_query_more(
    secretary: Any, session: Any, world: Any, count_queries: list[str]
) -> None:
    names = re.findall(r'name="cols" value="(\w+)"', body(secretary.get("/employees/list/")))
    assert len(names) > 10

    def queries(query: str) -> int:
        count_queries.clear()
        assert secretary.get(f"/employees/list/?{query}").status_code == 200
        return len(count_queries)

    plain = queries("")
    assert queries("&".join(f"cols={name}" for name in names)) == plain
    stamp = {"entered_at": utc_now(), "entered_on": date(2026, 3, 2), "entered_by": "Проверка", "version": 1}
    rows = [
        stamp
        | {"last_name": f"Новый{n}", "first_name": "Пётр", "school_id": world.schools[SCHOOL]}
        | {"hired_on": date(2020, 1, 1), "search_text": f"новый{n} петр"}
        for n in range(60)
    ]
    session.execute(insert(Employee.__table__), rows)
    session.commit()
    assert queries("&".join(f"cols={name}" for name in names)) == plain


def test_a_card_knows_its_neighbours_in_the_list_it_was_opened_from(secretary: Any) -> None:
    path = "/pupils/list/?order=-full_name&status=enrolled"
    response = secretary.get(path)
    names = rows_of(response)
    urls = [unescape(url) for url in re.findall(r'<tr[^>]* data-href="([^"]+)"', body(response))]
    card = body(secretary.get(urls[1]))
    back, forth = (
        re.search(rf'href="([^"]+)" aria-label="{word} запись"', card) for word in ("Предыдущая", "Следующая")
    )
    assert (unescape(back[1]), unescape(forth[1])) == (urls[0], urls[2])
    assert 'aria-label="Предыдущая запись"' not in body(secretary.get(urls[0]))
    assert 'aria-label="Следующая запись"' not in body(secretary.get(urls[-1]))
    assert unescape(re.search(r'<nav class="pretitle".*?href="([^"]+)"', card, re.DOTALL)[1]).partition("#")[0] == path
    assert len(names) == len(urls)


def test_a_card_opened_by_its_address_has_no_neighbours(secretary: Any, world: Any) -> None:
    key = world.pupils[(SCHOOL, "Ким")]
    for query in ("", "?list=status%3Djunk", "?list=" + "x" * 3000):
        card = secretary.get(f"/pupils/show/{key}{query}")
        assert card.status_code == 200
        assert "Следующая запись" not in body(card)


def test_a_table_of_a_card_has_pages_of_its_own(sign_in: Any, session: Any, world: Any) -> None:
    deputy = sign_in(f"deputy.{SCHOOL}")
    class_id = world.classes[(SCHOOL, 2025, "5А")]
    add_pupils(session, world, 45)
    members = [
        {"entered_at": utc_now(), "entered_on": date(2026, 3, 2), "entered_by": "Проверка", "version": 1}
        | {"school_id": world.schools[SCHOOL], "class_id": class_id, "pupil_id": key}
        | {"starts_on": date(2025, 9, 1)}
        for key in session.scalars(select(Pupil.id).where(Pupil.last_name.like("Массов%")))
    ]
    session.execute(insert(ClassMembership.__table__), members)
    session.commit()
    first = body(deputy.get(f"/classes/show/{class_id}"))
    assert "1–40 из 47" in first
    second = body(deputy.get(f"/classes/show/{class_id}?part1=2"))
    assert "41–47 из 47" in second
    assert 'data-label="№">41</td>' in second
    assert deputy.get(f"/classes/show/{class_id}?part1=x").status_code == 400
