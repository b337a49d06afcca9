"""Names as people type them, and what a search compares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.names import normalise_name, search_key

letters = st.text(alphabet="абвгдеёжийОЛЬГАЫ-' ", max_size=30)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Иванова", "Иванова"),
        ("иванова", "Иванова"),
        ("ИВАНОВА", "Иванова"),
        ("  иванова  ", "Иванова"),
        ("иванова-петрова", "Иванова-Петрова"),
        ("ИВАНОВА - ПЕТРОВА", "Иванова-Петрова"),
        ("Иванова–Петрова", "Иванова-Петрова"),
        ("анна   мария", "Анна Мария"),
        ("гасан оглы", "Гасан оглы"),
        ("ГАСАН ОГЛЫ", "Гасан оглы"),
        ("Гасан Оглы", "Гасан Оглы"),
        ("Мамед-оглы", "Мамед-оглы"),
        ("АЛИ КЫЗЫ", "Али кызы"),
        ("де голль", "де Голль"),
        ("Де Голль", "Де Голль"),
        ("ван дер берг", "ван дер Берг"),
        ("ван", "Ван"),  # a surname of its own, not a particle
        ("ДОН ВАН", "Дон Ван"),
        ("оглы", "Оглы"),
        ("о'коннор", "О'Коннор"),
        ("О’КОННОР", "О'Коннор"),
        ("мар'яна", "Мар'яна"),
        ("МакДональд", "МакДональд"),
        ("smith", "Smith"),
        ("и\N{COMBINING BREVE}ода", "Йода"),
        ("ё", "Ё"),
        ("Қайрат ұлы", "Қайрат ұлы"),
    ],
)
def test_name_is_stored_as_its_bearer_writes_it(typed, stored):
    assert normalise_name(typed) == stored
    assert normalise_name(stored) == stored


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "не заполнено"),
        ("   ", "не заполнено"),
        ("Иван0в", "Ожидаются буквы"),
        ("И. А.", "Ожидаются буквы"),
        ("-Иванов", "Ожидаются буквы"),
        ("Иванов--Петров", "Ожидаются буквы"),
        ("Иванов'", "Ожидаются буквы"),
        ("<b>Иванов</b>", "Ожидаются буквы"),
        ("王", "Ожидаются буквы"),
        ("Ивaнов", "смешаны русские и латинские"),  # Latin a
        ("Я" * 61, "не больше 60"),
    ],
)
def test_name_is_refused_with_what_is_expected(typed, says):
    with pytest.raises(ValueError, match=says):
        normalise_name(typed)


@given(letters)
def test_a_stored_name_is_its_own_normal_form(typed):
    try:
        stored = normalise_name(typed)
    except ValueError:
        return
    assert normalise_name(stored) == stored
    assert search_key(stored) == search_key(typed)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Иванов", "иванов"),
        ("АЛЁНА", "алена"),
        ("  Иванова - Петрова  ", "иванова петрова"),
        ("О'Коннор", "о коннор"),
        ("МБОУ «СОШ № 3»", "мбоу сош no 3"),
        ("112-233-445 95", "112 233 445 95"),
        ("e\N{COMBINING DIAERESIS}", "ë"),
        ("100%_", "100"),
        ("", ""),
    ],
)
def test_search_key(text, key):
    assert search_key(text) == key


@given(st.text(max_size=40))
def test_search_key_ignores_case_and_is_stable(text):
    key = search_key(text)
    assert search_key(key) == key
    assert not set("%_\\") & set(key)
