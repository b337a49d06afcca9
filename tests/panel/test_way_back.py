"""After saving one is where one was: the card or the list one came from, with its conditions and its place."""

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import func, select

from app.models.people import Employee, Parent, Pupil
from tests.panel.importing.files import Desk, workbook
from tests.panel.reading import body
from tests.panel.test_lists import add_pupils
from tests.support.locks import pressed

SCHOOL = "65001"
LIST = "q=Массов&order=-full_name&size=25&page=2"
NEW = {"last_name": "Массовая", "first_name": "Ольга", "birth_date": "2014-05-06"}


@pytest.fixture
def secretary(sign_in: Any, session: Any, world: Any) -> Any:
    add_pupils(session, world, 60)
    return sign_in(f"secretary.{SCHOOL}")


def links(page: str, words: str) -> list[str]:
    """Addresses of the links and forms whose tag or text says these words."""
    found = re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [unescape(url) for url, text in found if words in re.sub(r"<[^>]+>", "", text) or words in url]


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def version(page: str) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]


def opened(client: Any) -> tuple[int, str]:
    """A row of the second page of the filtered list, and its card's address."""
    page = body(client.get(f"/pupils/list/?{LIST}"))
    address = unescape(re.search(r'data-href="(/pupils/show/[^"]+)"', page)[1])
    return int(re.search(r"/show/(\d+)", address)[1]), address


def is_the_list(url: str, row: int | None = None) -> bool:
    parts = urlsplit(url)
    same = parse_qs(parts.query) == parse_qs(LIST)
    return parts.path == "/pupils/list/" and same and parts.fragment == (f"row-{row}" if row else "")


def test_edited_one_is_at_the_card_and_from_there_at_the_row(secretary: Any) -> None:
    key, address = opened(secretary)
    card = body(secretary.get(address))
    assert any(is_the_list(url, key) for url in links(card, "Обучающиеся"))
    edit = links(card, f"/pupils/edit/{key}")[0]
    form = body(secretary.get(edit))
    assert query_of(links(form, "Отмена")[0]) == query_of(address)
    refused = secretary.post(edit, data=NEW | {"last_name": "", "version": version(form)})
    assert refused.status_code == 422
    assert query_of(links(body(refused), "Отмена")[0]) == query_of(address)
    saved = secretary.post(edit, data=NEW | {"version": version(form)})
    assert saved.status_code == 302
    assert urlsplit(saved.location).path == f"/pupils/show/{key}"
    assert any(is_the_list(url, key) for url in links(body(secretary.get(saved.location)), "Обучающиеся"))
    assert f'id="row-{key}"' in body(secretary.get("/pupils/list/?q=Массов&order=-full_name&size=100"))


def test_a_new_record_knows_the_list_it_was_added_from(secretary: Any, session: Any) -> None:
    add = links(body(secretary.get(f"/pupils/list/?{LIST}")), "/pupils/add")[0]
    assert is_the_list(links(body(secretary.get(add)), "Отмена")[0])
    saved = secretary.post(add, data=NEW)
    key = session.query(Pupil.id).filter_by(last_name="Массовая").scalar()
    assert urlsplit(saved.location).path == f"/pupils/show/{key}"
    assert any(is_the_list(url, key) for url in links(body(secretary.get(saved.location)), "Обучающиеся"))


