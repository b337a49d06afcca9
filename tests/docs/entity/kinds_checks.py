"""A column of each kind over HTTP; run in a copy of the project that has the table `sample`."""

import json
from typing import Any

import pytest
from tests.support.reading import body, rows_of, sheet

from tests.support.locks import confirmed, pressed

SCHOOL = "65001"
VALUES = {
    "title": "Проба 1",
    "story": "Первая строка\nвторая",
    "contact": "Ivanova@School.RU",
    "state": "open",
    "is_ready": "y",
    "is_checked": "0",
    "places": "20 000",
    "price": "1 234,5",
    "weight": "0,25",
    "held_on": "20.02.2026",
    "starts_at": "8:30",
    "sent_at": "2026-02-20T09:05",
    "details": '{"кабинет": 12, "дни": ["пн", "ср"]}',
}
TOLD = {
    "contact": "ivanova@school.ru",
    "state": "открыта",
    "is_ready": "да",
    "is_checked": "нет",
    "places": "20\u00a0000",
    "price": "1234,50",
    "weight": "0,25",
    "held_on": "20.02.2026",
    "starts_at": "08:30",
    "sent_at": "20.02.2026 09:05",
    "details": "кабинет: 12; дни: пн, ср",
}
WRONG = {
    "contact": ("не почта", "Ожидается адрес"),
    "state": ("junk", "Такого значения нет"),
    "is_checked": ("junk", "Такого значения нет"),
    "places": ("99999999999", "Слишком большое число"),
    "price": ("12,345", "знаков после запятой не больше 2"),
    "weight": ("много", "Ожидается число"),
    "held_on": ("31.02.2026", "не дата"),
    "starts_at": ("25:00", "не время"),
    "sent_at": ("завтра", "не дата и время"),
    "details": ("{кабинет", "Ожидается JSON"),
    "employee": ("999999", "Такой записи нет"),
}


@pytest.fixture
def hr(sign_in: Any) -> Any:
    return sign_in(f"hr.{SCHOOL}")


@pytest.fixture
def employee(world: Any) -> int:
    return next(key for (school, _), key in world.employees.items() if school == SCHOOL)


@pytest.fixture
def card(hr: Any, employee: int) -> str:
    added = hr.post("/samples/add", data=VALUES | {"employee": employee})
    assert added.status_code == 302, body(added)
    return added.location


def key(card: str) -> str:
    return card.rstrip("/").rpartition("/")[2]


def test_card_list_and_form_show_every_kind(hr: Any, card: str) -> None:
    for page in (body(hr.get(card)), body(hr.get("/samples/list/"))):
        assert {name for name, text in TOLD.items() if text not in page} == set()
        assert '<span class="st st-green">открыта</span>' in page
    form = body(hr.get(card.replace("show", "edit")))
    for part in (
        'type="email"',
        'value="1234,50"',
        'value="08:30"',
        'value="2026-02-20T09:05"',
        'type="datetime-local"',
        '<textarea class="form-control " id="details"',
    ):
        assert part in form, part


def test_an_edit_tells_old_and_new_and_nothing_that_was_left_alone(hr: Any, card: str, employee: int) -> None:
    data = VALUES | {"employee": employee, "version": "1", "price": "99,9", "starts_at": "10:15", "weight": "-1,5"}
    data |= {"sent_at": "20.02.2026 10:00", "details": '{"кабинет": 13}', "is_checked": ""}
    saved = hr.post(card.replace("show", "edit"), data=data)
    assert saved.status_code == 302, body(saved)
    page = body(hr.get(card))
    for old, new in (
        ("1234,50", "99,90"),
        ("08:30", "10:15"),
        ("0,25", "−1,5"),
        ("20.02.2026 09:05", "20.02.2026 10:00"),
        ("кабинет: 12; дни: пн, ср", "кабинет: 13"),
    ):
        assert f"<del>{old}</del> → <ins>{new}</ins>" in page, (old, new)
    assert "<strong>Мест:" not in page
    assert "<strong>День:" not in page


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_at_the_field_and_stays(hr: Any, employee: int, name: str) -> None:
    typed, said = WRONG[name]
    refused = hr.post("/samples/add", data=VALUES | {"employee": employee} | {name: typed})
    page = body(refused)
    assert refused.status_code == 422
    assert said in page.partition(f'id="{name}-error"')[2][:600]
    if name not in ("state", "is_checked", "employee"):
        assert typed in page
    assert rows_of(hr.get("/samples/list/")) == []


