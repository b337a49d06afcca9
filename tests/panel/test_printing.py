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


def test_a_printed_card_is_noted_with_whose_it_was(secretary: Any, sign_in: Any, session: Any, world: Any) -> None:
    """By the button or by the keys of the browser, which the page tells; of a card that is not there nothing."""
    key = world.pupils[(SCHOOL, "Иванов")]
    page = body(secretary.get(f"/pupils/show/{key}"))
    assert f'action="/pupils/print/{key}" data-printing' in page
    assert 'aria-label="Напечатать карточку"' in page
    assert secretary.post(f"/pupils/print/{key}").status_code == 204
    noted = session.scalars(select(AuditEvent).where(AuditEvent.action == AuditAction.PRINT)).all()
    assert [(each.entity, each.record_id, each.record) for each in noted] == [("pupil", key, "Карточка: Иванов Пётр")]
    assert noted[0].school_id == world.schools[SCHOOL]
    assert "Печать" in body(secretary.get(f"/pupils/show/{key}"))

    foreign = next(pk for (school, _), pk in world.pupils.items() if school != SCHOOL)
    assert secretary.post(f"/pupils/print/{foreign}").status_code == 404
    assert secretary.get(f"/pupils/print/{key}").status_code == 405
    assert sign_in(f"technical.{SCHOOL}").post(f"/pupils/print/{key}").status_code == 403
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == AuditAction.PRINT)).all()) == 1


def test_whoever_may_not_print_gets_no_button_but_is_noted(sign_in: Any, session: Any, world: Any) -> None:
    teacher = sign_in(f"teacher.{SCHOOL}")
    key = int(re.findall(r"/pupils/show/(\d+)", body(teacher.get("/pupils/list/")))[0])
    assert 'aria-label="Напечатать карточку"' not in body(teacher.get(f"/pupils/show/{key}"))
    assert teacher.post(f"/pupils/print/{key}").status_code == 204
    assert session.scalars(select(AuditEvent.record_id).where(AuditEvent.action == AuditAction.PRINT)).all() == [key]
