"""Rows of a form over HTTP: ticks, blanks, errors with links, the bin, what a choice shows, and a thousand of them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from app.models.engine.audit import AuditAction, AuditEvent
from app.models.engine.deleted import DeletedRecord
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil, PupilStatus
from app.models.rows import AddMany, ShowFor
from app.models.study import AcademicYear
from app.panel import declared
from app.panel.editing.row import Row
from tests.panel.editing.crowd import crowd
from tests.support.locks import pressed

SCHOOL = "65001"
ADD = "/movement_orders/add"
DAY = "2026-02-26"


@pytest.fixture(autouse=True)
def march() -> Any:
    with time_machine.travel(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    return sign_in(f"secretary.{SCHOOL}")


def order(*pupils: int, **more: Any) -> dict[str, Any]:
    """A departure of these pupils."""
    data = {"kind": "departure", "number": "14-у", "order_date": "2026-02-27"}
    for number, key in enumerate(pupils):
        data |= {f"lines-{number}-pupil": key, f"lines-{number}-event_date": DAY}
    return data | {name.replace("__", "-"): value for name, value in more.items()}


def entered(client: Any, data: dict[str, Any]) -> int:
    answer = client.post(ADD, data=data)
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


@pytest.fixture
def pupils(world: Any) -> list[int]:
    return [world.pupils[(SCHOOL, name)] for name in ("Иванов", "Сергеева", "Белых")]


def summary(page: str) -> str:
    """The text of the errors on top."""
    return page.partition('id="errors"')[2].partition("<form")[0]


def stored(session: Any, pk: int) -> MovementOrder:
    session.expire_all()
    return session.get(MovementOrder, pk)


def test_a_row_without_its_tick_is_not_saved(secretary: Any, pupils: list[int], session: Any) -> None:
    ticks = {"lines-ticks": "1", "lines-0-keep": "1", "lines-2-keep": "1"}
    pk = entered(secretary, order(*pupils, **ticks))
    assert [line.pupil_id for line in stored(session, pk).lines] == [pupils[0], pupils[2]]
    assert session.get(Pupil, pupils[1]).status is PupilStatus.ENROLLED


def test_blank_rows_are_none_and_an_order_of_nobody_is_refused(secretary: Any, pupils: list[int], session: Any) -> None:
    blank = {"lines-5-pupil": "", "lines-5-event_date": " ", "lines-5-reason": ""}
    assert len(stored(session, entered(secretary, order(pupils[0], **blank))).lines) == 1
    for data in (order(**blank), order(), order(pupils[1], **{"lines-ticks": "1"})):
        answer = secretary.post(ADD, data=data | {"number": "15"})
        assert answer.status_code == 422
        assert "хотя бы одного" in summary(answer.text)


def test_a_rule_that_refuses_rows_is_told_on_top_with_links(secretary: Any, pupils: list[int]) -> None:
    """A row in between is not to be saved: the others keep their numbers on the page."""
    out = {f"lines-{n}-keep": "1" for n in (0, 2)} | {"lines-ticks": "1", "lines-2-event_date": "2010-01-01"}
    told = summary(secretary.post(ADD, data=order(*pupils, **out)).text)
    assert '<a href="#lines-2-event_date">Строка 3</a>, Дата выбытия: Раньше рождения' in told
    many = {f"lines-{n}-event_date": "2027-12-31" for n in range(3)}
    told = summary(secretary.post(ADD, data=order(*pupils, **many)).text)
    assert "Строки" in told
    assert re.findall(r'href="#lines-(\d)-event_date">(\d)<', told) == [("0", "1"), ("1", "2"), ("2", "3")]
    assert told.count("не относится") == 1, "the same words once"


def test_what_came_back_refused_keeps_its_ticks(secretary: Any, pupils: list[int]) -> None:
    data = order(*pupils, **{"lines-ticks": "1", "lines-1-keep": "1", "lines-1-event_date": "31.02.2026"})
    page = secretary.post(ADD, data=data).text
    ticks = re.findall(r'name="lines-(\d)-keep" value="1"( checked)?', page)
    assert ticks == [("0", ""), ("1", " checked"), ("2", "")]
    assert 'value="31.02.2026"' in page


def test_a_row_taken_out_goes_to_the_bin_and_comes_back_to_act(
    secretary: Any, sign_in: Any, pupils: list[int], session: Any
) -> None:
    pk = entered(secretary, order(*pupils[:2]))
    gone = stored(session, pk).lines[1].id
    data = order(pupils[0]) | {"version": stored(session, pk).version}
    assert secretary.post(f"/movement_orders/edit/{pk}", data=data).status_code == 302
    assert [line.pupil_id for line in stored(session, pk).lines] == pupils[:1]
    assert session.get(Pupil, pupils[1]).status is PupilStatus.ENROLLED
    deleted = session.query(DeletedRecord).one()
    assert (deleted.entity, deleted.name) == ("movement_line", "Сергеева Алёна: № 14-у от 27.02.2026")
    told = session.query(AuditEvent).filter_by(entity="movement_line", action=AuditAction.DELETE).one()
    assert (told.record_id, told.actor) == (gone, "Сотрудников Галина")

    before = stored(session, pk).version
    administrator = sign_in(f"administrator.{SCHOOL}")
    assert administrator.post(f"/deleted/restore/{deleted.id}").status_code == 302
    assert [line.pupil_id for line in stored(session, pk).lines] == pupils[:2]
    assert session.get(Pupil, pupils[1]).status is PupilStatus.DEPARTED
    assert session.query(ClassMembership).filter_by(pupil_id=pupils[1]).one().closed_by.order_id == pk
    assert stored(session, pk).version > before, "who had the order open is told of it"


def test_a_row_does_not_come_back_to_an_annulled_order(
    secretary: Any, sign_in: Any, pupils: list[int], session: Any
) -> None:
    pk = entered(secretary, order(*pupils[:2]))
    secretary.post(f"/movement_orders/edit/{pk}", data=order(pupils[0]) | {"version": stored(session, pk).version})
    pressed(secretary, f"/movement_orders/annul/{pk}", data={"annulment_reason": "Ошибка"})
    deleted = session.query(DeletedRecord).one()
    page = sign_in(f"administrator.{SCHOOL}").post(f"/deleted/restore/{deleted.id}", follow_redirects=True)
    assert "аннулирован 02.03.2026. Изменить или удалить это нельзя" in page.text
    assert session.query(MovementLine).count() == 1


def test_who_may_change_an_order_takes_rows_out_and_who_may_only_read_does_not(
    secretary: Any, sign_in: Any, pupils: list[int], session: Any
) -> None:
    """Taking a row out is a change of its record: no right to delete is asked for (hr has none)."""
    pk = entered(secretary, order(*pupils))
    data = order(pupils[0]) | {"version": stored(session, pk).version}
    assert sign_in(f"director.{SCHOOL}").post(f"/movement_orders/edit/{pk}", data=data).status_code == 403
    assert sign_in("secretary.65002").post(f"/movement_orders/edit/{pk}", data=data).status_code == 404
    assert len(stored(session, pk).lines) == 3
    assert sign_in(f"hr.{SCHOOL}").post(f"/movement_orders/edit/{pk}", data=data).status_code == 302
    assert len(stored(session, pk).lines) == 1


def test_the_second_who_changes_only_a_row_is_told(secretary: Any, pupils: list[int], session: Any) -> None:
    """The order itself stays as it was: its version counts its rows too."""
    pk = entered(secretary, order(*pupils))
    version = stored(session, pk).version
    first = order(*pupils) | {"lines-1-reason": "заявление", "version": version}
    assert secretary.post(f"/movement_orders/edit/{pk}", data=first).status_code == 302
    second = order(*pupils) | {"lines-2-reason": "справка", "version": version}
    answer = secretary.post(f"/movement_orders/edit/{pk}", data=second)
    assert answer.status_code == 409
    assert "заявление" in answer.text
    assert [line.reason for line in stored(session, pk).lines] == [None, "заявление", None]


def difference(page: str) -> dict[str, list[str]]:
    """The table of the difference: a row's name → what was, is, mine and what will be."""
    table = page.partition("<table")[2].partition("</table>")[0]
    found = {}
    for row in re.findall(r'<th scope="row".*?</tr>', table, re.DOTALL):
        cells = [
            unescape(re.sub("<[^>]*>", "", each)).strip() for each in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        found[cells[0]] = cells[1:]
    return found


def sent(page: str) -> dict[str, str]:
    """What the browser would send of this form: boxes, ticks and chosen options."""
    form = page.partition('id="edit-form"')[2].partition("</form>")[0].partition("<template")[0]
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if "name" in given and (given.get("type") != "checkbox" or " checked" in tag):
            data[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select[^>]* name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        data[name] = (
            "".join(re.findall(r'<option value="([^"]*)" selected|<option selected value="([^"]*)"', options)[0])
            if "selected" in options
            else ""
        )
    return data


def test_the_difference_of_rows_is_told_row_by_row(secretary: Any, pupils: list[int], world: Any, session: Any) -> None:
    """Each changed, added and took out rows of his own: nobody's work is written over unseen."""
    fourth = world.pupils[(SCHOOL, "Ким")]
    pk = entered(secretary, order(*pupils))
    opened = sent(secretary.get(f"/movement_orders/edit/{pk}").text)
    theirs = order(pupils[0], pupils[1], fourth) | {"lines-1-reason": "заявление", "version": opened["version"]}
    assert secretary.post(f"/movement_orders/edit/{pk}", data=theirs).status_code == 302
    answer = secretary.post(f"/movement_orders/edit/{pk}", data=opened | {"lines-0-reason": "справка"})
    assert answer.status_code == 409
    told = difference(answer.text)
    assert len(told) == 4
    assert [(name.split(", ")[-1], *(cell.split(", ")[-1] for cell in cells)) for name, cells in told.items()] == [
        ("строка 1", "26.02.2026", "26.02.2026", "справка", "сохранится ваше"),
        ("строка 2", "26.02.2026", "заявление", "26.02.2026", "останется новое"),
        ("Обучающиеся", "26.02.2026", "строки нет", "26.02.2026", "останется новое"),
        ("строка 3", "строки нет", "26.02.2026", "строки нет", "останется новое"),
    ]
    assert secretary.post(f"/movement_orders/edit/{pk}", data=sent(answer.text)).status_code == 302
    lines = stored(session, pk).lines
    assert [(line.pupil_id, line.reason) for line in lines] == [
        (pupils[0], "справка"),
        (pupils[1], "заявление"),
        (fourth, None),
    ]


def test_a_row_that_both_changed_is_asked_about(secretary: Any, pupils: list[int], session: Any) -> None:
    pk = entered(secretary, order(*pupils))
    opened = sent(secretary.get(f"/movement_orders/edit/{pk}").text)
    theirs = order(*pupils) | {"lines-0-reason": "заявление", "version": opened["version"]}
    assert secretary.post(f"/movement_orders/edit/{pk}", data=theirs).status_code == 302
    mine = opened | {"lines-0-reason": "справка"}
    del mine["lines-2-keep"]
    answer = secretary.post(f"/movement_orders/edit/{pk}", data=mine)
    told = list(difference(answer.text).values())
    assert [cells[-1] for cells in told] == ["изменили оба: проверьте, сохранится ваше", "сохранится ваше"]
    assert told[1][2] == "строки нет"
    assert secretary.post(f"/movement_orders/edit/{pk}", data=sent(answer.text)).status_code == 302
    assert [line.reason for line in stored(session, pk).lines] == ["справка", None]


def test_what_is_no_part_of_a_kind_is_not_stored(secretary: Any, pupils: list[int], world: Any, session: Any) -> None:
    into = world.classes[(SCHOOL, 2025, "5Б")]
    pk = entered(secretary, order(pupils[0], **{"lines-0-to_class": into, "lines-0-counterpart": "г. Томск"}))
    line = stored(session, pk).lines[0]
    assert (line.to_class_id, line.counterpart) == (None, "г. Томск")
    page = secretary.get(f"/movement_orders/edit/{pk}").text
    assert 'data-column="to_class"' not in page, "the kind is settled: its columns alone are there"
    assert "Дата выбытия" in page
    assert 'name="decision_date"' not in page


def test_a_row_tells_the_class_left(secretary: Any, pupils: list[int], world: Any) -> None:
    filled = secretary.get("/movement_orders/row_filled/lines", query_string={"id": pupils[0]}).get_json()
    own = world.classes[(SCHOOL, 2025, "5А")]
    assert filled["values"] == {"from_class": {"id": own, "text": "5\u00a0«А»"}}
    page = secretary.post(ADD, data=order(*pupils, number="")).text
    assert page.count("<span data-shown>5\u00a0«А»</span>") == 2


def test_a_pupil_of_the_address_stands_in_the_first_row(secretary: Any, pupils: list[int]) -> None:
    page = secretary.get(ADD, query_string={"pupil": pupils[0]}).text
    assert f'<option value="{pupils[0]}" selected>Иванов Пётр</option>' in page


def test_a_thousand_rows(secretary: Any, session: Any, world: Any, count_queries: list[str]) -> None:
    keys = crowd(session, world, 1000)
    data = order(*keys, **{"lines-7-event_date": "2024-08-01"})
    count_queries.clear()
    refused = secretary.post(ADD, data=data)
    assert refused.status_code == 422
    assert len(count_queries) <= 14
    assert '<a href="#lines-7-event_date">Строка 8</a>' in summary(refused.text)
    assert len(re.findall(r"<tr data-row", refused.text)) == 1001, "and one to copy"
    assert refused.text.count("<option") < 3 * 1000 + 100, "no list of choices is written a thousand times"
    # As a script would send it: each field a part.
    pk = entered(secretary, data | {"lines-7-event_date": DAY, "file": (BytesIO(b"x"), "x")})
    assert session.query(MovementLine).count() == 1000
    assert (
        session.scalar(select(func.count()).where(Pupil.status.on(Pupil, date(2026, 2, 26)) == PupilStatus.DEPARTED))
        == 1000
    )
    count_queries.clear()
    page = secretary.get(f"/movement_orders/edit/{pk}")
    assert len(count_queries) <= 6
    assert page.text.count("<tr data-row") == 1001


def test_what_is_wrong_in_every_row_is_told_in_one_pass(
    secretary: Any, session: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass over the rows for each error took 80 seconds of a thousand lines."""
    asked, is_left = list[Any](), Row.is_left.fget
    monkeypatch.setattr(Row, "is_left", property(lambda row: asked.append(row) or is_left(row)))
    keys = crowd(session, world, 40)
    days = {f"lines-{number}-event_date": "1990-08-01" for number in range(40)}
    refused = secretary.post(ADD, data=order(*keys, **days))
    assert refused.status_code == 422
    assert refused.text.count('aria-invalid="true"') == 40
    assert len(asked) <= 40 * 8


def test_too_many_rows_are_refused_with_their_number(secretary: Any, pupils: list[int], session: Any) -> None:
    answer = secretary.post(ADD, data=order(*[pupils[0]] * 2001))
    assert answer.status_code == 422
    assert "2001 строка, а в одной записи – не больше 2000 строк" in summary(answer.text)
    assert answer.text.count("<tr data-row") == 2002, "nothing typed is lost"
    beyond = secretary.post(ADD, data={f"lines-{n}-pupil": 1 for n in range(4001)})
    assert beyond.status_code == 400
    assert "4001 строка" in beyond.text
    assert session.query(MovementOrder).count() == 0


def test_only_who_may_save_such_a_form_sends_one_of_very_many_parts(
    secretary: Any, sign_in: Any, pupils: list[int]
) -> None:
    def many(client: Any, address: str) -> int:
        data = order(pupils[0]) | {f"more-{n}": "x" for n in range(1200)}
        return int(client.post(address, data=data | {"file": (BytesIO(b"x"), "x")}).status_code)

    assert many(secretary, ADD) == 302
    assert many(sign_in(f"director.{SCHOOL}"), ADD) == 413
    assert many(secretary, "/pupils/add") == 413


# A list from a spreadsheet.


def pasted(client: Any, text: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/movement_orders/rows_pasted/lines", data={"text": text, "kind": "departure"} | more)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_a_pasted_list_is_recognised(secretary: Any, pupils: list[int], session: Any) -> None:
    """By the headings, or by what stands in the columns; a name may stand in several."""
    session.get(Pupil, pupils[0]).snils = "112-233-445 95"
    session.commit()
    told = pasted(secretary, "№\tФамилия\tИмя\tОснование\tДата выбытия\n1\tбелых\tТимур\tзаявление\t26.02.2026\n")
    assert [column["to"] for column in told["columns"]] == ["", "pupil", "pupil", "reason", "event_date"]
    row = told["rows"][0]
    assert (row["id"], row["line"], row["problems"]) == (pupils[2], 2, {})
    assert row["values"] == {"event_date": DAY, "reason": "заявление"}
    bare = "1;Сергеёва Алена;26.02.2026\n2;112 233 445 95;2026-02-26\n3;Белых Т;"
    told = pasted(secretary, bare)
    assert [column["to"] for column in told["columns"]] == ["", "pupil", "event_date"]
    assert [row["id"] for row in told["rows"]] == [pupils[1], pupils[0], pupils[2]]
    assert [row["text"] for row in told["rows"]][2].startswith("Белых")


def test_what_names_nobody_or_several_is_listed_and_stays_a_row(
    secretary: Any, pupils: list[int], session: Any, world: Any
) -> None:
    other = Pupil(school_id=world.schools[SCHOOL], last_name="Иванов", first_name="Павел")
    other.birth_date = session.get(Pupil, pupils[0]).birth_date
    session.add(other)
    session.commit()
    told = pasted(
        secretary, "Иванов\t26.02.2026\nНеизвестнов Яков\t31.02.2026\nИванов П\t\n\n", to=["pupil", "event_date"]
    )
    several, nobody, initial = told["rows"]
    assert [row["id"] for row in told["rows"]] == [None, None, None]
    assert "подходят 2: Иванов Пётр" in several["problems"]["pupil"]
    assert several["values"] == {"event_date": DAY}
    assert nobody["problems"]["pupil"].startswith("«Неизвестнов Яков»")
    assert "не дата" in nobody["problems"]["event_date"]
    assert nobody["values"]["event_date"] == "31.02.2026", "what was pasted is not lost"
    assert "Иванов Павел" in initial["problems"]["pupil"]


def test_a_class_is_pasted_by_its_name(secretary: Any, world: Any) -> None:
    told = pasted(secretary, "Обучающийся\tВ класс\nБелых\t5Б, 2025/26\nБелых\t99Я\nКим\t5Б", kind="transfer")
    first, second, third = told["rows"]
    assert third["problems"]["to_class"].startswith("«5Б» – подходят 3: 5\u00a0«Б», 2024/25")
    assert first["values"]["to_class"]["id"] == world.classes[(SCHOOL, 2025, "5Б")]
    assert second["problems"]["to_class"].startswith("«99Я»")
    assert pasted(secretary, "Обучающийся\tВ класс\nБелых\t5Б")["columns"][1]["to"] == "", "no part of a departure"


def test_a_list_that_is_too_long_or_a_stranger(secretary: Any, sign_in: Any) -> None:
    answer = secretary.post("/movement_orders/rows_pasted/lines", data={"text": "Иванов\n" * 2001})
    assert answer.status_code == 422
    assert "2001 строка" in answer.get_json()["error"]
    for address in ("/movement_orders/rows_pasted/number", "/movement_orders/rows_pasted/nothing"):
        assert secretary.post(address, data={"text": "Иванов"}).status_code == 404
    assert sign_in(f"director.{SCHOOL}").post("/movement_orders/rows_pasted/lines", data={}).status_code == 403


def test_nobody_in_a_class_is_an_empty_list(secretary: Any, world: Any) -> None:
    address = "/movement_orders/rows_belonging/lines/school_class"
    empty = secretary.get(address, query_string={"id": world.classes[(SCHOOL, 2026, "1А")]})
    assert empty.get_json() == {"results": []}
    assert "никто не числится" in secretary.get(ADD).text
    assert secretary.get("/movement_orders/rows_belonging/lines/school", query_string={"id": 1}).status_code == 404


# Another record whose rows cost it a declaration: the periods of a year.

YEAR = {"start_year": "2030", "starts_on": "2030-09-01", "ends_on": "2031-05-26"}
QUARTERS = (("1", "2030-09-01", "2030-10-26"), ("2", "2030-11-05", "2030-12-30"))


def periods(*rows: tuple[str, str, str], **more: str) -> dict[str, str]:
    data = {"periods-ticks": "1"}
    for n, (number, starts, ends) in enumerate(rows):
        data |= {f"periods-{n}-kind": "quarter", f"periods-{n}-number": number, f"periods-{n}-keep": "1"}
        data |= {f"periods-{n}-starts_on": starts, f"periods-{n}-ends_on": ends}
    return data | {name.replace("__", "-"): value for name, value in more.items()}


def test_a_year_is_entered_with_its_periods(sign_in: Any, session: Any) -> None:
    deputy = sign_in(f"deputy.{SCHOOL}")
    added = deputy.post("/academic_years/add", data=YEAR | periods(*QUARTERS))
    assert added.status_code == 302, added.text
    pk = int(added.location.rsplit("/", 1)[1])
    year = session.get(AcademicYear, pk)
    assert [(each.number, each.school_id, each.entered_by) for each in year.periods] == [
        (1, year.school_id, "Сотрудников Вера"),
        (2, year.school_id, "Сотрудников Вера"),
    ]
    first, second = (each.id for each in year.periods)
    moved = periods(("2", "2030-11-06", "2030-12-30")) | {"periods-0-id": str(second), "version": str(year.version)}
    assert deputy.post(f"/academic_years/edit/{pk}", data=YEAR | moved).status_code == 302
    session.expire_all()
    assert [(each.id, str(each.starts_on)) for each in year.periods] == [(second, "2030-11-06")]
    assert session.query(DeletedRecord).filter_by(entity="study_period", record_id=first).count() == 1
    # A form of a script that says nothing of the rows leaves them alone.
    alone = YEAR | {"ends_on": "2031-05-27", "version": str(year.version)}
    assert deputy.post(f"/academic_years/edit/{pk}", data=alone).status_code == 302
    session.expire_all()
    assert len(year.periods) == 1


def test_a_period_changed_by_itself_is_told_to_whoever_has_the_year_open(sign_in: Any, session: Any) -> None:
    deputy = sign_in(f"deputy.{SCHOOL}")
    added = deputy.post("/academic_years/add", data=YEAR | periods(*QUARTERS))
    year = session.get(AcademicYear, int(added.location.rsplit("/", 1)[1]))
    opened, one = str(year.version), year.periods[0]
    data = {"kind": "quarter", "number": "1", "starts_on": "2030-09-02", "ends_on": "2030-10-26"}
    assert deputy.post(f"/study_periods/edit/{one.id}", data=data | {"version": str(one.version)}).status_code == 302
    late = deputy.post(f"/academic_years/edit/{year.id}", data=YEAR | periods(*QUARTERS) | {"version": opened})
    assert late.status_code == 409


def test_rows_that_contradict_are_told_in_their_lines(sign_in: Any, session: Any) -> None:
    deputy = sign_in(f"deputy.{SCHOOL}")
    grades = {f"periods-{n}-grade_from": "1" for n in range(2)}
    twice = deputy.post("/academic_years/add", data=YEAR | periods(QUARTERS[0], QUARTERS[0]) | grades)
    assert twice.status_code == 422
    assert '<a href="#periods-1-number">Строка 2</a>, Номер: «Номер» – как в строке 1.' in summary(twice.text)
    backwards = deputy.post("/academic_years/add", data=YEAR | periods(("1", "2030-10-26", "2030-09-01")))
    assert backwards.status_code == 422
    assert '<a href="#periods-0-ends_on">Строка 1</a>, Окончание: Окончание не позже' in summary(backwards.text)
    assert session.query(AcademicYear).filter_by(start_year=2030).count() == 0
    number = deputy.post("/academic_years/add", data=YEAR | periods(("первая", "2030-09-01", "2030-10-26")))
    assert 'value="первая"' in number.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"parent": "pupil"}, "не ссылка на MovementOrder"),
        ({"columns": ("pupil", "surname")}, "«surname» – такого поля нет"),
        ({"fill_from": {"from_class": "pupil.klass"}}, "«pupil.klass» – такого поля нет"),
        ({"fill_from": {"from_class": "to_class"}}, "начинается не с «pupil»"),
        ({"add_many": (AddMany("klass", "Все", "Никого"),)}, "«klass» – это не ссылка"),
        ({"show_for": {"reason": ShowFor("number")}}, "«reason» по «number»"),
        ({"show_for": {"surname": ShowFor("kind")}}, "«surname» по «kind»"),
    ],
)
def test_a_wrong_declaration_stops_the_start(changes: dict[str, Any], told: str, monkeypatch: Any) -> None:
    right = MovementOrder.__rows__[0]
    assert list(declared.rows_hold()) == []
    monkeypatch.setattr(MovementOrder, "__rows__", (replace(right, **changes),))
    assert [(code, told in text) for code, text, _ in declared.rows_hold()] == [("SGO046", True)]
