"""«Найти всё», recent cards and favourites: only what one may see, a fixed number of queries."""

from typing import Any

import pytest

from app.models.engine.personal import Favourite
from app.models.people import Pupil
from tests.support.world import World


def texts(client: Any, query: str) -> str:
    answer = client.get("/find/", query_string={"q": query, "part": "1"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_finds_a_person_a_class_and_a_section(sign_in: Any) -> None:
    client = sign_in("secretary.65001")
    assert "Сергеева Алёна" in texts(client, "СЕРГЕЕВА алена")
    assert "5\u00a0«А»" in texts(client, "5а")
    assert "/movement_orders/list/" in texts(client, "приказы")


def test_finds_nothing_of_another_school(sign_in: Any, world: World, session: Any) -> None:
    pupil = session.get(Pupil, world.pupils[("65002", "Попов")])
    pupil.last_name = "Чужаков"
    session.commit()
    assert "Чужаков" in texts(sign_in("secretary.65002"), "чужаков")
    assert "Чужаков" not in texts(sign_in("secretary.65001"), "чужаков")


def test_finds_by_a_brief_right_only_what_the_brief_list_shows(sign_in: Any, world: World, session: Any) -> None:
    session.get(Pupil, world.pupils[("65001", "Белых")]).snils = "112-233-445 95"
    session.commit()
    assert "Белых" in texts(sign_in("secretary.65001"), "112-233-445 95")
    for login in ("psychologist.65001", "technical.65001", "medical.65001", "student.65001", "nobody"):
        found = texts(sign_in(login), "112-233-445 95")
        client = sign_in(login)
        assert ("Белых" in found) == ("Белых" in client.get("/pupils/list/?q=112-233").get_data(as_text=True))


def test_nobody_signed_in_finds_nothing(app: Any) -> None:
    assert app.test_client().get("/find/?q=сергеева").status_code == 302


@pytest.mark.parametrize("query", ["x" * 101, "\x00"])
def test_junk_is_refused(sign_in: Any, query: str) -> None:
    answer = sign_in("secretary.65001").get("/find/", query_string={"q": query})
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ['"', "%", "_", "и", "' OR 1=1", "NEAR(", "*", "а б", "-"])
def test_signs_of_a_query_language_are_only_signs(sign_in: Any, query: str) -> None:
    assert sign_in("secretary.65001").get("/find/", query_string={"q": query}).status_code == 200


def test_number_of_queries_does_not_grow(sign_in: Any, count_queries: list[str]) -> None:
    """Who leads the classes that are found is asked about in one more, however many they are."""
    client, counts = sign_in("secretary.65001"), {}
    for query in ("сергеева", "нетакой", "ива", "5а", "5"):
        count_queries.clear()
        texts(client, query)
        counts[query] = len(count_queries)
    classes = counts["5а"]
    assert counts == dict.fromkeys(("сергеева", "нетакой", "ива"), classes - 1) | dict.fromkeys(("5а", "5"), classes)


def test_recent_cards_are_offered_within_the_scope(sign_in: Any, world: World) -> None:
    client = sign_in("secretary.65001")
    assert "Недавние" not in client.get("/").get_data(as_text=True)
    client.get(f"/pupils/show/{world.pupils[('65001', 'Ким')]}")
    client.get(f"/pupils/show/{world.pupils[('65002', 'Попов')]}")
    page = client.get("/").get_data(as_text=True)
    assert "Недавние" in page
    assert "Ким Александр" in page
    assert "Попов" not in page
    assert "Ким Александр" in texts(client, "")


def test_a_star_is_ones_own(sign_in: Any, world: World, session: Any) -> None:
    key = world.pupils[("65001", "Ким")]
    client, other = sign_in("secretary.65001"), sign_in("deputy.65001")
    answer = client.post("/favourites/toggle", data={"entity": "pupil", "id": key})
    assert answer.status_code == 302
    assert "Избранное" in client.get("/").get_data(as_text=True)
    assert "Избранное" not in other.get("/").get_data(as_text=True)
    answer = client.post(
        "/favourites/toggle", data={"entity": "pupil", "id": key}, headers={"Accept": "application/json"}
    )
    assert answer.json == {"favourite": False}
    assert session.query(Favourite).count() == 0


@pytest.mark.parametrize(("entity", "code"), [("pupil", "65002"), ("audit_event", "65001"), ("nothing", "65001")])
def test_a_star_on_what_one_may_not_see_is_not_found(sign_in: Any, world: World, entity: str, code: str) -> None:
    data = {"entity": entity, "id": world.pupils[(code, "Ким")]}
    assert sign_in("secretary.65001").post("/favourites/toggle", data=data).status_code == 404
