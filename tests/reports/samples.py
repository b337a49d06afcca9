"""Made-up forms of the three levels: a school, a municipality of six schools, a region of 170."""

from datetime import date, datetime, timedelta, timezone
from itertools import cycle

from app.reports.movement.data import FormRow, Level, MovementForm, OverdueItem
from app.russian import short_name

SAKHALIN = timezone(timedelta(hours=11))
RULES = (
    "Приказ о выбытии из школы",
    "Приказ о зачислении в школу",
    "Приказ о зачислении в 1 класс",
    "Приказ о зачислении в 10 класс",
    "Приказ о переводе на следующий учебный год",
    "Приказ об оставлении на повторное обучение",
    "Приказ о выпуске из школы",
    "Приказ об оставлении на повторное обучение в 9 классе",
)
SCHOOLS = (
    "МБОУ СОШ № 1 г. Холмска",
    "МАОУ «Гимназия № 2»",
    "МБОУ СОШ с. Правда",
    "МБОУ СОШ с. Чехов муниципального образования «Холмский городской округ»",
    "МБОУ СОШ № 6",
    (
        "Муниципальное автономное общеобразовательное учреждение средняя общеобразовательная школа № 8 "
        "имени Героя Советского Союза генерал-лейтенанта К. А. Недорубова с углублённым изучением отдельных предметов"
    ),
)
REASONS = (
    (
        "Приказ не внесён. Срок — 2 рабочих дня после 30.12.2025; не считались 31.12.2025 – 11.01.2026 "
        "(новогодние каникулы и выходные дни)."
    ),
    "Приказ не внесён. Срок — 2 рабочих дня после события.",
)
PUPILS = tuple(
    f"{short_name(*name)}, {school_class}"
    for name, school_class in (
        (("Ким", "Анна", "Олеговна"), "5 «А»"),
        (("Константинопольская-Преображенская", "Елена", "Андреевна"), "10 «Б»"),
        (("Ли", "Вера", None), "1 «В»"),
        (("Гасанов", "Али", "Мамед оглы"), "9 «А»"),
    )
)


def row(title: str, seed: int, *, subtotal: bool = False) -> FormRow:
    on_time, late, overdue = 290 + seed * 37 % 1400, seed * 7 % 33, seed * 5 % 17
    pending, not_applicable = seed % 4, seed % 3
    counted = on_time + late + overdue
    return FormRow(
        title, counted + pending, on_time, late, pending, overdue, not_applicable, on_time / counted, subtotal=subtotal
    )


def total(rows: tuple[FormRow, ...], title: str = "Итого") -> FormRow:
    names = ("total", "on_time", "late", "pending", "overdue", "not_applicable")
    sums = {name: sum(getattr(row, name) for row in rows if not row.subtotal) for name in names}
    counted = sums["on_time"] + sums["late"] + sums["overdue"]
    return FormRow(title, **sums, share=sums["on_time"] / counted if counted else None)


def overdue(number: int) -> tuple[OverdueItem, ...]:
    parts = zip(cycle(SCHOOLS), cycle(RULES), cycle(PUPILS), cycle(REASONS), range(number), strict=False)
    return tuple(
        OverdueItem(
            organisation=school,
            rule_title=rule,
            clause="3.3.3.2, 3.3.4.4",
            subject=pupil,
            event=date(2025, 12, 30) if index % 3 else None,
            due=date(2026, 1, 13),
            days=314 + index,
            reason=reason,
            responsible="Секретарь Пак Н. С." if index % 4 else "Секретарь учебной части не назначен",
        )
        for school, rule, pupil, reason, index in parts
    )


def form(level: Level, **changes: object) -> MovementForm:
    rules = tuple(row(rule, seed) for seed, rule in enumerate(RULES, 2))
    data = {
        "organisation": "Управление образования муниципального образования «Холмский городской округ»",
        "level": level,
        "period_from": date(2025, 9, 1),
        "period_to": date(2026, 8, 31),
        "as_of": date(2026, 11, 23),
        "printed_at": datetime(2026, 11, 23, 14, 30, tzinfo=SAKHALIN),
        "printed_by": "Акимова К. С.",
        "printed_by_role": "сотрудник управления образования",
        "clause": "пункты 3.3.3.2, 3.3.4.4 Регламента",
        "rule_rows": rules,
        "totals": total(rules),
        "signatories": ("Директор", "Ответственный за использование АИС СГО"),
        "notes": ("Срок «до 31 августа» включает сам этот день; если он нерабочий — до следующего рабочего дня.",),
    }
    return MovementForm(**(data | changes))


def school_form(**changes: object) -> MovementForm:
    name = "Муниципальное бюджетное общеобразовательное учреждение средняя общеобразовательная школа № 1 г. Холмска"
    items = overdue(7)
    return form("school", **({"organisation": name, "overdue": items, "overdue_total": len(items)} | changes))


def municipality_form(**changes: object) -> MovementForm:
    schools = tuple(row(school, seed) for seed, school in enumerate(SCHOOLS, 1))
    items = overdue(40)
    data = {
        "org_rows": schools,
        "totals": total(schools, "Итого: 6 организаций"),
        "overdue": items,
        "overdue_total": len(items),
        "signatories": ("Начальник управления образования", "Ответственный исполнитель"),
    }
    return form("municipality", **(data | changes))


def region_form(schools: int = 170, items: int = 300, **changes: object) -> MovementForm:
    rows: list[FormRow] = []
    for index, name in zip(range(schools), cycle(SCHOOLS), strict=False):
        if index % 10 == 0:
            rows.append(row(f"Муниципальный округ № {index // 10 + 1}", index + 5, subtotal=True))
        rows.append(row(name, index + 1))
    data = {
        "organisation": "Министерство образования Сахалинской области",
        "org_rows": tuple(rows),
        "totals": total(tuple(rows), f"Итого: {schools} организаций"),
        "overdue": overdue(items),
        "overdue_total": items + 926,
        "signatories": ("Министр образования Сахалинской области", "Региональный специалист"),
    }
    return form("region", **(data | changes))
