"""One form of every key, whatever was typed or pasted: letters of classes, numbers of orders, what nobody sees."""

import html
import re
from datetime import date
from typing import Any

import pytest

from app.demo.study import letters_of
from app.models import values
from app.models.movement import MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.names import visible
from app.models.study import SchoolClass
from app.russian import read_date
from tests.panel.reading import body

SCHOOL = "65001"
UNSEEN = "\u200b\u00ad\ufeff\u202e\ue000\x07\u2060"


@pytest.mark.parametrize("typed", ["А", "A", "а", "«А»", '"а"', "5А", "5 «А»", "5-а", " А ", "\u200bА\u00ad"])
def test_a_letter_of_a_class_has_one_form(typed: str) -> None:
    assert values.normalise_class_letter(typed) == "А"


def test_letters_of_classes_beyond_look_alikes() -> None:
    assert values.normalise_class_letter("э") == "Э"
    assert values.normalise_class_letter("аб") == "АБ"
    for wrong in ("5", "S", "А1", "класс", "«»", "-"):
        with pytest.raises(ValueError, match="например А"):
            values.normalise_class_letter(wrong)


def test_the_demo_gives_letters_that_the_form_takes() -> None:
    letters = letters_of(300)
    assert len(set(letters)) == 300
    assert list(map(values.normalise_class_letter, letters)) == letters


@pytest.mark.parametrize("typed", ["12-у", "№ 12-У", "12\u2011у", "12 - у", "N12–y", "№12‑у\u200b", "No 12-Y"])
def test_numbers_of_orders_are_compared_by_one_key(typed: str) -> None:
    assert values.order_number_key(typed) == "12-У"


def test_different_numbers_stay_different() -> None:
    keys = {values.order_number_key(each) for each in ("12-у", "12у", "12/у", "12-к", "112-у", "Н-12")}
    assert len(keys) == 6


def test_what_nobody_sees_is_dropped() -> None:
    assert visible(f"Ива{UNSEEN}нов\tПётр") == "Иванов Пётр"
    assert visible("одна\nдве") == "одна\nдве"


@pytest.mark.parametrize(
    "typed",
    [
        " 15.03.2015",
        "15. 03. 2015",
        "15.03.15",
        "15 марта 2015",
        "«15» марта 2015 г.",
        "15/3/2015",
        "2015-03-15",
        "15 Мар 2015 года",
        "15.03.2015\u200b",
    ],
)
def test_a_date_as_people_type_it(typed: str) -> None:
    assert read_date(visible(typed)) == date(2015, 3, 15)


@pytest.mark.parametrize("typed", ["15.03", "15 мартобря 2015", "31.02.2015", "15.13.2015", "15.03.2015, 16.03.2015"])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert read_date(typed) is None


def test_two_digits_of_a_year() -> None:
    assert (read_date("15.03.85"), read_date("15.03.49")) == (date(1985, 3, 15), date(2049, 3, 15))


def test_a_class_is_added_once_whatever_was_typed(sign_in: Any, session: Any, world: Any) -> None:
    deputy = sign_in(f"deputy.{SCHOOL}")
    data = {"academic_year": world.years[(SCHOOL, 2025)], "grade": "5"}
    added = deputy.post("/classes/add", data=data | {"letter": "5 «э»"})
    assert added.status_code == 302, body(added)
    assert session.get(SchoolClass, int(added.location.rpartition("/")[2])).letter == "Э"
    for again in ("Э", "э", "«Э»", "A", "5А"):
        refused = deputy.post("/classes/add", data=data | {"letter": again})
        assert refused.status_code in (409, 422), again
        assert "Такая запись уже есть" in body(refused)
    wrong = deputy.post("/classes/add", data=data | {"letter": "S"})
    assert wrong.status_code == 422
    assert "Ожидается буква класса" in body(wrong)
    assert 'maxlength="3"' not in body(deputy.get("/classes/add"))


