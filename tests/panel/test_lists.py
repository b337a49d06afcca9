"""Lists of every view: search, filters, order, pages, export; a fixed number of queries; junk is a clear 400."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from app.clock import utc_now
from app.exchange import writer
from app.models.people import Pupil
from app.panel.listing import listing
from tests.panel.reading import body, rows_of, sheet

SCHOOL = "65001"


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    return sign_in(f"secretary.{SCHOOL}")


def add_pupils(session: Any, world: Any, number: int) -> None:
    stamp = {"entered_at": utc_now(), "entered_on": date(2026, 3, 2), "entered_by": "Проверка", "version": 1}
    names = [{"last_name": f"Массов{n:03d}", "first_name": "Иван"} for n in range(number)]
    rows = [
        stamp
        | name
        | {"school_id": world.schools[SCHOOL], "birth_date": date(2014, 5, 5)}
        | {"search_text": Pupil.search_text_of(name)}
        for name in names
    ]
    session.execute(insert(Pupil.__table__), rows)
    session.commit()


@pytest.mark.parametrize("typed", ["алена", "Алёна", "АЛЕНА", "серг ал", "Алёна Сергеева"])
def test_search_is_free_of_case_and_of_yo(secretary: Any, typed: str) -> None:
    assert rows_of(secretary.get("/pupils/list/", query_string={"q": typed})) == ["Сергеева Алёна"]


@pytest.mark.parametrize("typed", ["иванов", "Иванов", "вано"])
def test_search_finds_any_part_of_a_name(secretary: Any, typed: str) -> None:
    assert rows_of(secretary.get("/pupils/list/", query_string={"q": typed})) == ["Иванов Пётр"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "' OR 1=1 --", "<script>alert(1)</script>"])
def test_wildcards_and_code_are_mere_text(secretary: Any, typed: str) -> None:
    response = secretary.get("/pupils/list/", query_string={"q": typed})
    assert response.status_code == 200
    assert "<script>alert" not in body(response)


def test_numbers_are_found_without_separators(secretary: Any, session: Any, world: Any) -> None:
    session.get(Pupil, world.pupils[(SCHOOL, "Ким")]).snils = "112-233-445 95"
    session.commit()
    for typed in ("112-233-445 95", "11223344595"):
        assert rows_of(secretary.get("/pupils/list/", query_string={"q": typed})) == ["Ким Александр"]


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "size=1000000",
        "size=x",
        "order=search_text",
        "order=-password",
        "order=id;drop",
        "q=" + "я" * 101,
    ],
)
def test_junk_in_an_argument_is_told(secretary: Any, query: str) -> None:
    response = secretary.get(f"/pupils/list/?{query}")
    assert response.status_code == 400
    assert "Запрос непонятен" in body(response)


@pytest.mark.parametrize(
    "query", ["_flt_0_school=1", "_oc_PupilView=password&_od_PupilView=asc", "psize_PupilView=1000000"]
)
def test_the_frameworks_own_arguments_do_nothing(secretary: Any, query: str) -> None:
    assert secretary.get(f"/pupils/list/?{query}").status_code == 200


def test_filters_join(secretary: Any, world: Any) -> None:
    query = {"school_class": world.classes[(SCHOOL, 2025, "5А")], "status": "enrolled", "birth_date_from": "2013-01-01"}
    assert rows_of(secretary.get("/pupils/list/", query_string=query)) == ["Иванов Пётр", "Сергеева Алёна"]
    assert rows_of(secretary.get("/pupils/list/", query_string=query | {"birth_date_to": "01.01.2013"})) == []


def test_order_both_ways(secretary: Any) -> None:
    first = rows_of(secretary.get("/pupils/list/?order=birth_date"))
    assert rows_of(secretary.get("/pupils/list/?order=-birth_date"))[0] == first[-1]


def test_pages_hold_every_row_once(secretary: Any, session: Any, world: Any) -> None:
    add_pupils(session, world, 60)
    seen = [name for page in (1, 2, 3) for name in rows_of(secretary.get(f"/pupils/list/?page={page}"))]
    assert len(seen) == len(set(seen)) == 67
    assert "1–25 из 67" in body(secretary.get("/pupils/list/"))


@pytest.mark.parametrize("path", ["/pupils/list/", "/movement_orders/list/", "/classes/list/", "/pupils/lookup"])
def test_the_number_of_queries_does_not_grow_with_rows(
    secretary: Any, session: Any, world: Any, count_queries: list[str], path: str
) -> None:
    def queries() -> int:
        count_queries.clear()
        assert secretary.get(path).status_code == 200
        return len(count_queries)

    few = queries()
    add_pupils(session, world, 200)
    assert queries() == few <= 8


def test_no_page_carries_a_table(secretary: Any, session: Any, world: Any) -> None:
    add_pupils(session, world, 300)
    for path in ("/pupils/list/", "/movement_orders/add", "/guardianships/add", "/movement_book/list/"):
        assert len(secretary.get(path).data) < 100_000
        assert body(secretary.get(path)).count("Массов") <= 25


def test_export_is_what_is_filtered(secretary: Any) -> None:
    table = sheet(secretary.get("/pupils/export?format=xlsx&q=иванов"))
    assert [row[0] for row in table] == ["ФИО", "Иванов Пётр"]
    text = secretary.get("/pupils/export?format=csv&q=иванов").data.decode("utf-8-sig")
    assert "Иванов Пётр;" in text


def test_export_has_no_formula(secretary: Any, session: Any, world: Any) -> None:
    from app.models.movement import MovementOrder
    from app.models.movement.kinds import OrderKind

    order = MovementOrder(school_id=world.schools[SCHOOL], academic_year_id=world.years[(SCHOOL, 2025)])
    order.kind, order.number, order.order_date = OrderKind.DEPARTURE, "=1+1", date(2026, 2, 2)
    session.add(order)
    session.commit()
    assert sheet(secretary.get("/movement_orders/export?format=xlsx"))[1][0] == "=1+1"
    assert "'=1+1" in secretary.get("/movement_orders/export?format=csv").data.decode("utf-8-sig")


def test_export_of_an_unknown_kind(secretary: Any) -> None:
    assert secretary.get("/pupils/export?format=exe").status_code == 400


def test_lookup_is_searched_narrowed_and_short(secretary: Any, world: Any) -> None:
    found = secretary.get("/classes/lookup", query_string={"q": "5а", "academic_year_id": world.years[(SCHOOL, 2025)]})
    assert [each["text"] for each in found.json["results"]] == ["5\u00a0«А», 2025/26"]
    everything = secretary.get("/classes/lookup").json
    assert (len(everything["results"]), everything["more"]) == (20, True)


def test_the_first_rows_of_a_csv_are_out_before_the_last_are_read(
    sign_in: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "BATCH", 2)
    monkeypatch.setattr(writer, "PART", 1)
    whole, read = sign_in(f"secretary.{SCHOOL}").get("/pupils/export?format=csv").data, list[Any]()
    event.listen(Pupil, "load", note := lambda pupil, context: read.append(pupil))
    try:
        answer = FlaskClient.open(sign_in(f"secretary.{SCHOOL}"), "/pupils/export?format=csv", buffered=False)
        parts = iter(answer.response)
        first, early = next(parts), len(read)
        rest = b"".join(parts)
        answer.close()
    finally:
        event.remove(Pupil, "load", note)
    assert early < len(read)
    assert first + rest == whole
    assert whole.decode("utf-8-sig").count("\r\n") == len(read) + 1
