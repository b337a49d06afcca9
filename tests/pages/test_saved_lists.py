"""Saved lists: each person's own, with everything that makes the list what it is."""

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from app.models.engine.personal import SavedList
from tests.panel.reading import body, rows_of

SCHOOL = "65001"
QUERY = "status=enrolled&order=-full_name&cols=snils"


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    return sign_in(f"secretary.{SCHOOL}")


def save(client: Any, name: str, query: str = QUERY, route: str = "pupils") -> Any:
    return client.post(f"/saved/{route}/save", data={"name": name, "query": query})


def names(client: Any, route: str = "pupils") -> list[str]:
    page = body(client.get(f"/saved/{route}/"))
    return [unescape(name) for name in re.findall(r"Удалить отбор «(.*?)»", page)]


def test_a_list_is_kept_under_a_name_and_opened_again(secretary: Any) -> None:
    answer = save(secretary, "  Обучаются,   с конца ")
    assert answer.location == f"/pupils/list/?{QUERY}"
    assert names(secretary) == ["Обучаются, с конца"]
    page = body(secretary.get("/saved/pupils/"))
    url = unescape(re.search(r'class="saved-row">\s*<a class="drop-item" href="([^"]+)"', page)[1])
    assert rows_of(secretary.get(url)) == rows_of(secretary.get(f"/pupils/list/?{QUERY}"))


def test_the_same_name_replaces(secretary: Any, session: Any) -> None:
    save(secretary, "Мой")
    save(secretary, "Мой", "q=ким")
    assert [unquote(query) for query in session.scalars(select(SavedList.query))] == ["q=ким"]


def test_nobody_sees_or_drops_what_is_another_persons(secretary: Any, sign_in: Any, session: Any) -> None:
    save(secretary, "Мой")
    key = session.scalar(select(SavedList.id))
    other = sign_in(f"deputy.{SCHOOL}")
    assert names(other) == []
    assert other.post(f"/saved/pupils/drop/{key}").status_code == 404
    assert names(secretary) == ["Мой"]
    assert secretary.post(f"/saved/pupils/drop/{key}").status_code == 302
    assert names(secretary) == []


@pytest.mark.parametrize(("name", "words"), [("", "Назовите отбор"), ("x" * 81, "Назовите отбор")])
def test_a_bad_name_is_told(secretary: Any, session: Any, name: str, words: str) -> None:
    answer = save(secretary, name)
    assert words in body(secretary.get(answer.location))
    assert session.scalar(select(SavedList.id)) is None


def test_what_is_no_address_breaks_none(secretary: Any) -> None:
    for name in ("a", "b" * 81):
        answer = save(secretary, name, "q=1\r\nX-Evil: 1")
        assert answer.status_code == 302
        assert "X-Evil" not in answer.headers
    assert secretary.get("/saved/pupils/").status_code == 200


def test_a_section_out_of_reach_has_no_saved_lists(secretary: Any) -> None:
    for route in ("audit", "nothing"):
        assert secretary.get(f"/saved/{route}/").status_code == 404
        assert save(secretary, "Мой", route=route).status_code == 404


def test_an_outdated_condition_is_told_not_ignored(secretary: Any) -> None:
    save(secretary, "Старый", "status=vanished")
    assert secretary.get("/pupils/list/?status=vanished").status_code == 400
    assert names(secretary) == ["Старый"]