FOUND = [
    "title=ПРОБА",
    "story=вторая",
    "contact=ivanova",
    "state=open",
    "is_ready=1",
    "is_checked=0",
    "places_from=20000&places_to=20+000",
    "price_from=1234,5&price_to=1234.50",
    "weight_from=0,2&weight_to=0,25",
    "held_on_from=20.02.2026&held_on_to=2026-02-20",
    "starts_at_from=08:30&starts_at_to=08:30",
    "sent_at_from=20.02.2026&sent_at_to=20.02.2026",
]
MISSED = [
    "title=другая",
    "is_ready=0",
    "places_from=20001",
    "price_to=1234,49",
    "weight_from=0,26",
    "held_on_from=21.02.2026",
    "starts_at_to=08:29",
    "sent_at_to=19.02.2026",
]


def test_conditions_of_every_kind(hr: Any, card: str, employee: int) -> None:
    for query in (*FOUND, f"employee={employee}"):
        assert rows_of(hr.get(f"/samples/list/?{query}")) == ["Проба 1"], query
    for query in MISSED:
        assert rows_of(hr.get(f"/samples/list/?{query}")) == [], query


@pytest.mark.parametrize("query", ["price_from=много", "starts_at_from=25:00", "sent_at_to=x", "places_to=1.5"])
def test_a_wrong_condition_is_told(hr: Any, query: str) -> None:
    assert hr.get(f"/samples/list/?{query}").status_code == 400


SORTED = ["state", "is_ready", "places", "price", "weight", "held_on", "starts_at", "sent_at", "story", "contact"]


@pytest.fixture
def sixty(session: Any, world: Any) -> None:
    """Records with many equal values, every fourth with empty ones."""
    from datetime import UTC, date, datetime, time
    from decimal import Decimal

    from app.models.samples import Sample, SampleState

    for number in range(60):
        full = number % 4 > 0
        row = Sample(school_id=world.schools[SCHOOL], title=f"П{number:02}", is_ready=number % 2 == 0)
        if full:
            row.state, row.places = list(SampleState)[number % 2], number % 7
            row.price, row.weight = Decimal(number % 5) / 10, (number % 9) / 3
            row.held_on, row.starts_at = date(2026, 1, 1 + number % 11), time(8, number % 13)
            row.sent_at = datetime(2026, 1, 1, number % 6, 0, 7, 1234, tzinfo=UTC)
            row.story, row.contact = f"о{number % 3}", f"a{number % 4}@b.ru"
        session.add(row)
    session.commit()


@pytest.mark.usefixtures("sixty")
def test_order_and_paging_by_key(hr: Any) -> None:
    """Every row once, page by page, in the order of the whole list; empty values among them."""
    for order in [sign + name for name in SORTED for sign in ("", "-")]:
        address = f"/samples/list/?order={order}&size="
        whole = rows_of(hr.get(f"{address}100"))
        page = hr.get(f"{address}25")
        seen = rows_of(page)
        while link := _next(body(page)):
            page = hr.get(link)
            seen += rows_of(page)
        assert seen == whole, order
        assert len(whole) == 60


def _next(page: str) -> str | None:
    import re
    from html import unescape

    found = re.search(r'href="([^"]*after=[^"]*)"', page)
    return unescape(found[1]) if found else None


def test_structures_are_not_sorted(hr: Any, card: str) -> None:
    assert hr.get("/samples/list/?order=details").status_code == 400


def test_bin_and_undo_give_every_value_back(hr: Any, session: Any, card: str) -> None:
    from app.models.samples import Sample

    def stored() -> dict[str, Any]:
        session.expire_all()
        row = session.get(Sample, int(key(card)))
        return {name: getattr(row, name) for name in (*VALUES, "employee_id")}

    before = stored()
    deleted = pressed(hr, card.replace("show", "delete"))
    assert deleted.status_code == 302
    import re

    batch = re.search(r"/samples/undelete/([0-9a-f]{32})", body(hr.get("/samples/list/")))[1]
    assert rows_of(hr.get("/samples/list/")) == []
    hr.post(f"/samples/undelete/{batch}")
    assert stored() == before


