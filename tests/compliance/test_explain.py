"""Why a due date and a status are what they are, in Russian."""

from datetime import date

import pytest

from app.compliance.explain import SkippedGroup, group_skipped, status_text, term_text, why
from app.compliance.status import Status
from app.compliance.terms import SkippedDay, compute_term
from app.regulation import Override, WorkCalendar, load_regulation

RULES = load_regulation().rules
FIVE = WorkCalendar()


def account(rule_id, event, calendar=FIVE, **facts):
    rule = RULES[rule_id]
    return why(rule, compute_term(rule, event, calendar), **facts)


def lines(found) -> dict[str, str]:
    return dict(found.lines())


def test_a_term_through_the_new_year_holidays():
    found = lines(account("account-employee", date(2024, 12, 27)))
    assert found["Пункт регламента"].startswith("3.3.2.4: «в течение 3 рабочих дней после издания документа")
    assert found["Событие"] == "дата документа о приёме на работу – 27.12.2024"
    assert found["Установленный срок"] == "3 рабочих дня после события"
    assert found["Сосчитано"] == "28.12.2024, 09.01.2025, 10.01.2025"
    assert found["Пропущено"] == (
        "29.12.2024 – вс, 30.12.2024 – перенос с 28.12.2024, 31.12.2024 – перенос с 07.01.2024, "
        "01.01–08.01.2025 – Новогодние каникулы, 07.01.2025 – Рождество Христово"
    )
    assert found["Срок"] == "10.01.2025"
    assert "день события не считается" in found["Чтение"]
    assert found["Основание чтения"] == "ГК РФ ст. 191, по аналогии"


def test_a_fixed_date_that_moves_shows_the_recommended_date():
    found = lines(account("order-promotion", date(2024, 3, 1)))
    assert found["Событие"] == "учебный год – 2023/2024"
    assert found["Установленный срок"] == "31 августа учебного года"
    assert found["Пропущено"] == "31.08–01.09.2024 – сб, вс"
    assert found["Срок"] == "02.09.2024"
    assert found["Рекомендуется"] == "не позднее 30.08.2024"


def test_nothing_empty_is_said():
    found = lines(account("lesson-marks", date(2026, 2, 16)))
    assert {"Пропущено", "Рекомендуется", "Календарь", "Состояние"}.isdisjoint(found)


def test_an_unconfirmed_year_is_said():
    found = lines(account("account-student", date(2028, 2, 1)))
    assert found["Календарь"].startswith("2028 год не подтверждён")


def test_an_act_is_named():
    calendar = WorkCalendar(5, {date(2026, 2, 17): Override(False, "указ Губернатора № 1")})
    found = lines(account("lesson-marks", date(2026, 2, 16), calendar))
    assert found["Пропущено"] == "17.02.2026 – указ Губернатора № 1"


def test_late_evidence_names_its_author():
    found = account(
        "lesson-topic", date(2026, 2, 16), evidence=date(2026, 2, 19), author="Иванова А. П.", on=date(2026, 3, 1)
    )
    assert (found.status, found.days) == (Status.LATE, 2)
    assert lines(found)["Дата внесения темы"] == "19.02.2026, Иванова А. П."
    assert lines(found)["Состояние"] == "с опозданием на 2 календарных дня"


def test_evidence_of_the_future_is_not_shown():
    found = account(
        "lesson-topic", date(2026, 2, 16), evidence=date(2026, 2, 19), author="Иванова", on=date(2026, 2, 18)
    )
    assert lines(found)["Дата внесения темы"] == "на 18.02.2026 нет"
    assert lines(found)["Состояние"] == "просрочено на 1 календарный день"
    assert found.evidence is found.author is None


@pytest.mark.parametrize(("status", "days", "text"), [
    (Status.ON_TIME, 0, "в срок"),
    (Status.LATE, 1, "с опозданием на 1 календарный день"),
    (Status.OVERDUE, 11, "просрочено на 11 календарных дней"),
    (Status.OVERDUE, 22, "просрочено на 22 календарных дня"),
    (Status.PENDING, 5, "ожидается, осталось 5 календарных дней"),
    (Status.PENDING, 0, "ожидается, сегодня последний день"),
    (Status.NOT_APPLICABLE, 0, "не применимо"),
])  # fmt: skip
def test_status_text(status, days, text):
    assert status_text(status, days) == text


@pytest.mark.parametrize(("rule", "text"), [
    ("gia-check", "5 рабочих дней после события"),
    ("day-transfer", "не позднее чем за 2 рабочих дня до события"),
    ("lesson-topic", "не позднее 1 дня после события"),
    ("event", "не позднее чем за 2 недели до события"),
    ("period-marks", "в сам день события"),
    ("timetable", "2 сентября учебного года"),
])  # fmt: skip
def test_term_text(rule, text):
    assert term_text(RULES[rule].values[0]) == text


def test_groups_never_span_a_working_day():
    days = [date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 21), date(2026, 2, 22), date(2026, 2, 23)]
    skipped = tuple(SkippedDay(day, FIVE.reason(day)) for day in days)
    assert group_skipped(skipped) == (
        SkippedGroup(date(2026, 2, 14), date(2026, 2, 15), "сб, вс"),
        SkippedGroup(date(2026, 2, 21), date(2026, 2, 22), "сб, вс"),
        SkippedGroup(date(2026, 2, 23), date(2026, 2, 23), "День защитника Отечества"),
    )


@pytest.mark.parametrize("rule", list(RULES))
def test_every_rule_can_say_why(rule):
    sentences = account(rule, date(2025, 12, 30), on=date(2026, 6, 1)).sentences()
    assert len(sentences) >= 7
    assert all(sentence.endswith(".") for sentence in sentences)
