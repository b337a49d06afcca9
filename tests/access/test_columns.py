"""Brief views show a few columns (3.7.1): no card, search, filter, related table or history tells more."""

from typing import Any

import pytest

from tests.access.expected import SCHOOL
from tests.access.marked import CHILD, CLASSMATE, SNILS
from tests.access.walker import listed

BRIEF = ("pupils_brief", "parents_brief", "employees_brief", "accounts_brief", "classes_brief", "schools_brief")
NOT_BRIEF = (*SNILS.values(), "+7 914", "11.04.2013", "secretary.65001", "@test.invalid", "Внесено", "История карточки")


def pages(client: Any, view: str, key: int) -> list[Any]:
    """Everything a brief view answers."""
    answers = [client.get(f"/{view}/list/"), client.get(f"/{view}/lookup"), client.get(f"/{view}/show/{key}")]
    return [answer for answer in answers if answer.status_code == 200]


@pytest.mark.parametrize("role", ["technical", "medical", "psychologist"])
def test_brief_pages_show_brief_columns(visit: Any, role: str) -> None:
    client, seen = visit(f"{role}.{SCHOOL}"), 0
    for view in BRIEF:
        if (first := client.get(f"/{view}/list/")).status_code == 403:
            continue
        for page in pages(client, view, listed(first)[0]):
            seen += 1
            shown = [word for word in NOT_BRIEF if word in page.text]
            assert not shown, (page.request.path, shown)
    assert seen >= 3


@pytest.mark.parametrize(
    ("view", "hidden", "shown"),
    [
        ("pupils_brief", "112-233-445 95", "серг алена"),
        ("pupils_brief", "112", "сергеева алена ландышевич"),
        ("parents_brief", "914", "сергеева"),
        ("employees_brief", "914", "сотруд"),
        ("accounts_brief", "secretary.65001", "сотруд"),
        ("accounts_brief", "65001", "ландыш"),
    ],
)
def test_a_brief_search_does_not_tell_hidden_columns(visit: Any, view: str, hidden: str, shown: str) -> None:
    """A search that finds by СНИЛС tells it digit by digit."""
    client = visit(f"technical.{SCHOOL}")
    for path in (f"/{view}/list/", f"/{view}/lookup"):
        assert _found(client.get(path, query_string={"q": hidden})) == 0
        assert _found(client.get(path, query_string={"q": shown})) > 0


def _found(response: Any) -> int:
    assert response.status_code == 200
    return len(response.get_json()["results"]) if response.is_json else len(listed(response))


def test_a_brief_list_knows_no_filter_of_the_full_one(visit: Any) -> None:
    client = visit(f"technical.{SCHOOL}")
    everyone = listed(client.get("/pupils_brief/list/"))
    for query in ({"birth_date_from": "2014-01-01"}, {"status": "departed"}, {"snils": "112"}, {"school_class": "1"}):
        assert listed(client.get("/pupils_brief/list/", query_string=query)) == everyone
    for column in ("birth_date", "snils", "status", "search_text"):
        assert client.get("/pupils_brief/list/", query_string={"order": column}).status_code == 400


def test_a_related_table_shows_only_what_the_full_right_gives(visit: Any, scope: Any) -> None:
    """The year's card lists its classes with their teachers: more than the brief view of classes shows."""
    address = f"/academic_years/show/{scope.world.years[(SCHOOL, 2025)]}"
    assert "Классный руководитель" in visit(f"deputy.{SCHOOL}").get(address).text
    technical = visit(f"technical.{SCHOOL}").get(address)
    assert technical.status_code == 200
    assert "Классный руководитель" not in technical.text
    assert "Сотрудников" not in technical.text.replace(_own_name(technical.text), "")


def _own_name(page: str) -> str:
    return "Сотрудников Имя Ландышевич" if "Сотрудников Имя Ландышевич" in page else ""


def test_a_count_counts_only_what_is_seen(visit: Any, scope: Any) -> None:
    """Neither the number of pupils in another class nor that of a parent's other children is told."""
    address = f"/classes/show/{scope.world.classes[(SCHOOL, 2025, '5А')]}"
    members = {role: visit(f"{role}.{SCHOOL}").get(address).text for role in ("deputy", "teacher", "parent")}
    for role, number in (("deputy", 2), ("teacher", 2), ("parent", 1)):
        assert f'Состав класса <span class="quiet">{number}</span>' in members[role]
    other = visit(f"teacher.{SCHOOL}").get(f"/classes/show/{scope.world.classes[(SCHOOL, 2025, '5Б')]}")
    assert 'Состав класса <span class="quiet">' not in other.text


def test_a_pupils_card_shows_no_parents_orders_or_accounts_without_their_rights(visit: Any, scope: Any) -> None:
    address = f"/pupils/show/{scope.world.pupils[(SCHOOL, 'Попов')]}"
    full, municipal = (visit(login).get(address).text for login in (f"secretary.{SCHOOL}", "municipal.64754000"))
    assert "Родители и законные представители" in full
    assert "Родители и законные представители" not in municipal
    psychologist = visit(f"psychologist.{SCHOOL}").get(address).text
    assert "Ландыш-7" in full
    assert "Ландыш-7" not in psychologist, "the number of a movement order"


def test_a_foreign_mother_is_not_told_by_the_childs_card(visit: Any, scope: Any) -> None:
    """A parent sees the own kinship alone: the other parent's telephone is not theirs to read."""
    page = visit(f"parent.{SCHOOL}").get(f"/pupils/show/{scope.world.pupils[(SCHOOL, CHILD)]}").text
    assert "Сергеева Ольга" in page
    assert CLASSMATE not in page


def test_before_deleting_counts_are_told_and_no_names(visit: Any, scope: Any) -> None:
    page = visit("operator").get(f"/schools/delete/{scope.world.schools[SCHOOL]}").text
    assert "обучающиеся – 7 записей" in page
    assert CHILD not in page


def test_the_trail_of_another_school_is_not_read(visit: Any, scope: Any) -> None:
    rows = scope.query("SELECT id, school_id FROM audit_event WHERE entity = 'pupil' ORDER BY id")
    client = visit(f"director.{SCHOOL}")
    for row in rows[:30]:
        expected = 200 if row.school_id == scope.world.schools[SCHOOL] else 404
        assert client.get(f"/audit/show/{row.id}").status_code == expected
