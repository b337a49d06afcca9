"""«Мониторинг движения обучающихся» as its readers get it: the extracted text, page by page."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from app.reports.movement.data import FormRow
from app.reports.movement.pdf import print_movement
from tests.reports.reading import page_texts, read_text
from tests.reports.samples import SCHOOLS, form, municipality_form, overdue, region_form, row, school_form, total

EMPTY = FormRow("Итого", 0, 0, 0, 0, 0, 0, None)


def test_the_head_says_what_when_and_by_whom():
    text = read_text(print_movement(municipality_form(basis="Приказ от 14.07.2022 № 3.12-34")))
    for part in (
        "Приказ от 14.07.2022 № 3.12-34",
        "Управление образования муниципального образования «Холмский городской округ»",
        "МОНИТОРИНГ ДВИЖЕНИЯ ОБУЧАЮЩИХСЯ",
        "муниципальный мониторинг",
        "(пункты 3.3.3.2, 3.3.4.4 Регламента)",
        "Период: с 01.09.2025 по 31.08.2026",
        "По состоянию на: 23.11.2026",
        "Сформировано: 23.11.2026 14:30 (UTC+11)",
        "Составил: Акимова К. С., сотрудник управления образования",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("level", "monitoring", "column"),
    [
        ("school", "самообследование (внутренний мониторинг", "По видам приказов"),
        ("municipality", "муниципальный мониторинг", "Образовательная организация"),
        ("region", "региональный мониторинг", "Муниципальное образование"),
    ],
)
def test_each_level_has_its_form_of_monitoring(level, monitoring, column):
    text = read_text(print_movement(form(level, org_rows=() if level == "school" else (row("МБОУ СОШ № 1", 1),))))
    assert monitoring in text
    assert column in text


def test_numbers_and_totals_are_in_russian_style():
    rows = (FormRow("МБОУ СОШ № 1", 1726, 1623, 63, 2, 40, 0, 0.941),)
    totals = FormRow("Итого: 1 организация", 1726, 1623, 63, 2, 40, 0, 0.941)
    text = read_text(print_movement(form("municipality", org_rows=rows, rule_rows=rows, totals=totals)))
    counts = "1 726 1 623 63 2 40 – 94,1 %"
    assert f"1 МБОУ СОШ № 1 {counts} Итого: 1 организация {counts}" in text
    assert f"Итого {counts}" in text.partition("По видам приказов")[2]
    assert "Итог: в срок внесено 94,1 %; с опозданием — 63, просрочено — 40 из 1 726 подлежащих внесению." in text


def test_every_page_has_its_number_and_says_whose_it_is():
    pages = page_texts(print_movement(region_form(schools=60, items=20)))
    assert len(pages) > 3
    for number, text in enumerate(pages, 1):
        assert f"Страница {number} из {len(pages)}" in text
        assert "Сформировано 23.11.2026 14:30 (UTC+11), Акимова К. С." in text
        assert "Министерство образования Сахалинской области" in text
    assert all("01.09.2025 – 31.08.2026, на 23.11.2026" in text for text in pages[1:])


def test_a_table_repeats_its_head_and_ends_with_its_total():
    pages = page_texts(print_movement(region_form(schools=60, items=0, overdue_total=0)))
    by_school = [text for text in pages if "Муниципальное образование, образовательная организация" in text]
    assert len(by_school) > 2
    assert all("Подлежит внесению" in text and "просрочено" in text for text in by_school)
    assert [text for text in by_school if "Итого: 60 организаций" in text] == by_school[-1:]


def test_a_subtotal_is_not_the_last_row_of_a_page():
    schools = [
        row(f"Округ {number}" if number % 2 else f"Школа {number}", number, subtotal=bool(number % 2))
        for number in range(1, 121)
    ]
    for page in page_texts(print_movement(form("region", org_rows=tuple(schools))))[:3]:
        names = [word for word in page.split() if word in ("Округ", "Школа")]
        assert names[-1] == "Школа"


def test_schools_are_numbered_through_the_municipalities():
    text = read_text(print_movement(region_form(schools=12, items=0, overdue_total=0)))
    assert f"10 {SCHOOLS[3]}" in text
    assert f"11 {SCHOOLS[4]}" in text
    assert "Муниципальный округ № 2" in text


def test_an_overdue_record_has_clause_reason_and_responsible():
    text = read_text(print_movement(school_form()))
    assert "Просроченные записи на 23.11.2026 Всего 7 записей." in text
    assert "пп. 3.3.3.2, 3.3.4.4" in text
    assert "не считались 31.12.2025 – 11.01.2026 (новогодние каникулы и выходные дни)." in text
    assert "30.12.2025 13.01.2026 не внесено 315 Приказ не внесён." in text
    assert "Срок — 2 рабочих дня после события. Секретарь Пак Н. С." in text
    assert "Образовательная организация" not in text


def test_a_single_clause_and_an_absent_event_are_said_plainly():
    item = replace(overdue(1)[0], clause="3.3.4.4", event=None, responsible="")
    text = read_text(print_movement(school_form(overdue=(item,), overdue_total=1)))
    assert "п. 3.3.4.4 – 13.01.2026 не внесено 314" in text
    assert "Всего 1 запись." in text


def test_a_consolidated_form_names_the_organisation_of_an_overdue_record():
    text = read_text(print_movement(municipality_form(overdue=overdue(2), overdue_total=2)))
    assert f"2 {SCHOOLS[1]} Константинопольская" in text


def test_a_cut_list_says_so():
    text = read_text(print_movement(municipality_form(overdue=overdue(3), overdue_total=1226)))
    assert "Показаны первые 3 из 1 226." in text


def test_nothing_to_count_is_no_data_and_nothing_overdue_is_said():
    empty = form("municipality", rule_rows=(replace(EMPTY, title="Приказ о выбытии"),), totals=EMPTY)
    text = read_text(print_movement(empty))
    assert "Приказ о выбытии – – – – – – нет данных" in text
    assert "Итого – – – – – – нет данных" in text
    assert "Итог: записей, срок которых наступил, нет." in text
    assert "Просроченных нет." in text


def test_signatures_stand_together_on_one_page():
    positions = ("Начальник управления образования", "Ответственный исполнитель", "Согласовано")
    for items in range(1, 12):
        last = page_texts(
            print_movement(municipality_form(overdue=overdue(items), overdue_total=items, signatories=positions))
        )[-1]
        assert all(position in last for position in positions)
        assert last.count("(подпись)") == last.count("(расшифровка подписи)") == last.count("(дата)") == 3
        assert "Доля внесённых в срок —" in last


def test_a_form_without_signatories_ends_with_its_notes():
    text = read_text(print_movement(school_form(signatories=(), notes=("Особое прочтение срока.",))))
    assert "Особое прочтение срока." in text
    assert "(подпись)" not in text


def test_names_and_reasons_are_never_read_as_markup():
    item = replace(overdue(1)[0], reason="<b>a & b</b>", subject="<i>")
    text = read_text(print_movement(school_form(organisation="Школа <№ 1> & Ко", overdue=(item,), overdue_total=1)))
    assert "Школа <№ 1> & Ко" in text
    assert "<b>a & b</b>" in text


def test_a_reason_longer_than_a_page_goes_on():
    reason = " ".join(f"слово{number}" for number in range(1500))
    item = replace(overdue(1)[0], reason=reason, organisation=" ".join(["Школа"] * 200))
    text = read_text(print_movement(municipality_form(overdue=(item,) * 3, overdue_total=3)))
    assert text.count("слово0 ") == text.count("слово1499") == 3


def test_a_form_is_given_a_zone_and_an_honest_count():
    with pytest.raises(ValueError, match="time zone"):
        school_form(printed_at=school_form().printed_at.replace(tzinfo=None))
    with pytest.raises(ValueError, match="overdue_total"):
        school_form(overdue=overdue(2), overdue_total=1)


def test_a_zone_of_half_an_hour_is_printed_in_full():
    zone = timezone(-timedelta(hours=3, minutes=30))
    text = read_text(print_movement(school_form(printed_at=datetime(2026, 11, 23, 4, 5, tzinfo=zone))))
    assert "23.11.2026 04:05 (UTC−3:30)" in text


def test_totals_of_the_sample_add_up():
    rows = (row("а", 1), row("б", 2), row("в", 3, subtotal=True))
    assert total(rows).total == rows[0].total + rows[1].total
