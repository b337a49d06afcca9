"""Logins that the panel proposes: legible, free, unlike each other (ИАФ.3). Clause 1.5."""

from typing import Any

import pytest

from app.models.accounts import Account
from app.services.accounts import logins


@pytest.mark.parametrize(
    ("name", "login"),
    [
        (("Сидорова", "Анна", "Петровна"), "sidorova.ap"),
        (("Щербаков", "Юрий", None), "shcherbakov.i"),
        (("Ким", "Ен", ""), "kim.e"),
        (("Салтыков-Щедрин", "Яков", "Эдуардович"), "saltykovshchedrin.ie"),
        (("Кызы Ага", "Лала", None), "kyzyaga.l"),
        (("Əliyev", "Ömər", None), "liyev.o"),
        (("Ё", "Ъ", None), "e.i"),
        (("李", "王", None), "user.x"),
        (("А" * 60, "Б", "В"), f"{'a' * 40}.bv"),
    ],
)
def test_a_login_is_the_surname_and_the_initials(session: Any, name: Any, login: str) -> None:
    assert logins.proposed(session, [name]) == [login]
    assert logins.problem(session, login) is None


def test_of_the_same_name_each_has_another(session: Any) -> None:
    name = ("Иванова", "Анна", "Петровна")
    assert logins.proposed(session, [name, name, name]) == ["ivanova.ap", "ivanova.ap2", "ivanova.ap3"]


def test_none_is_given_twice_nor_one_that_looks_like_it(session: Any) -> None:
    """Of a closed account neither; «ivan0va» is read as «ivanova»."""
    for number, login in enumerate(("ivan0va.ap", "ivanova.ap2")):
        session.add(
            Account(username=login, last_name="И", first_name="А", email=f"{number}@test.invalid", active=False)
        )
    session.commit()
    assert logins.proposed(session, [("Иванова", "Анна", "Петровна")]) == ["ivanova.ap3"]


def test_of_many_at_once_few_questions_are_asked(session: Any, count_queries: list[str]) -> None:
    names = [(f"Иванов{'абвгд'[number % 5] * (number // 5 + 1)}", "Анна", None) for number in range(180)]
    count_queries.clear()
    assert len(set(logins.proposed(session, names * 2))) == 360
    assert len(count_queries) == 1
