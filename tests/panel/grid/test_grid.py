"""A grid over HTTP: what it shows to whom, how one cell is saved, refused, contested, checked without saving."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, true

from app.clock import utc_now
from app.models.engine.audit import AuditEvent
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import Outcome, YearOutcome
from app.models.people import Pupil
from app.models.states import States, Transition
from app.panel.grid import rows
from app.security import guard
from app.services.engine import warnings
from app.services.engine.warnings import Doubt
from app.views.movement.outcomes import YearOutcomeView
from tests.support.rights import withdraw

SCHOOL, NEAR = "65001", "65002"
JSON = {"Accept": "application/json"}


@pytest.fixture
def deputy(sign_in: Any) -> Any:
    return sign_in(f"deputy.{SCHOOL}")


@pytest.fixture
def class_id(world: Any) -> int:
    """5А, which the teacher leads."""
    return world.classes[(SCHOOL, 2025, "5А")]


@pytest.fixture
def row(session: Any, world: Any) -> YearOutcome:
    return session.query(YearOutcome).filter_by(pupil_id=world.pupils[(SCHOOL, "Иванов")]).one()


def save(client: Any, row: YearOutcome, column: str, value: str, check: bool = False, **more: Any) -> Any:
    data = {column: value, "version": row.version, **more}
    address = f"/outcomes/cell/{row.id}?column={column}{'&check=1' if check else ''}"
    return client.post(address, data=data, headers=JSON)


def cells(page: str) -> list[dict[str, str]]:
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<td role=\"gridcell\"[^>]*>", page)]


def stored(session: Any, row: YearOutcome) -> YearOutcome:
    session.expire_all()
    return session.get(YearOutcome, row.id)


def test_whoever_may_write_finds_open_cells(deputy: Any, class_id: int) -> None:
    assert f"/outcomes/grid/{class_id}" in deputy.get(f"/classes/show/{class_id}").text
    page = deputy.get(f"/outcomes/grid/{class_id}").text
    assert 'role="grid"' in page
    assert page.index("Иванов Пётр") < page.index("Сергеева Алёна")
    assert [each["data-cell"] for each in cells(page)] == ["outcome", "decided_on", "protocol"] * 2
    assert cells(page)[0]["data-raw"] == "promotion"
    assert not any("aria-readonly" in each for each in cells(page))


@pytest.mark.parametrize("role", ["teacher", "director", "secretary"])
def test_whoever_only_reads_is_told_why(sign_in: Any, class_id: int, row: YearOutcome, session: Any, role: str) -> None:
    client = sign_in(f"{role}.{SCHOOL}")
    found = cells(client.get(f"/outcomes/grid/{class_id}").text)
    assert len(found) == 6
    for cell in found:
        assert cell["aria-readonly"] == "true"
        assert cell["title"] == cell["data-why"] == "Изменяет: Завуч. Вам запись открыта для чтения."
    assert save(client, row, "protocol", "7").status_code == 403
    assert stored(session, row).protocol is None


def test_a_foreign_grid_and_a_foreign_cell_do_not_exist(sign_in: Any, world: Any, class_id: int, row: Any) -> None:
    near = sign_in(f"deputy.{NEAR}")
    assert near.get(f"/outcomes/grid/{class_id}").status_code == 404
    assert near.get("/outcomes/grid/junk").status_code == 404
    assert save(near, row, "protocol", "7").status_code == 404
    medical = sign_in(f"medical.{SCHOOL}")
    assert medical.get(f"/outcomes/grid/{class_id}").status_code == 403
    assert "/outcomes/grid/" not in medical.get(f"/classes_brief/show/{class_id}").text


def test_a_teacher_sees_no_rows_of_another_class(sign_in: Any, world: Any) -> None:
    page = sign_in(f"teacher.{SCHOOL}").get(f"/outcomes/grid/{world.classes[(SCHOOL, 2025, '5Б')]}")
    assert cells(page.text) == []
    assert "Записей, открытых вам, здесь нет" in page.text


def test_one_cell_is_saved_and_nothing_else(deputy: Any, session: Any, row: YearOutcome) -> None:
    before, events = row.version, session.query(AuditEvent).count()
    answer = save(deputy, row, "outcome", "conditional")
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["id"], told["version"]) == (row.id, before + 1)
    assert [cell["raw"] for cell in told["cells"]] == ["conditional", "", ""]
    assert "условный перевод" in told["cells"][0]["shown"]

    assert save(deputy, stored(session, row), "decided_on", "27.02.2026").get_json()["cells"][1]["raw"] == "2026-02-27"
    assert save(deputy, stored(session, row), "protocol", " <b>7</b> ").get_json()["cells"][2]["raw"] == "<b>7</b>"
    now = stored(session, row)
    assert (now.outcome, now.decided_on, now.protocol) == (Outcome.CONDITIONAL, date(2026, 2, 27), "<b>7</b>")
    assert now.changed_by.startswith("Сотрудников")
    assert session.query(AuditEvent).count() == events + 3
    page = deputy.get(f"/outcomes/grid/{row.class_id}").text
    assert "&lt;b&gt;7&lt;/b&gt;" in page
    assert "<b>7" not in page


def test_a_second_saver_hears_what_stands_there(deputy: Any, session: Any, row: YearOutcome) -> None:
    old = row.version
    save(deputy, row, "outcome", "conditional")
    answer = deputy.post(
        f"/outcomes/cell/{row.id}?column=outcome", data={"outcome": "repeat", "version": old}, headers=JSON
    )
    assert answer.status_code == 409
    told = answer.get_json()
    assert told["row"]["cells"][0]["raw"] == "conditional"
    assert told["row"]["version"] == old + 1
    assert told["who"].startswith("Сотрудников")
    assert re.fullmatch(r"\d\d\.\d\d\.\d{4},? \d\d:\d\d", told["when"])
    assert stored(session, row).outcome is Outcome.CONDITIONAL
    nothing = deputy.post(f"/outcomes/cell/{row.id}?column=outcome", data={"outcome": "repeat"}, headers=JSON)
    assert nothing.status_code == 409


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("outcome", "abracadabra", "акого значения нет"),
        ("outcome", "", "Выберите из списка"),
        ("decided_on", "31.02.2026", "дат"),
        ("decided_on", "2026-13-01", "дат"),
        ("protocol", "1" * 31, "не больше 30 знаков"),
    ],
)
def test_what_is_wrong_is_told_and_not_saved(
    deputy: Any, session: Any, row: YearOutcome, column: str, value: str, words: str
) -> None:
    before = row.version
    for check in (True, False):
        answer = save(deputy, row, column, value, check=check)
        assert answer.status_code == 422
        assert words in " ".join(answer.get_json()["errors"])
    assert stored(session, row).version == before


def test_what_the_service_refuses_is_told(deputy: Any, session: Any, row: YearOutcome) -> None:
    before = row.version
    for check, value in ((True, "выпуск"), (False, "graduation")):
        answer = save(deputy, row, "outcome", value, check=check)
        assert answer.status_code == 422
        assert "Итог «выпуск» возможен" in answer.get_json()["errors"][0]
    assert stored(session, row).version == before


@pytest.mark.parametrize("column", ["", "pupil", "school_id", "version", "нет"])
def test_no_other_column_is_written(deputy: Any, session: Any, row: YearOutcome, column: str) -> None:
    before = row.version
    answer = save(deputy, row, column, "1") if column != "version" else save(deputy, row, "version", str(before))
    assert answer.status_code == 400
    assert "колонки" in answer.get_json()["error"]
    assert stored(session, row).version == before


def test_a_check_saves_nothing(deputy: Any, session: Any, row: YearOutcome) -> None:
    before, events = row.version, session.query(AuditEvent).count()
    told = save(deputy, row, "outcome", "Условный перевод ", check=True).get_json()
    assert told == {"raw": "conditional", "same": False, "shown": told["shown"]}
    assert "условный перевод" in told["shown"]
    assert save(deputy, row, "decided_on", "27.02.2026", check=True).get_json()["raw"] == "2026-02-27"
    assert save(deputy, row, "outcome", "перевод", check=True).get_json()["same"] is True
    assert stored(session, row).version == before
    assert session.query(AuditEvent).count() == events


def test_what_is_unlikely_is_asked(
    deputy: Any, session: Any, row: YearOutcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(session: Any, obj: Any) -> list[Doubt]:
        return [Doubt("long-number", "Номер необычный.", "protocol", (obj.protocol,))] if obj.protocol else []

    monkeypatch.setitem(warnings.ASKED, YearOutcome, ask)
    for check in (True, False):
        answer = save(deputy, row, "protocol", "999", check=check)
        assert answer.status_code == 422
        assert answer.get_json()["asked"][0]["words"] == "Номер необычный."
    key = answer.get_json()["asked"][0]["key"]
    assert save(deputy, row, "protocol", "998", confirm=key).status_code == 422
    assert save(deputy, row, "protocol", "999", confirm=key).status_code == 200
    assert stored(session, row).protocol == "999"


def test_a_closed_cell_says_why(
    deputy: Any, class_id: int, row: YearOutcome, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare_form(self: Any, form: Any, obj: Any) -> None:
        if obj is not None and obj.id == row.id:
            del form.protocol

    monkeypatch.setattr(YearOutcomeView, "prepare_form", prepare_form)
    monkeypatch.setattr(YearOutcomeView, "why_shut", lambda self, obj, name: "Протокол утверждён.")
    found = [cell for cell in cells(deputy.get(f"/outcomes/grid/{class_id}").text) if "aria-readonly" in cell]
    assert [(cell["data-cell"], cell["data-why"]) for cell in found] == [("protocol", "Протокол утверждён.")]
    answer = save(deputy, row, "protocol", "7")
    assert (answer.status_code, answer.get_json()["errors"]) == (422, ["Протокол утверждён."])
    assert stored(session, row).protocol is None


def add_rows(session: Any, world: Any, class_id: int, number: int) -> None:
    stamp = {"entered_at": utc_now(), "entered_on": date(2026, 3, 2), "entered_by": "Проверка", "version": 1}
    school = {"school_id": world.schools[SCHOOL]}
    first = 10_000
    people = {"birth_date": date(2013, 4, 11)}
    keys = range(first, first + number)
    session.execute(
        insert(Pupil.__table__),
        [
            stamp | school | people | {"id": key, "last_name": f"Лишний{key}", "first_name": "Он", "search_text": ""}
            for key in keys
        ],
    )
    link = [{"id": key, "pupil_id": key, "class_id": class_id} for key in keys]
    session.execute(
        insert(ClassMembership.__table__), [stamp | school | {"starts_on": date(2025, 9, 1)} | each for each in link]
    )
    outcomes = [stamp | school | {"membership_id": each["id"], "outcome": Outcome.PROMOTION} | each for each in link]
    session.execute(insert(YearOutcome.__table__), outcomes)
    session.commit()


def test_a_grid_asks_a_fixed_number_of_queries(
    deputy: Any,
    session: Any,
    world: Any,
    class_id: int,
    count_queries: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = []
    for more in (0, 40):
        if more:
            add_rows(session, world, class_id, more)
        deputy.get("/help/")
        count_queries.clear()
        page = deputy.get(f"/outcomes/grid/{class_id}").text
        numbers.append(len(count_queries))
        assert len(cells(page)) == 3 * (2 + more)
    assert numbers[0] == numbers[1] <= 6

    monkeypatch.setattr(rows, "MOST_ROWS", 10)
    page = deputy.get(f"/outcomes/grid/{class_id}").text
    assert len(cells(page)) == 30
    assert "Показаны первые 10" in page


def test_a_grid_that_can_tell_nothing_is_not_offered(sign_in: Any, session: Any, class_id: int) -> None:
    """Outcomes are read through the pupils: without that right there is nothing to lead to."""
    client = sign_in(f"director.{SCHOOL}")
    assert f"/outcomes/grid/{class_id}" in client.get(f"/classes/show/{class_id}").text
    withdraw(session, "director", "pupils")
    assert f"/outcomes/grid/{class_id}" not in client.get(f"/classes/show/{class_id}").text
    assert cells(client.get(f"/outcomes/grid/{class_id}").text) == []


def test_a_record_in_a_closed_state_says_so(
    deputy: Any, class_id: int, row: YearOutcome, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row.outcome = Outcome.REPEAT
    session.commit()
    way = Transition("repeat", (Outcome.PROMOTION,), Outcome.REPEAT)
    monkeypatch.setattr(YearOutcome, "__states__", States("outcome", (way,), frozenset({Outcome.REPEAT})))
    found = [cell for cell in cells(deputy.get(f"/outcomes/grid/{class_id}").text) if "aria-readonly" in cell]
    assert [cell["data-cell"] for cell in found] == ["outcome", "decided_on", "protocol"]
    assert all("Изменить или удалить это нельзя" in cell["title"] for cell in found)
    answer = save(deputy, row, "protocol", "7")
    assert answer.status_code == 422
    assert "Изменить или удалить это нельзя" in answer.get_json()["errors"][0]
    assert stored(session, row).protocol is None


@pytest.mark.parametrize("off", ["guard", "view"])
def test_either_layer_alone_keeps_foreign_rows_out(
    sign_in: Any, world: Any, class_id: int, monkeypatch: pytest.MonkeyPatch, off: str
) -> None:
    teacher, other = sign_in(f"teacher.{SCHOOL}"), world.classes[(SCHOOL, 2025, "5Б")]
    if off == "guard":
        monkeypatch.setattr(guard, "_criteria", lambda session, actor: [])
    else:
        monkeypatch.setattr(rows, "condition", lambda *args, **kwargs: true())
    assert cells(teacher.get(f"/outcomes/grid/{other}").text) == []
    assert len(cells(teacher.get(f"/outcomes/grid/{class_id}").text)) == 6
