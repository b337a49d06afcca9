"""Each of the two layers alone keeps foreign rows out: the guard's reading off, then the views' own conditions off.

Root rows of list, total, card, look-up and export. The guard knows tables, not views: alone it lets through what any
right on the table reaches.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import true

from app.panel.declaration import Declaration
from app.security import guard, writes
from tests.access.expected import ALSO_SHOWN, SCHOOL, VIEWS, right_of
from tests.access.test_lists import views_of
from tests.access.walker import Walker, listed, total

LOGINS = (f"secretary.{SCHOOL}", f"teacher.{SCHOOL}", f"parent.{SCHOOL}", f"technical.{SCHOOL}", "municipal.64754000")
OWN_CONDITIONS = (
    "app.panel.declaration",
    "app.panel.view",
    "app.panel.listing.listing",
    "app.panel.card",
    "app.panel.grid.rows",
)


@pytest.fixture(params=["guard", "views"])
def off(request: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which layer is switched off."""
    if request.param == "guard":
        monkeypatch.setattr(guard, "_criteria", lambda session, actor: [])
    else:
        for module in OWN_CONDITIONS:
            monkeypatch.setattr(f"{module}.condition", lambda *args, **kwargs: true())
    return request.param


@pytest.mark.parametrize("login", LOGINS)
def test_foreign_rows_stay_out(walker: Any, off: str, login: str) -> None:
    walk = walker(login)
    walk.words = []  # names of what a row refers to are the guard's alone: here the rows themselves are looked at
    for name, table, _ in views_of(walk):
        if not walk.may(f"{name}.list"):
            continue
        allowed = _reached(walk, name, table) if off == "guard" else _of_any_right(walk, table)
        foreign = sorted(set(walk.scope.all(table)) - allowed)[:1]
        for response, rows, number in _asked(walk, name):
            if not rows <= allowed or number > len(allowed):
                walk.note(response, f"{sorted(rows - allowed)} shown, a total of {number}; allowed {len(allowed)}")
        for key in foreign:
            walk.get(f"{name}.show", 404, pk=key)


def _asked(walk: Walker, name: str) -> Iterator[tuple[Any, set[int], int]]:
    """Answers with the rows they show and how many rows they tell of."""
    response = walk.get(f"{name}.list", 200, query={"size": 100})
    yield response, set(listed(response)), total(response)
    response = walk.get(f"{name}.lookup", 200)
    found = {each["id"] for each in response.get_json()["results"]}
    yield response, found, len(found)
    if walk.may(f"{name}.export"):
        response = walk.get(f"{name}.export", 200, query={"format": "csv"})
        yield response, set(), len(re.findall(r"\r\n", response.get_data(as_text=True))) - 1


def _reached(walk: Walker, name: str, table: str) -> set[int]:
    return walk.scope.visible(walk.login, right_of(f"{name}.list"), table)


def _of_any_right(walk: Walker, table: str) -> set[int]:
    rights = [(resource, "view") for shown, resource in (*VIEWS.values(), *ALSO_SHOWN) if shown == table]
    return set().union(*(walk.scope.visible(walk.login, right, table) for right in rights))


@pytest.mark.parametrize("layer", ["guard", "views"])
def test_nothing_is_added_by_a_personal_right(walker: Any, monkeypatch: pytest.MonkeyPatch, layer: str) -> None:
    """A class teacher edits cards of the own class: with either refusal off the other one still holds."""
    if layer == "guard":
        monkeypatch.setattr(writes, "_check_rows", lambda *args, **kwargs: None)
    else:
        monkeypatch.setattr(Declaration, "may_add", classmethod(lambda cls, actor: True))
    walk = walker(f"teacher.{SCHOOL}")
    before = walk.scope.fingerprint()
    person = {"last_name": "Новая", "first_name": "Яна", "birth_date": "1990-02-02"}
    walk.post("ParentView.add", 403, data=person)
    walk.post("PupilView.add", 403, data=person | {"birth_date": "2014-02-02"})
    assert walk.scope.fingerprint() == before
