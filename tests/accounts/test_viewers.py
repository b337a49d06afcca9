"""«Кто видит эту карточку» says exactly who opens it over HTTP, and tells it to whoever may know."""

import re
from typing import Any

import pytest

from app.regulation import load_regulation
from tests.access.expected import SCHOOL_ROLES
from tests.accounts.test_rights import ADMINISTRATOR, change, queries_of

CARDS = {
    "pupil": ("pupils", ("pupil", "65001")),
    "parent": ("parents", ("parent", "65001")),
    "employee": ("employees", ("employee", "65001")),
    "school_class": ("classes", ("school_class", "65001")),
    "academic_year": ("academic_years", ("academic_year", "65001")),
    "appointment": ("appointments", ("appointment", "65001")),
    "ab_user": ("accounts", ("ab_user", "65001")),
}


def rows(page: str) -> dict[str, tuple[str, str]]:
    """Role → (what, who)"""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", body, re.DOTALL)]
    return {role: (what, who) for role, what, who in zip(*[iter(cells)] * 3, strict=True)}


@pytest.mark.parametrize("table", CARDS)
def test_it_says_who_opens_the_card(sign_in: Any, world: Any, table: str) -> None:
    """Of each account of the school, and by name."""
    route, place = CARDS[table]
    key = world.rows[place[0]][place[1]]
    page = sign_in(ADMINISTRATOR).get(f"/viewers/{table}/{key}")
    assert page.status_code == 200
    told = set(map(int, re.findall(r'href="/accounts/show/(\d+)"', page.text)))
    in_words = {role: who for role, (_, who) in rows(page.text).items()}
    for role in SCHOOL_ROLES:
        login, words = f"{role}.65001", in_words.get(load_regulation().roles[role].title, "")
        opens = 200 in {sign_in(login).get(f"/{each}/show/{key}").status_code for each in (route, f"{route}_brief")}
        is_told = world.account(login) in told or words == "все в школе"
        assert is_told is opens or words == "те, чьи это записи", login


def test_brief_and_whole_are_told_apart(sign_in: Any, world: Any) -> None:
    told = rows(sign_in("director.65001").get(f"/viewers/pupil/{world.pupils['65001', 'Сергеева']}").text)
    assert told["Секретарь"][0] == "карточку целиком"
    assert told["Технический персонал"][0] == "краткие сведения"
    assert told["Родитель (законный представитель)"][1] == "Сергеева Ольга"
    assert "не из школы" in told["Региональный специалист"][1]
    assert "Учитель" in told, "the class is led by the teacher"
    other = rows(sign_in("director.65001").get(f"/viewers/pupil/{world.pupils['65001', 'Ким']}").text)
    assert "Учитель" not in other
    assert "Родитель (законный представитель)" not in other


def test_it_follows_what_the_school_changed(sign_in: Any, world: Any) -> None:
    administrator, key = sign_in(ADMINISTRATOR), world.pupils["65001", "Сергеева"]
    assert "Секретарь" in rows(administrator.get(f"/viewers/pupil/{key}").text)
    change(administrator, "secretary", "pupils", "take", "view")
    assert "Секретарь" not in rows(administrator.get(f"/viewers/pupil/{key}").text)


def test_it_is_told_to_whoever_may_know(sign_in: Any, world: Any) -> None:
    key, foreign = world.pupils["65001", "Сергеева"], world.pupils["65003", "Сергеева"]
    may = {"director.65001", ADMINISTRATOR}
    for role in SCHOOL_ROLES:
        client = sign_in(f"{role}.65001")
        assert client.get(f"/viewers/pupil/{key}").status_code == (200 if f"{role}.65001" in may else 403), role
        card = client.get(f"/pupils/show/{key}")
        assert ("Кто видит эту карточку" in card.text) is (f"{role}.65001" in may), role
    administrator = sign_in(ADMINISTRATOR)
    gone = administrator.get("/viewers/pupil/999999")
    assert main(administrator.get(f"/viewers/pupil/{foreign}")) == main(gone)
    assert gone.status_code == 404
    for address in ("/viewers/nothing/1", "/viewers/job/1", "/viewers/pupil/abc"):
        assert administrator.get(address).status_code == 404
    for login in ("regional", "municipal.64754000"):
        assert sign_in(login).get(f"/viewers/pupil/{key}").status_code == 403


def main(answer: Any) -> str:
    return answer.text.partition("<main")[2]


def test_the_regions_records_name_roles_alone(sign_in: Any, world: Any) -> None:
    told = rows(sign_in(ADMINISTRATOR).get("/viewers/region/1").text)
    assert told["Директор"][1] == "все в школе"
    assert "Обучающийся" not in told


def test_the_page_asks_little(sign_in: Any, session: Any, world: Any) -> None:
    """Two queries for each of the staff, and one for many answers."""
    key, administrator = world.pupils["65001", "Сергеева"], sign_in(ADMINISTRATOR)
    assert queries_of(lambda: administrator.get(f"/viewers/pupil/{key}")) < 45