def test_export_keeps_dates_and_numbers(hr: Any, card: str) -> None:
    columns = "&".join(f"cols={name}" for name in TOLD)
    head, row = sheet(hr.get(f"/samples/export?{columns}"))
    told = dict(zip(head, row, strict=True))
    assert float(told["Цена"]) == 1234.5
    assert (told["Мест"], told["Вес"]) == ("20000", "0.25")
    assert told["День"] == "46073"  # 20.02.2026 as a spreadsheet counts days
    assert float(told["Начало"]) == pytest.approx(8.5 / 24)
    assert float(told["Отправлена"]) == pytest.approx(46073 + (9 + 5 / 60) / 24)
    assert (told["Состояние"], told["Готова"]) == ("открыта", "да")
    text = hr.get(f"/samples/export?format=csv&{columns}").data.decode("utf-8-sig")
    assert all(each in text for each in ("1234,50", "08:30", "20.02.2026 09:05", "кабинет: 12"))


BULK = {
    "state": ("shut", "закрыта"),
    "is_ready": ("", "нет"),
    "is_checked": ("1", "да"),
    "places": ("7", "7"),
    "price": ("5,5", "5,50"),
    "weight": ("3", "3,0"),
    "held_on": ("01.03.2026", "01.03.2026"),
    "starts_at": ("09:00", "09:00"),
    "sent_at": ("01.03.2026 12:00", "01.03.2026 12:00"),
    "details": ('{"этаж": 3}', "этаж: 3"),
    "contact": ("b@b.ru", "b@b.ru"),
}


@pytest.mark.parametrize("name", BULK)
def test_bulk_change_of_every_kind(hr: Any, card: str, name: str) -> None:
    typed, told = BULK[name]
    data = {"action": f"set:{name}", "rowid": [key(card)], "asked": "1", name: typed}
    if not typed:
        del data[name]
    preview = hr.post("/samples/bulk", data=data)
    assert preview.status_code == 200
    assert told in body(preview)
    done = confirmed(hr, "/samples/bulk", data=data | {"confirmed": "1"}, headers={"Accept": "application/json"})
    assert json.loads(done.data)["rows"][0]["done"], body(done)
    assert told in body(hr.get(card))


def test_an_instant_left_alone_keeps_its_seconds(hr: Any, session: Any, card: str, employee: int) -> None:
    from datetime import UTC, datetime

    from app.models.samples import Sample

    moment = datetime(2026, 2, 19, 22, 5, 42, tzinfo=UTC)
    row = session.get(Sample, int(key(card)))
    row.sent_at = moment
    session.commit()
    data = VALUES | {"employee": employee, "version": str(row.version), "title": "Иначе"}
    assert hr.post(card.replace("show", "edit"), data=data).status_code == 302
    session.expire_all()
    assert session.get(Sample, int(key(card))).sent_at == moment


def test_every_kind_goes_out_and_comes_back_by_a_file(hr: Any, card: str, session: Any) -> None:
    """As it came out it changes nothing; under another name it is another record of the same values."""
    import io

    from app.models.samples import Sample

    from app.exchange.reader import read_table
    from app.exchange.writer import csv_text

    def sent(rows: list[list[str]]) -> str:
        file = io.BytesIO()
        csv_text(file, table.headings, rows)
        file.seek(0)
        answer = hr.post("/samples/import", data={"file": (file, "пробы.csv")})
        assert answer.status_code == 302, body(answer)
        return answer.location

    table = read_table(hr.get("/samples/import/records", buffered=True).data)
    [row] = [list(each.values.values()) for each in table.rows]
    assert "без изменений" in body(hr.get(sent([row]))).partition("<tbody>")[2]
    place = sent([["", "Проба 2", *row[2:]]])
    assert hr.post(f"{place}/run").status_code == 302
    first, second = session.query(Sample).order_by(Sample.id)
    assert second.title == "Проба 2"
    for name in ("employee_id", *(each for each in VALUES if each != "title")):
        assert getattr(second, name) == getattr(first, name), name
    page = body(hr.get(sent([["", "Проба 3", row[2], *("нечто" for _ in row[3:])]])))
    assert page.count('class="bad"') >= 9
