"""«Найти всё», recent cards and favourites: only what one may see, a fixed number of queries."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import literal, select, union_all

from app.models.accounts import Account
from app.models.engine.personal import Favourite
from app.models.people import Employee, Guardianship, Parent, Pupil
from app.security.access import actor_for
from app.security.guard import acting
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


def test_one_query_finds_in_every_kind(sign_in: Any, count_queries: list[str]) -> None:
    """What is found is then read, one query for each kind that is found at all."""
    client, counts, finding = sign_in("secretary.65001"), dict[str, int](), dict[str, int]()
    for query in ("нетакой", "иванов", "ким", "сергеева"):
        count_queries.clear()
        texts(client, query)
        counts[query], finding[query] = len(count_queries), sum("UNION ALL" in each for each in count_queries)
    one = counts["иванов"] - counts["нетакой"]
    assert set(finding.values()) == {min(finding.values())}
    assert counts["ким"] - counts["нетакой"] == one
    assert counts["сергеева"] - counts["нетакой"] == 2 * one, "a pupil and a parent"


@pytest.fixture
def phones(session: Any, world: World) -> None:
    session.get(Parent, world.parents["65001"]).phone = "+7 900 123-45-67"
    session.get(Pupil, world.pupils["65001", "Ким"]).phone = "+7 914 765-43-21"
    session.commit()


@pytest.mark.parametrize("query", ["8 900 123-45-67", "+79001234567", "45-67", "сергеева 4567"])
def test_a_hit_says_by_whose_phone(sign_in: Any, phones: None, query: str) -> None:
    found = texts(sign_in("secretary.65001"), query)
    assert "Сергеева Алёна" in found
    assert "телефон матери: +7 900 123-45-67" in found
    assert "Сергеева Ольга" in found
    assert "Ким" not in found


def test_a_hit_says_its_own_number(sign_in: Any, phones: None) -> None:
    assert "телефон: +7 914 765-43-21" in texts(sign_in("secretary.65001"), "765-43-21")


@pytest.mark.parametrize(
    "login", ["student.65001", "municipal.64754000", "regional", "medical.65001", "secretary.65002"]
)
def test_a_parents_phone_is_not_told_without_the_right(sign_in: Any, phones: None, login: str) -> None:
    found = texts(sign_in(login), "8 900 123-45-67")
    assert "Сергеева" not in found
    assert "телефон матери" not in found


def test_a_class_teacher_is_told_of_the_own_class_alone(sign_in: Any, session: Any, world: World, phones: None) -> None:
    assert "телефон матери" in texts(sign_in("teacher.65001"), "45-67")
    kin = session.query(Guardianship).filter_by(parent_id=world.parents["65001"]).one()
    kin.pupil_id = world.pupils["65001", "Белых"]
    session.commit()
    found = texts(sign_in("teacher.65001"), "45-67")
    assert "Белых" not in found
    assert "900 123" not in found


@pytest.mark.parametrize("query", ["cthuttdf", "сергеева 5а", "cthuttdf 5f"])
def test_the_other_layout_and_the_class(sign_in: Any, query: str) -> None:
    assert "Сергеева Алёна" in texts(sign_in("secretary.65001"), query)


def test_a_section_is_found_with_the_other_layout(sign_in: Any) -> None:
    assert "/movement_orders/list/" in texts(sign_in("secretary.65001"), "ghbrfps")


def test_the_guard_narrows_every_part_of_a_query_of_many_kinds(session: Any, world: World) -> None:
    """Without a condition of their own the parts find what the actor sees, and nobody finds nothing."""
    actor = actor_for(session, session.get(Account, world.account("teacher.65001")), date(2026, 3, 2))
    session.expunge_all()

    def found(who: Any) -> set[tuple[str, int]]:
        parts = (
            select(literal(model.__tablename__), model.id).limit(100).subquery() for model in (Pupil, Parent, Employee)
        )
        with acting(session, who):
            return {tuple(row) for row in session.execute(union_all(*map(select, parts)))}

    own = {("pupil", world.pupils["65001", name]) for name in ("Сергеева", "Иванов")}
    everybody = {("employee", key) for (school, _), key in world.employees.items() if school == "65001"}
    assert found(actor) == own | {("parent", world.parents["65001"])} | everybody
    assert found(None) == set()


def test_recent_cards_are_offered_within_the_scope(sign_in: Any, world: World) -> None:
    client = sign_in("secretary.65001")
    assert "Недавние" not in client.get("/").get_data(as_text=True)
    client.get(f"/pupils/show/{world.pupils[('65001', 'Ким')]}")
    client.get(f"/pupils/show/{world.pupils[('65002', 'Попов')]}")
    page = client.get("/").get_data(as_text=True).partition("Недавние")[2]
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
