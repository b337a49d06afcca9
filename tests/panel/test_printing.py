"""A list and a card on paper."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from app.models.engine.audit import AuditAction, AuditEvent
from app.panel.listing import printing
from tests.panel.reading import body
from tests.panel.test_lists import SCHOOL, add_pupils

ROW = re.compile(r'<tr><td class="num">(\d+)</td><td>(.*?)</td>')


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    return sign_in(f"secretary.{SCHOOL}")


def test_a_list_is_printed_whole(
    secretary: Any, sign_in: Any, session: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is narrowed, ordered and arranged; noted in the trail; too long a one is refused in words."""
    add_pupils(session, world, 130)
    asked = "q=Массов&order=-full_name&cols=birth_date"
    page = body(secretary.get(f"/pupils/list/?{asked}&size=25"))
    button = re.search(r'href="([^"]+)" data-printed', page)
    assert button is not None
    paper = body(secretary.get(unescape(button[1])))
    rows = ROW.findall(paper)
    assert [int(number) for number, _ in rows] == list(range(1, 131))
    names = [name for _, name in rows]
    assert names == sorted(names, reverse=True)
    assert "поиск: Массов" in paper
    assert re.findall(r'<th scope="col">(.*?)</th>', paper) == ["ФИО", "Дата рождения"]
    noted = session.scalars(select(AuditEvent).where(AuditEvent.action == AuditAction.PRINT)).all()
    assert [(each.record, each.changes["q"]) for each in noted] == [("Обучающиеся: 130", "Массов")]

    monkeypatch.setattr(printing, "MOST_ROWS", 129)
    refused = secretary.get(f"/pupils/print?{asked}")
    assert refused.status_code == 400
    assert "В списке 130 записей, на печать выводится до 129 записей." in body(refused)
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == AuditAction.PRINT)).all()) == 1
    teacher = sign_in(f"teacher.{SCHOOL}")
    assert "data-printed" not in body(teacher.get("/pupils/list/")), "a teacher prints no lists of cards"
    assert teacher.get("/pupils/print").status_code == 403


def test_a_card_has_the_name_for_its_heading_and_hides_what_is_empty(secretary: Any, world: Any) -> None:
    page = body(secretary.get(f"/pupils/show/{world.pupils[(SCHOOL, 'Иванов')]}"))
    assert re.findall(r"<h1>(.*?)</h1>", page) == ["Иванов Пётр"]
    assert '<li><a href="/pupils/list/">Обучающиеся</a></li><li>Обучающийся</li>' in page
    assert "Личная карточка обучающегося" in page
    bare = re.findall(r'<dt class="is-empty">(.*?)</dt><dd class="is-empty"><span class="quiet">—</span></dd>', page)
    assert "Электронная почта" in bare
    assert f"Показать пустые: {len(bare)}" in page
    assert '<dd><span class="quiet">—</span>' not in page
