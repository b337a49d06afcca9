"""Search over the declared columns: by the index or without it, the same rows; the index follows every writing."""

from typing import Any

import pytest
from sqlalchemy import text

from app.models.base import Searchable
from app.models.people import Pupil
from tests.support.world import World

INDEXED = sorted(
    {mapper.class_ for mapper in Pupil.registry.mappers if getattr(mapper.class_, "__search_index__", False)},
    key=lambda model: model.__tablename__,
)


def listed(client: Any, query: str) -> str:
    answer = client.get("/pupils/list/", query_string={"q": query})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["сергеева", "ЕРГЕЕ", "алёна", "алена", "се ал", "ева лён", "Се", "сергеева а", "  Сергеева   Алёна "]
)
def test_every_word_anywhere(sign_in: Any, query: str) -> None:
    page = listed(sign_in("secretary.65001"), query)
    assert "Сергеева Алёна" in page
    assert "Ким Александр" not in page


@pytest.mark.parametrize("query", ["сергеева иван", "сергеевна", "%", "_", '"сергеева" OR "ким"'])
def test_all_the_words_must_be_there(sign_in: Any, query: str) -> None:
    found = "Сергеева Алёна" in listed(sign_in("secretary.65001"), query)
    assert found == (query in ("%", "_"))


def test_the_index_follows_a_change_and_a_deletion(sign_in: Any, world: World, session: Any) -> None:
    client, pupil = sign_in("secretary.65001"), session.get(Pupil, world.pupils[("65001", "Ким")])
    pupil.last_name = "Ягодин"
    session.commit()
    assert "Ягодин Александр" in listed(client, "ягодин")
    assert "Ничего не найдено" in listed(client, "ким алекс")
    pupil.last_name = "Ким"
    session.commit()
    assert "Ким Александр" in listed(client, "ким алекс")


@pytest.mark.parametrize("model", INDEXED, ids=lambda model: model.__tablename__)
def test_a_declared_index_stands_and_is_kept(session: Any, model: type[Searchable]) -> None:
    """A batch migration that makes a table anew drops its triggers: it must create them again (20261124_04)."""
    if session.get_bind().dialect.name != "sqlite":
        return
    name = f"{model.__tablename__}_search"
    found = session.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
        {"table": model.__tablename__},
    ).scalars()
    assert {f"{name}_insert", f"{name}_update", f"{name}_delete"} <= set(found)
    # Raises when the index and the table disagree.
    session.execute(text(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)"))  # noqa: S608
