"""Conditions of a list: several values, filled or not, ranges, related columns; what finds nothing says so."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from app.models.people import Employee, Pupil
from app.models.study import SchoolClass
from tests.panel.reading import body, rows_of, sheet
from tests.panel.test_lists import add_pupils
from tests.panel.test_paging import walk
from tests.support.classes import put

SCHOOL = "65001"


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    return sign_in(f"secretary.{SCHOOL}")


def chips(response: Any) -> list[str]:
    found = re.findall(r'<span class="chip"><span>(.*?)</span>', body(response))
    return [unescape(each) for each in found]


def clearing(response: Any) -> list[str]:
    return [unescape(each) for each in re.findall(r'<a href="([^"]*)" aria-label="Убрать условие', body(response))]


def surnames(response: Any) -> list[str]:
    return [name.split()[0] for name in rows_of(response)]


def test_several_values_of_a_relation_and_of_a_choice(secretary: Any, world: Any) -> None:
    classes = [world.classes[(SCHOOL, 2025, name)] for name in ("5А", "9А")]
    found = secretary.get("/pupils/list/", query_string={"school_class": classes, "status": ["enrolled", "departed"]})
    assert surnames(found) == ["Иванов", "Ким", "Сергеева"]
    assert chips(found) == ["Класс: 5\u00a0«А», 9\u00a0«А»", "Состояние: обучается, выбыл"]
    left = [rows_of(secretary.get(url)) for url in clearing(found)]
    assert [len(rows) for rows in left] == [7, 3], "each chip clears its own condition"
    assert len(sheet(secretary.get("/pupils/export", query_string={"school_class": classes}))) == 4


def test_filled_or_not(secretary: Any, session: Any, world: Any) -> None:
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Ким")])
    pupil.snils = "112-233-445 95"
    put(session, pupil, None)
    session.commit()
    assert surnames(secretary.get("/pupils/list/?snils_is=filled")) == ["Ким"]
    assert len(rows_of(secretary.get("/pupils/list/?snils_is=empty"))) == 6
    assert surnames(secretary.get("/pupils/list/?school_class_is=empty")) == ["Ким"]
    either = {"school_class": world.classes[(SCHOOL, 2025, "5Б")], "school_class_is": "empty"}
    found = secretary.get("/pupils/list/", query_string=either)
    assert surnames(found) == ["Белых", "Ким"]
    assert chips(found) == ["Класс: 5\u00a0«Б» или не заполнено"]
    filled = secretary.get("/pupils/list/", query_string=either | {"school_class_is": "filled"})
    assert surnames(filled) == ["Белых"]
    assert "Выберите «заполнено»" in told(secretary.get("/pupils/list/?school_class_is=maybe"))["school_class"]
    assert len(rows_of(secretary.get("/pupils/list/?birth_date_is=empty"))) == 7, "never empty: no such condition"


def test_a_range_is_one_condition(secretary: Any) -> None:
    found = secretary.get("/pupils/list/?birth_date_from=2013-01-01&birth_date_to=31.12.2013")
    assert surnames(found) == ["Белых", "Иванов", "Сергеева"]
    assert chips(found) == ["Дата рождения: с 01.01.2013 по 31.12.2013"]
    assert len(rows_of(secretary.get(clearing(found)[0]))) == 7
    wrong = secretary.get("/pupils/list/?birth_date_from=2014-01-01&birth_date_to=2013-01-01")
    assert told(wrong) == {"birth_date": "Начало позже конца. Поменяйте границы местами."}
    assert entries(wrong) == {"birth_date_from": "2014-01-01", "birth_date_to": "2013-01-01"}


def told(response: Any) -> dict[str, str]:
    """The words at the fields of the conditions; the list stands, and shows no row in place of those asked for."""
    page = body(response)
    assert response.status_code == 400
    assert 'class="filters is-open"' in page
    assert "Запрос непонятен" not in page
    assert "row-link" not in page
    assert page.count("Здесь пока нет записей") == 0
    found = re.findall(
        r'<div class="bad" id="filter-([\w.]+)-error" tabindex="-1">.*?<span>(.*?)</span>', page, re.DOTALL
    )
    return {name: unescape(words) for name, words in found}


def entries(response: Any) -> dict[str, str]:
    """What stands in the entries that are marked, each tied to its words."""
    found = re.findall(r"<input[^>]*>", body(response))
    marked = [tag for tag in found if 'aria-invalid="true"' in tag]
    assert all('aria-describedby="filter-' in tag for tag in marked)
    attributes = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in marked]
    return {each["name"]: unescape(each["value"]) for each in attributes}


@pytest.mark.parametrize(
    ("query", "name", "words", "typed"),
    [
        ("birth_date_from=31.02.2020", "birth_date", "«с»: ", {"birth_date_from": "31.02.2020"}),
        ("birth_date_to=later", "birth_date", "«по»: ", {"birth_date_to": "later"}),
        ("age_from=много", "age", "«с»: ", {"age_from": "много"}),
        ("age_from=9&age_to=7", "age", "Начало позже конца", {"age_from": "9", "age_to": "7"}),
        ("status=unknown", "status", "Такого значения нет", {}),
        ("school_class=junk", "school_class", "Такой записи нет", {}),
        ("snils_is=x", "snils", "Выберите «заполнено»", {}),
        ("snils=" + "1" * 101, "snils", "Текст длиннее 100", {"snils": "1" * 101}),
        ("school_class=1" + "".join(f"&school_class={n}" for n in range(2, 103)), "school_class", "больше 100", {}),
    ],
)
def test_a_wrong_condition_is_told_at_its_field(
    secretary: Any, query: str, name: str, words: str, typed: dict[str, str]
) -> None:
    wrong = secretary.get(f"/pupils/list/?{query}&status=enrolled&q=иван")
    assert list(told(wrong)) == [name]
    assert words in told(wrong)[name]
    assert entries(wrong) == typed
    assert 'value="иван"' in body(wrong), "the rest of what is asked stays"
    assert secretary.get(f"/pupils/export?{query}").status_code == 400


def test_a_wrong_day_of_what_holds_and_wrong_instants(sign_in: Any) -> None:
    wrong = sign_in(f"director.{SCHOOL}").get("/audit/list/?at_from=32.01.2026&at_to=x")
    assert list(told(wrong)) == ["at"]
    assert entries(wrong) == {"at_from": "32.01.2026", "at_to": "x"}


def test_the_good_part_of_a_wrong_condition_stays(secretary: Any, world: Any) -> None:
    key = world.classes[(SCHOOL, 2025, "5А")]
    wrong = secretary.get(f"/pupils/list/?school_class={key}&school_class=999999&status=new&status=odd")
    assert list(told(wrong)) == ["school_class", "status"]
    assert f'<option value="{key}" selected>' in body(wrong)
    assert '<option value="new" selected>' in body(wrong)


def test_an_address_carries_what_is_filled(secretary: Any) -> None:
    """Without scripts a form sends its empty entries: the address is made clean."""
    answer = secretary.get("/pupils/list/?q=&status=&birth_date_from=2013-01-01&birth_date_to=&status=new")
    assert answer.status_code == 302
    assert answer.location == "/pupils/list/?status=new&birth_date_from=2013-01-01"
    assert secretary.get("/pupils/list/?q=&status=").location == "/pupils/list/"
    assert secretary.get("/pupils/list/?q=", headers={"HX-Request": "true"}).status_code == 200


def test_by_a_column_of_a_related_record(secretary: Any, sign_in: Any) -> None:
    found = secretary.get("/pupils/list/?school_class.grade=5&school_class.grade=11")
    assert surnames(found) == ["Белых", "Вдовина", "Иванов", "Сергеева"]
    assert chips(found) == ["Класс, параллель: 5, 11"]
    assert list(told(secretary.get("/pupils/list/?school_class.grade=12"))) == ["school_class.grade"]
    rows = sheet(secretary.get("/pupils/export?school_class.grade=5"))
    assert [row[0] for row in rows[1:]] == ["Белых Тимур", "Иванов Пётр", "Сергеева Алёна"]
    assert "Всего" not in rows[0]
    year = sign_in(f"deputy.{SCHOOL}").get("/memberships/list/?school_class.grade=5&school_class.grade_is=empty")
    assert year.status_code == 200


def test_rows_without_the_related_record_are_not_filled(secretary: Any, session: Any, world: Any) -> None:
    put(session, session.get(Pupil, world.pupils[(SCHOOL, "Ким")]), None)
    session.commit()
    assert surnames(secretary.get("/pupils/list/?school_class.grade_is=empty")) == ["Ким"]
    assert len(rows_of(secretary.get("/pupils/list/?school_class.grade_is=filled"))) == 6


def test_a_condition_that_finds_nothing_is_named(secretary: Any, world: Any) -> None:
    one = body(secretary.get("/pupils/list/?status=graduated"))
    assert "«Состояние: окончил школу»" in unescape(one)
    two = unescape(body(secretary.get("/pupils/list/?status=graduated&birth_date_from=2013-01-01")))
    assert "Ни одной записи с условием: «Состояние: окончил школу»" in two
    class_id = world.classes[(SCHOOL, 2025, "9А")]
    together = unescape(body(secretary.get(f"/pupils/list/?q=иванов&school_class={class_id}")))
    assert "все вместе – ничего: «поиск: иванов»; «Класс: 9\u00a0«А»»" in together


def test_a_page_past_the_end_says_so(secretary: Any, session: Any, world: Any) -> None:
    add_pupils(session, world, 60)
    page = secretary.get("/pupils/list/?page=9&status=new")
    assert "Страницы 9 нет: в списке 3 страницы." in body(page)
    last = re.search(r'<a href="([^"]*)">Открыть последнюю', body(page))
    assert len(rows_of(secretary.get(unescape(last[1])))) == 10
    assert "пока нет записей" not in body(page)
    assert "Страницы 2 нет: список пуст." in body(secretary.get("/pupils/list/?page=2&status=graduated"))


def _scatter(session: Any, world: Any) -> None:
    """Pupils in classes and out of them, namesakes among them."""
    add_pupils(session, world, 70)
    keys = [world.classes[(SCHOOL, 2025, name)] for name in ("5А", "10А", "5Б")]
    for number, pupil in enumerate(session.query(Pupil).filter(Pupil.last_name.like("Массов%")).order_by(Pupil.id)):
        put(session, pupil, None if number % 4 == 0 else keys[number % 3])
        pupil.last_name = f"Массов{'абвгдежзи'[number % 9]}"
    session.commit()


@pytest.mark.parametrize("order", ["school_class", "-school_class", "school"])
def test_order_by_a_related_record_holds_every_row_once(secretary: Any, session: Any, world: Any, order: str) -> None:
    _scatter(session, world)
    forth = walk(secretary, f"/pupils/list/?order={order}&cols=school_class")
    assert [len(page) for page in forth] == [25, 25, 25, 2]
    keys = re.findall(r'data-href="/pupils/show/(\d+)', body(secretary.get(f"/pupils/list/?order={order}&size=100")))
    assert len(set(keys)) == 77
    assert walk(secretary, f"/pupils/list/?order={order}&page=4", "назад") == forth[::-1]


def test_a_class_is_ordered_by_grade_and_within_it_by_name(secretary: Any, session: Any, world: Any) -> None:
    _scatter(session, world)
    rows = sheet(secretary.get("/pupils/export?order=school_class"))[1:]
    names = ["1\u00a0«А»", "5\u00a0«А»", "5\u00a0«Б»", "9\u00a0«А»", "10\u00a0«А»", "11\u00a0«А»", ""]
    assert list(dict.fromkeys(row[1] for row in rows)) == names
    for name in names:
        inside = [row[0] for row in rows if row[1] == name]
        assert inside == sorted(inside)
    turned = sheet(secretary.get("/pupils/export?order=-school_class"))[1:]
    assert list(dict.fromkeys(row[1] for row in turned)) == names[::-1]


def test_a_card_of_such_a_list_knows_its_neighbours(secretary: Any, session: Any, world: Any) -> None:
    _scatter(session, world)
    page = body(secretary.get("/pupils/list/?order=-school_class&size=100"))
    urls = [unescape(url) for url in re.findall(r'<tr[^>]* data-href="([^"]+)"', page)]
    for number in (1, 15, 16, 40):
        card = body(secretary.get(urls[number]))
        found = re.search(r'href="([^"]+)" aria-label="Следующая запись"', card)
        assert unescape(found[1]) == urls[number + 1]


def test_the_number_of_queries_is_fixed(secretary: Any, session: Any, world: Any, count_queries: list[str]) -> None:
    def queries(query: str) -> int:
        count_queries.clear()
        assert secretary.get(f"/pupils/list/?{query}").status_code == 200
        return len(count_queries)

    plain = queries("")
    assert queries("order=school_class") == plain
    assert queries("school_class.grade=5&snils_is=empty&birth_date_from=2013-01-01") == plain
    several = "&".join(f"school_class={world.classes[(SCHOOL, 2025, name)]}" for name in ("5А", "5Б", "9А"))
    assert queries(several) == plain + 1


def test_what_the_reader_is_not_told_is_no_condition(sign_in: Any, session: Any, world: Any) -> None:
    """A column under a right that the reader has not is told by no condition."""
    teacher = session.get(Employee, world.employees[(SCHOOL, "teacher")])
    teacher.birth_date = date(1980, 5, 5)
    session.commit()
    from app.panel.registry import main_view

    view = main_view(SchoolClass)
    before = view.filter_columns
    view.filter_columns = [*before, "class_teacher.birth_date"]
    try:
        query = "class_teacher.birth_date_from=1980-05-05&class_teacher.birth_date_to=1980-05-05"
        assert len(rows_of(sign_in(f"hr.{SCHOOL}").get(f"/classes/list/?{query}"))) == 1
        for role in ("psychologist", "student"):
            reader = sign_in(f"{role}.{SCHOOL}")
            if reader.get("/classes/list/").status_code != 200:
                continue
            refused = reader.get(f"/classes/list/?{query}")
            assert refused.status_code == 400
            assert "нет права" in body(refused)
            assert "дата рождения" not in body(reader.get("/classes/list/"))
    finally:
        view.filter_columns = before


def test_an_unseen_record_is_as_if_it_were_not_there(sign_in: Any, session: Any, world: Any) -> None:
    """A row that the reader does not see is no value to choose, and another's class is told by no condition."""
    mother = sign_in(f"parent.{SCHOOL}")
    assert rows_of(mother.get("/pupils/list/")) == ["Сергеева Алёна"]
    foreign = world.classes[("65003", 2025, "5А")]
    assert mother.get(f"/pupils/list/?school_class={foreign}").status_code == 400
    own = world.classes[(SCHOOL, 2025, "5А")]
    assert mother.get(f"/pupils/list/?school_class={own}&school_class={foreign}").status_code == 400