@pytest.mark.parametrize("typed", ["6э", "«6-Э»", "6 «Э»", "11Э", "\u200b6Э"])
def test_a_grade_typed_with_the_letter_agrees_with_the_grade(
    sign_in: Any, session: Any, world: Any, typed: str
) -> None:
    deputy, one = sign_in(f"deputy.{SCHOOL}"), world.classes[(SCHOOL, 2025, "5А")]
    data = {"academic_year": world.years[(SCHOOL, 2025)], "grade": "5", "letter": typed}
    version = {"version": session.get(SchoolClass, one).version}
    for address, more in (("/classes/add", {}), (f"/classes/edit/{one}", version)):
        refused = deputy.post(address, data=data | more)
        grade = re.search("[0-9]+", typed)[0]
        assert refused.status_code == 422
        page = html.unescape(body(refused))
        assert f"Вместе с литерой набран {grade} класс, а параллель – 5. Исправьте литеру или параллель." in page
        assert f'value="{visible(typed)}"' in page, "as it was typed"
    assert session.get(SchoolClass, one, populate_existing=True).letter == "А"


def test_a_letter_stays_as_typed_while_the_grade_is_wrong(sign_in: Any, world: Any) -> None:
    deputy = sign_in(f"deputy.{SCHOOL}")
    data = {"academic_year": world.years[(SCHOOL, 2025)], "letter": "6э"}
    refused = deputy.post("/classes/add", data=data | {"grade": ""})
    assert refused.status_code == 422
    assert 'value="6э"' in body(refused)
    assert deputy.post("/classes/add", data=data | {"grade": "6"}).status_code == 302


def test_an_order_is_entered_once_whatever_its_number_looks_like(sign_in: Any, session: Any, world: Any) -> None:
    secretary = sign_in(f"secretary.{SCHOOL}")
    order = {"kind": "departure", "order_date": "2026-02-02", "lines-0-event_date": "2026-02-02"}

    def enter(number: str, name: str) -> Any:
        return secretary.post(
            "/movement_orders/add", data=order | {"number": number, "lines-0-pupil": world.pupils[(SCHOOL, name)]}
        )

    first = enter("№ 12-у", "Ким")
    assert first.status_code == 302, body(first)
    assert session.get(MovementOrder, int(first.location.rpartition("/")[2])).number == "№ 12-у", "shown as typed"
    for number in ("12-У", "12\u2011y", "12 - у"):
        refused = enter(number, "Иванов")
        assert refused.status_code == 422, number
        assert "№ 12-у" in body(refused)


def test_the_database_holds_the_key(session: Any, world: Any) -> None:
    from sqlalchemy.exc import IntegrityError

    for number in ("7-к", "№7-К"):
        order = MovementOrder(school_id=world.schools[SCHOOL], academic_year_id=world.years[(SCHOOL, 2025)])
        order.kind, order.number, order.order_date = OrderKind.DEPARTURE, number, date(2026, 2, 2)
        session.add(order)
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_nobody_sees_is_in_no_text(sign_in: Any, session: Any, world: Any) -> None:
    """A field without a form of its own too, and what is searched for."""
    secretary = sign_in(f"secretary.{SCHOOL}")
    data = {"last_name": "Ясная", "first_name": "Ия", "birth_date": " 15. 03. 2015", "personal_file": f"С/{UNSEEN}41"}
    added = secretary.post("/pupils/add", data=data | {"address": f"ул.{UNSEEN} Мира, 1"})
    assert added.status_code == 302, body(added)
    card = body(secretary.get(added.location))
    assert "С/41" in card
    assert "ул. Мира, 1" in card
    assert "15.03.2015" in card
    assert "Ясная" in body(secretary.get("/pupils/list/", query_string={"q": "Яс\u00adная"}))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("l-ФС № 512345", "I-ФС № 512345"),
        ("I-ФС 512345", "I-ФС № 512345"),
        ("серия I-ФС номер 512345", "I-ФС № 512345"),
        ("Свидетельство о рождении: серия ll-ФС № 512345", "II-ФС № 512345"),
        ("IV-БА № 123456", "IV-БА № 123456"),
    ],
)
def test_old_and_new_certificates(typed: str, stored: str) -> None:
    assert values.normalise_birth_certificate(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["8 914 123-45-67, 8 914 765-43-21", "+7 914 123-45-67 / +7 914 765-43-21", "89141234567 и 89147654321",
     "8 914 123-45-67 8 914 765-43-21", "89141234567;89147654321"],
)  # fmt: skip
def test_two_phones_in_one_are_told(typed: str) -> None:
    with pytest.raises(ValueError, match="телефонов – 2"):
        values.normalise_phone(typed)


@pytest.mark.parametrize("typed", [" 112-233-445 95", "112 - 233 - 445 95", "112-233-445\u200b 95\u00ad"])
def test_a_pasted_snils(typed: str) -> None:
    assert values.normalise_snils(typed) == "112-233-445 95"
