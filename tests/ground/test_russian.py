"""Russian typography: plural forms, dates, numbers, shares, short names."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.russian import NBSP, format_date, format_number, format_percent, plural, short_name


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (0, "записей"),
        (1, "запись"),
        (2, "записи"),
        (4, "записи"),
        (5, "записей"),
        (11, "записей"),
        (12, "записей"),
        (14, "записей"),
        (21, "запись"),
        (22, "записи"),
        (111, "записей"),
        (112, "записей"),
        (121, "запись"),
        (1004, "записи"),
        (-1, "запись"),
        (-13, "записей"),
    ],
)
def test_plural(number, word):
    assert plural(number, "запись", "записи", "записей") == word


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 1, 3), "03.01.2026"),
        (date(2025, 12, 30), "30.12.2025"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), "23.11.2026"),
        (date(205, 9, 1), "01.09.0205"),
    ],
)
def test_date(day, text):
    assert format_date(day) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1726, f"1{NBSP}726"), (1234567, f"1{NBSP}234{NBSP}567"), (-1500, f"−1{NBSP}500")],
)
def test_number(number, text):
    assert format_number(number) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.941, "94,1"),
        (0.0, "0,0"),
        (1.0, "100,0"),
        (0.9405, "94,1"),
        (0.0125, "1,3"),
        (1726 / 1727, "99,9"),  # one is missing: never 100 %
        (1 / 65000, "0,1"),  # one is there: never 0 %
        (0.5, "50,0"),
    ],
)
def test_percent(share, text):
    assert format_percent(share) == f"{text}{NBSP}%"


def test_nothing_to_count_is_said_so():
    assert format_percent(None) == "нет данных"


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_percent_is_full_only_for_all(part, rest):
    assert format_percent(part / (part + rest)) not in (f"100,0{NBSP}%", f"0,0{NBSP}%")


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("Петрова", "Ирина", "Александровна"), "Петрова И. А."),
        (("Петрова", "Ирина", None), "Петрова И."),
        (("Петрова", "Ирина", ""), "Петрова И."),
        (("Ли", "анна-мария", None), "Ли А.-М."),
        (("Гасанов", "Али", "Мамед оглы"), "Гасанов А. М."),
    ],
)
def test_short_name(parts, text):
    assert short_name(*parts) == text.replace(" ", NBSP)
