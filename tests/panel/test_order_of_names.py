"""One order of names on both databases, whatever the collation of the cluster: by code points of the folded text."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from app.extensions import db
from app.models.base import Model, Searchable
from app.models.people import Pupil
from tests.panel.reading import body
from tests.panel.test_paging import walk

SCHOOL = "65001"
AWKWARD = ("Ёлкин", "Елкин", "ёлкин", "Ель", "Ежов", "Иванова-Петрова", "Иванова Петрова", "Ивановапетрова", "Иванова",
           "ИВАНОВА", "О'Коннор", "Оконнор", "О-Коннор", "Smith", "smith", "de Goll", "Əliyev", "Әлиев", "Алиев",
           "Ғалиев", "Яяяяяя", "Яяәлиев", "Йодов", "И", "İlham")  # fmt: skip
"""In order of what they fold to: spaces before letters, Latin before Cyrillic, letters of neighbours after «я»."""


@pytest.fixture
def awkward(session: Any, world: Any) -> list[str]:
    """Names as they are stored, in the order that Python and SQLite give to their folded texts."""
    made = []
    for number, name in enumerate(AWKWARD):
        pupil = Pupil(school_id=world.schools[SCHOOL], last_name=name, first_name="Ия", birth_date=date(2014, 1, 1))
        pupil.middle_name = f"Отчество{'абвгдежзиклмнопрстуфхцчшщэюя'[number]}"
        session.add(pupil)
        made.append(pupil)
    session.commit()
    assert {unicodedata.name(pupil.search_text[0])[:5] for pupil in made} == {"CYRIL", "LATIN"}
    return [pupil.full_name for pupil in sorted(made, key=lambda pupil: pupil.search_text.encode())]


@pytest.mark.parametrize("way", ["full_name", "-full_name"])
def test_awkward_names_have_one_order(sign_in: Any, awkward: list[str], way: str) -> None:
    pages = walk(sign_in(f"secretary.{SCHOOL}"), f"/pupils/list/?order={way}")
    assert len(pages) == 2
    shown = [name for page in pages for name in page if " Ия " in name]
    assert shown == awkward[:: -1 if way.startswith("-") else 1]


@pytest.mark.parametrize(("typed", "found"), [("яя", "Яяәлиев"), ("əl", "Əliyev"), ("яя", "Яяяяяя")])
def test_short_beginnings_of_words_are_found_everywhere(
    sign_in: Any, awkward: list[str], typed: str, found: str
) -> None:
    page = body(sign_in(f"secretary.{SCHOOL}").get("/find/", query_string={"q": typed}))
    assert found in page


def test_every_folded_text_is_compared_by_code_points(session: Any, world: Any) -> None:
    if db.engine.dialect.name == "sqlite":
        return
    asked = "SELECT table_name, collation_name FROM information_schema.columns WHERE column_name = 'search_text'"
    found = dict(map(tuple, session.execute(text(asked + " AND table_schema = 'public'"))))
    folded = {each.local_table.name for each in Model.registry.mappers if issubclass(each.class_, Searchable)}
    assert found == dict.fromkeys(folded, "C")
