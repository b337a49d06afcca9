"""Own child, own class, oneself (3.3.5, 3.3.8): who is reached through whom, and nobody next to them."""

from typing import Any

import pytest

from tests.access.expected import NEAR, SCHOOL
from tests.access.marked import CHILD, CLASSMATE, OTHER_CLASS
from tests.access.walker import listed

CLASSMATES_FATHER, OTHER_FATHER = f"{CLASSMATE}ский", f"{OTHER_CLASS}ский"


@pytest.fixture
def pupil(scope: Any) -> Any:
    return lambda name, school=SCHOOL: scope.world.pupils[(school, name)]


@pytest.mark.parametrize("role", ["parent", "student"])
def test_the_child_and_no_classmate(visit: Any, pupil: Any, role: str) -> None:
    client = visit(f"{role}.{SCHOOL}")

    assert listed(client.get("/pupils/list/")) == [pupil(CHILD)]
    assert client.get(f"/pupils/show/{pupil(CHILD)}").status_code == 200
    for other in (pupil(CLASSMATE), pupil(OTHER_CLASS), pupil(CHILD, NEAR)):
        assert client.get(f"/pupils/show/{other}").status_code == 404


def test_a_parent_does_not_edit_the_card(visit: Any, pupil: Any) -> None:
    client = visit(f"parent.{SCHOOL}")
    assert client.post(f"/pupils/edit/{pupil(CHILD)}", data={"version": "1"}).status_code == 403
    assert b"/pupils/edit/" not in client.get(f"/pupils/show/{pupil(CHILD)}").data


def test_a_parent_sees_the_own_card_and_no_other_parent(visit: Any, scope: Any) -> None:
    client = visit(f"parent.{SCHOOL}")
    assert listed(client.get("/parents/list/")) == [scope.world.parents[SCHOOL]]
    for name in (CLASSMATE, OTHER_CLASS):
        assert client.get(f"/parents/show/{scope.marked.parents[(SCHOOL, name)]}").status_code == 404


def test_a_parent_and_a_student_see_the_class_but_not_who_is_in_it(visit: Any, scope: Any) -> None:
    own, other = (scope.world.classes[(SCHOOL, 2025, name)] for name in ("5А", "5Б"))
    for role in ("parent", "student"):
        client = visit(f"{role}.{SCHOOL}")
        page = client.get(f"/classes/show/{own}")
        assert page.status_code == 200
        assert CLASSMATE not in page.text
        assert CHILD in page.text
        assert client.get(f"/classes/show/{other}").status_code == 404


def test_a_student_sees_no_parents_at_all(visit: Any, pupil: Any) -> None:
    client = visit(f"student.{SCHOOL}")
    assert client.get("/parents/list/").status_code == 403
    assert "Ольга" not in client.get(f"/pupils/show/{pupil(CHILD)}").text


@pytest.mark.parametrize(("name", "status"), [(CHILD, 200), (CLASSMATE, 200), (OTHER_CLASS, 404), ("Ким", 404)])
def test_a_teacher_opens_and_edits_cards_of_the_own_class(visit: Any, pupil: Any, name: str, status: int) -> None:
    client = visit(f"teacher.{SCHOOL}")
    for address in (f"/pupils/show/{pupil(name)}", f"/pupils/edit/{pupil(name)}"):
        assert client.get(address).status_code == status
    assert client.get(f"/pupils/show/{pupil(name, NEAR)}").status_code == 404


def test_a_teacher_sees_parents_of_the_own_class(visit: Any, scope: Any) -> None:
    client = visit(f"teacher.{SCHOOL}")
    page = client.get("/parents/list/").text
    assert CLASSMATES_FATHER in page
    assert OTHER_FATHER not in page
    assert client.get(f"/parents/show/{scope.marked.parents[(SCHOOL, OTHER_CLASS)]}").status_code == 404


def test_a_teacher_sees_every_class_and_the_pupils_of_the_own(visit: Any, scope: Any) -> None:
    client = visit(f"teacher.{SCHOOL}")
    other = client.get(f"/classes/show/{scope.world.classes[(SCHOOL, 2025, '5Б')]}")
    assert other.status_code == 200
    assert OTHER_CLASS not in other.text
    assert CLASSMATE in client.get(f"/classes/show/{scope.world.classes[(SCHOOL, 2025, '5А')]}").text


def test_a_teacher_finds_no_pupil_of_another_class(visit: Any) -> None:
    client = visit(f"teacher.{SCHOOL}")
    assert client.get("/pupils/lookup", query_string={"q": OTHER_CLASS}).get_json()["results"] == []
    assert listed(client.get("/pupils/list/", query_string={"q": OTHER_CLASS})) == []
