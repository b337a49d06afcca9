"""«Посмотреть как» shows a role's menu and rights, and opens nothing."""

import re
from typing import Any

import pytest

from app.models.engine.audit import AuditEvent
from tests.accounts.test_rights import ADMINISTRATOR, change


def part(page: str, name: str) -> str:
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


@pytest.mark.parametrize("role", ["director", "secretary", "teacher", "technical", "parent"])
def test_the_menu_is_that_of_the_role(sign_in: Any, role: str) -> None:
    page = sign_in(ADMINISTRATOR).get(f"/rights/as/{role}").text
    shown = re.findall(r"<li>(.*?)</li>", part(page, "as-menu"))
    own = sign_in(f"{role}.65001").get("/").text.partition('<nav aria-label="Разделы">')[2].partition("</nav>")[0]
    real = re.findall(r"<span>(.*?)</span></a></li>", own)
    closed = {"Журнал действий", "Удалённые записи"}
    assert shown == [title for title in real if title not in closed]
    assert "<a " not in part(page, "as-menu"), "it leads nowhere"
    assert "Это только показ" in page


def test_the_rights_follow_the_schools_own(sign_in: Any) -> None:
    administrator = sign_in(ADMINISTRATOR)
    said = "Секретарь выгружает в файл: «Личные карточки обучающихся»"
    assert said in part(administrator.get("/rights/as/secretary").text, "as-rights")
    change(administrator, "secretary", "pupils", "take", "export")
    assert said not in part(administrator.get("/rights/as/secretary").text, "as-rights")
    assert said in part(sign_in("administrator.65003").get("/rights/as/secretary").text, "as-rights")


def test_the_closed_is_never_shown(sign_in: Any) -> None:
    page = sign_in("director.65001").get("/rights/as/administrator").text
    shown = part(page, "as-menu") + part(page, "as-rights")
    assert "Журнал действий" not in shown
    assert "Удалённые записи" not in shown


def test_a_look_is_in_the_trail_and_changes_nobody(sign_in: Any, session: Any) -> None:
    director = sign_in("director.65001")
    assert director.get("/rights/as/secretary").status_code == 200
    assert director.get("/pupils/add").status_code == 403, "one stays oneself"
    told = [each.record for each in session.query(AuditEvent) if "Посмотреть как" in each.record]
    assert told == ["Посмотреть как: Секретарь, МБОУ СОШ № 1 г. Холмска"]


@pytest.mark.parametrize(
    ("login", "role", "status"),
    [
        (ADMINISTRATOR, "municipal", 404),
        (ADMINISTRATOR, "regional", 404),
        (ADMINISTRATOR, "Admin", 404),
        ("deputy.65001", "secretary", 403),
        ("regional", "secretary", 403),
        ("operator", "secretary", 200),
    ],
)
def test_who_looks_and_at_whom(sign_in: Any, login: str, role: str, status: int) -> None:
    assert sign_in(login).get(f"/rights/as/{role}").status_code == status


def test_nobody_looks_at_another_school(sign_in: Any, world: Any) -> None:
    foreign = world.schools["65003"]
    assert sign_in(ADMINISTRATOR).get(f"/rights/as/secretary?school={foreign}").status_code == 404