def test_deleted_one_is_at_the_list(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(f"hr.{SCHOOL}")
    where = "order=-full_name"
    listed = body(client.get(f"/employees/list/?{where}"))
    added = client.post("/employees/add", data={"last_name": "Лишний", "first_name": "Лев", "hired_on": "2026-01-12"})
    key = int(re.search(r"/show/(\d+)", added.location)[1])
    assert listed
    card = body(client.get(f"/employees/show/{key}?list={quote(where)}"))
    delete = links(card, f"/employees/delete/{key}")[0]
    assert query_of(links(body(client.get(delete)), "Отмена")[0])["list"] == [where]
    gone = pressed(client, delete)
    assert (urlsplit(gone.location).path, query_of(gone.location)) == ("/employees/list/", parse_qs(where))
    undo = unescape(re.search(r'action="(/employees/undelete/[^"]+)"', body(client.get(gone.location)))[1])
    back = client.post(undo)
    assert urlsplit(back.location).path == f"/employees/show/{key}"
    assert query_of(back.location)["list"] == [where]


def test_a_page_that_was_emptied_is_the_one_before(sign_in: Any, session: Any, world: Any) -> None:
    here = {"school_id": world.schools[SCHOOL], "hired_on": date(2026, 1, 12), "first_name": "Лев"}
    session.add_all([Employee(last_name="Лишний", **here) for _ in range(26)])
    session.commit()
    key = session.scalar(select(func.max(Employee.id)))
    gone = pressed(sign_in(f"hr.{SCHOOL}"), f"/employees/delete/{key}?list=q%3DЛишний%26page%3D2")
    assert parse_qs(urlsplit(gone.location).query) == {"q": ["Лишний"]}


def test_what_is_added_from_a_card_leads_back_to_it(secretary: Any, session: Any, world: Any) -> None:
    """A kinship entered on the child's card: what one wants to see next is that card, and its list after it."""
    key, address = opened(secretary)
    card = body(secretary.get(address))
    add = links(card, "/guardianships/add")[0]
    assert query_of(query_of(add)["back"][0])["list"] == query_of(address)["list"]
    assert links(body(secretary.get(add)), "Отмена")[0].startswith(f"/pupils/show/{key}?")
    saved = secretary.post(add, data={"pupil": key, "parent": world.parents[SCHOOL], "relation": "mother"})
    assert saved.status_code == 302, body(saved)
    assert saved.location.startswith(f"/pupils/show/{key}?")
    assert saved.location.endswith("#part-1")
    assert session.query(Parent).count() > 0
    page = body(secretary.get(saved.location))
    assert "Сергеева Ольга" in page
    assert any(is_the_list(url, key) for url in links(page, "Обучающиеся"))


def test_buttons_of_a_card_lead_back_to_it(secretary: Any, session: Any, world: Any) -> None:
    pupil = world.pupils[(SCHOOL, "Сергеева")]
    card = body(secretary.get(f"/pupils/show/{pupil}?list=q%3D%D0%90"))
    add = links(card, "/movement_orders/add")[0]
    data = {"kind": "departure", "number": "9", "order_date": "2026-02-27", "lines-0-pupil": pupil}
    saved = secretary.post(add, data=data | {"lines-0-event_date": "2026-02-27", "lines-0-counterpart": "Школа № 2"})
    assert saved.location.startswith(f"/pupils/show/{pupil}?list=")
    order = links(body(secretary.get(saved.location)), "/movement_orders/show/")[0].partition("?")[0]
    card = body(secretary.get(f"{order}?list=order%3Dnumber"))
    annul = links(card, "/movement_orders/annul/")[0]
    assert links(body(secretary.get(annul)), "Отмена")[0] == f"{order}?list=order%3Dnumber"
    done = pressed(secretary, annul, data={"annulment_reason": "Ошибка"})
    assert done.location == f"{order}?list=order%3Dnumber"


def test_bulk_work_ends_where_it_began(secretary: Any) -> None:
    page = body(secretary.get("/guardianships/list/?relation=mother&page=1"))
    hidden = unescape(re.search(r'name="query" value="([^"]*)"', page)[1])
    assert parse_qs(hidden) == {"relation": ["mother"], "page": ["1"]}
    row = re.search(r"/guardianships/show/(\d+)", page)[1]
    preview = secretary.post("/guardianships/bulk", data={"action": "set:relation", "query": hidden, "rowid": row})
    assert parse_qs(urlsplit(links(body(preview), "Отмена")[0]).query) == parse_qs(hidden)


def test_a_grid_leads_back_to_the_card_and_its_list(sign_in: Any, world: Any) -> None:
    deputy, key = sign_in(f"deputy.{SCHOOL}"), world.classes[(SCHOOL, 2025, "5А")]
    card = f"/classes/show/{key}?list=order%3Dname"
    grid = links(body(deputy.get(card)), f"/outcomes/grid/{key}")[0]
    page = body(deputy.get(grid))
    assert query_of(next(url for url in links(page, f"/classes/show/{key}")))["list"] == ["order=name"]
    row = links(page, "/outcomes/show/")[0]
    assert query_of(row)["list"] == [f"school_class={key}"]
    assert any(f"/outcomes/list/?school_class={key}#row-" in url for url in links(body(deputy.get(row)), "Итоги года"))


def test_a_file_leads_back_to_the_list_it_was_opened_from(secretary: Any) -> None:
    address = links(body(secretary.get(f"/pupils/list/?{LIST}")), "/pupils/import")[0]
    page = body(secretary.get(address))
    assert is_the_list(links(page, "Отмена")[0])
    records = links(page, "/pupils/import/records")[0]
    assert query_of(records) == {"q": ["Массов"], "order": ["-full_name"]}, "all of its records, not a page of them"
    desk = Desk(secretary, "pupils")
    refused = desk.send(b"junk", came=f"?{urlsplit(address).query}")
    assert refused.status_code == 422
    assert is_the_list(links(body(refused), "Отмена")[0])
    rows = ["Фамилия", "Имя", "Дата рождения"], ["Массовая", "Ольга", date(2014, 5, 6)]
    checked = desk.send(workbook(*rows), came=f"?{urlsplit(address).query}")
    assert is_the_list(links(body(checked), "К списку")[0])
    assert links(body(checked), "Другой файл") == [address]
    done = desk.run()
    assert is_the_list(links(body(done), "К списку")[0])
    saved = links(body(done), "/pupils/show/")[0]
    assert any(
        is_the_list(url, int(saved.partition("show/")[2].partition("?")[0]))
        for url in links(body(secretary.get(saved)), "Обучающиеся")
    )


CRAFTED = (
    "https://evil.example/pupils/show/1",
    "//evil.example/pupils/show/1",
    "/\\evil.example/pupils/show/1",
    "/pupils/show/1\r\nSet-Cookie: a=b",
    "http://[",
    "/logout/",
    "/pupils/delete/1",
    "/jobs/",
    "javascript:alert(1)",
    "/pupils/show/1?" + "x" * 3000,
)


@pytest.mark.parametrize("target", CRAFTED)
def test_nobody_is_led_elsewhere(sign_in: Any, target: str) -> None:
    client = sign_in(f"secretary.{SCHOOL}")
    query = {"back": target, "list": target}
    headers = {"Referer": "https://evil.example/"}
    form = client.get("/parents/add", query_string=query, headers=headers)
    assert form.status_code == 200
    assert links(body(form), "Отмена") == ["/parents/list/"] or links(body(form), "Отмена")[0].startswith(
        "/parents/list/?"
    )
    saved = client.post("/parents/add", query_string=query, data={"last_name": "Новая", "first_name": "Яна"})
    assert saved.status_code == 302
    assert saved.location.startswith("/parents/show/")
    assert "\n" not in saved.location
    card = body(client.get(saved.location, headers=headers))
    assert "evil.example/" not in re.sub(r"list=[^\"]*", "", card)
