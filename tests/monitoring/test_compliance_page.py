"""`/compliance/`: the period, the order, the matrix, schools without a fault, the list as a file and on paper.

Clause 3.3.1.
"""

import re
from io import BytesIO
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader

from tests.panel.reading import body, sheet

AUTUMN = "2026-10-01T03:00:00Z"
SCHOOL, MUNICIPALITY, OTHER = "65001", "64754000", "65003"


@pytest.fixture(autouse=True)
def autumn() -> Any:
    with time_machine.travel(AUTUMN, tick=False):
        yield


@pytest.fixture
def office(sign_in: Any) -> Any:
    return sign_in(f"municipal.{MUNICIPALITY}")


def number(page: str, title: str) -> str:
    found = re.search(rf'kpi-title">{title}</div><div class="kpi-value[^>]*>(.*?)</div>', page)
    return found[1]


def schools(page: str) -> list[str]:
    table = page.partition("По школам")[2].partition("</tbody>")[0]
    return re.findall(r'class="row-head"><a[^>]*>(.*?)</a>', table)


def test_a_first_look_is_at_this_school_year_and_tells_the_debts_of_older_ones(office: Any) -> None:
    page, whole = body(office.get("/compliance/")), body(office.get("/compliance/?period=all"))
    assert 'value="2026-09-01"' in page
    assert number(page, "Просрочено") == "0"
    overdue = number(whole, "Просрочено")
    assert int(overdue) > 0
    told = re.search(r'прежними периодами просрочено: <a href="([^"]+)">(\d+)</a>', page)
    assert told[2] == overdue
    assert f"{overdue} запис" in body(office.get(told[1].replace("&amp;", "&"))).replace("\xa0", " ")
    assert "прежними периодами" not in whole


@pytest.mark.parametrize("title", ["2025/26 учебный год", "Октябрь 2026", "Сентябрь 2026", "Всё время"])
def test_a_period_is_chosen_by_a_press(office: Any, title: str) -> None:
    page = body(office.get("/compliance/"))
    url = re.search(rf'href="([^"]+)"[^>]*>{title}</a>', page)[1].replace("&amp;", "&")
    chosen = body(office.get(url))
    assert re.search(rf'aria-current="page">{title}</a>', chosen)


def test_the_worst_school_stands_on_top_and_heads_sort(office: Any) -> None:
    page = body(office.get("/compliance/?period=all"))
    shares = re.findall(
        r'data-label="В срок, %"><span>([\d,]+)', page.partition("По школам")[2].partition("</tbody>")[0]
    )
    assert shares == sorted(shares, key=lambda share: float(share.replace(",", ".")))
    assert 'aria-sort="ascending"' in page
    by_title = schools(body(office.get("/compliance/?period=all&sort=title")))
    assert by_title == sorted(by_title)
    assert schools(body(office.get("/compliance/?period=all&sort=-title"))) == by_title[::-1]
    assert office.get("/compliance/?sort=password").status_code == 400


def test_schools_without_a_fault_are_a_list_of_their_own(office: Any) -> None:
    page = body(office.get("/compliance/?period=all"))
    told = int(re.search(r"Без нарушений сроков: (\d+)", page)[1])
    clean = body(office.get("/compliance/?period=all&only=clean"))
    assert len(schools(clean)) == told


def test_numbers_stand_beside_those_of_an_earlier_day(office: Any) -> None:
    """What the page of that day says is what «было» says; a day that is none stays in its field."""
    earlier, now = "/compliance/?period=all&on=2026-03-02", "/compliance/?period=all&on=2026-10-01"
    page = body(office.get(f"{now}&compared=02.03.2026"))
    for title in ("Внесено в срок", "С опозданием", "Просрочено", "Подлежит"):
        was = number(body(office.get(earlier)), title)
        told = page.partition(f'kpi-title">{title}<')[2].partition("</div></div>")[0]
        assert f"было {was}" in told, title
        assert number(page, title) == number(body(office.get(now)), title)
    assert page.count("было ") > 6
    assert 'id="compared" name="compared" value="2026-03-02"' in page
    for typed, words in (("2026-10-01", "раньше 01.10.2026"), ("завтра", "не дата")):
        refused = office.get(f"{now}&compared={typed}")
        assert refused.status_code == 400
        assert f'name="compared" value="{typed}"' in body(refused)
        assert words in body(refused)


def test_the_matrix_says_in_words_what_the_colour_says(office: Any) -> None:
    page = body(office.get("/compliance/matrix?period=all"))
    assert "просрочено " in page
    assert f"org={SCHOOL}&amp;rule=order-promotion" in page
    assert OTHER not in page, "a school of another municipality"
    cell = re.search(rf'href="([^"]*org={SCHOOL}&amp;rule=order-promotion[^"]*)"><strong>(.*?)</strong>', page)
    assert office.get(cell[1].replace("&amp;", "&")).status_code == 200


def test_the_matrix_is_of_ones_own_schools(office: Any, sign_in: Any) -> None:
    assert office.get(f"/compliance/matrix?org={OTHER}").status_code == 404
    assert sign_in(f"secretary.{SCHOOL}").get(f"/compliance/matrix?org={MUNICIPALITY}").status_code == 404
    assert "муниципалитеты" in body(sign_in("regional").get("/compliance/matrix"))


def test_a_list_is_narrowed_and_taken_away_as_it_stands(office: Any) -> None:
    address = f"org={SCHOOL}&rule=order-promotion&status=overdue&period=all"
    page = body(office.get(f"/compliance/records?{address}"))
    told = int(re.search(r'class="quiet">(\d+) запис', page.replace("\xa0", " "))[1])
    assert '<option value="overdue" selected>' in page
    rows = sheet(office.get(f"/compliance/export?{address}"))
    assert rows[0][:3] == ["О ком", "Школа", "Обязанность"]
    assert len(rows) - 1 == told
    assert {row[7] for row in rows[1:]} == {"просрочено"}


@pytest.mark.parametrize(
    ("login", "org", "status"),
    [
        (f"municipal.{MUNICIPALITY}", OTHER, 404),
        (f"director.{SCHOOL}", SCHOOL, 200),
        (f"director.{SCHOOL}", "65002", 404),
        (f"secretary.{SCHOOL}", SCHOOL, 403),
    ],
)
def test_a_file_is_taken_by_whoever_may(sign_in: Any, login: str, org: str, status: int) -> None:
    assert sign_in(login).get(f"/compliance/export?org={org}").status_code == status


def test_a_school_gets_its_list_on_paper(office: Any, session: Any, world: Any) -> None:
    page = body(office.get(f"/compliance/records?org={SCHOOL}&status=overdue&period=all"))
    url = re.search(r'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?Перечень для школы', page)[1].replace("&amp;", "&")
    pages = PdfReader(BytesIO(office.get(url).data)).pages
    text = " ".join(" ".join(each.extract_text() for each in pages).split())
    assert "ПЕРЕЧЕНЬ НЕ ВНЕСЁННОГО И ВНЕСЁННОГО С ОПОЗДАНИЕМ" in text
    assert "Директору" in text
    assert "Не внесено на 01.10.2026" in text
    assert office.get("/forms/print/school-list?org=65003").status_code == 404
