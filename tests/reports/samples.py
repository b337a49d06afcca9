"""Made-up forms of the three levels: a school, a municipality of six schools, a region of 170."""

from datetime import date, datetime, timedelta, timezone
from itertools import cycle

from app.reports.movement.data import Annex, FormRow, Level, ListedItem, MovementForm, SchoolList, Signatory
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
        "Приказ не внесён. Срок – 2 рабочих дня после 30.12.2025; не считались 31.12.2025 – 11.01.2026 "
        "(новогодние каникулы и выходные дни)."
    ),
    "Приказ не внесён. Срок – 2 рабочих дня после события.",
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


def items(number: int, *, entered: bool = False) -> tuple[ListedItem, ...]:
    parts = zip(cycle(RULES), cycle(PUPILS), cycle(REASONS), range(number), strict=False)
    return tuple(
        ListedItem(
            rule_title=rule,
            clause="3.3.3.2, 3.3.4.4",
            subject=pupil,
            event=date(2025, 12, 30) if index % 3 else None,
            due=date(2026, 1, 13),
            days=314 + index,
            basis=reason,
            entered=date(2026, 1, 14) if entered else None,
        )
        for rule, pupil, reason, index in parts
    )


def lists(number: int, schools: tuple[str, ...] = SCHOOLS, *, entered: bool = False) -> tuple[SchoolList, ...]:
    """The records shared out among the schools, those without any left out."""
    every = items(number, entered=entered)
    shared = [every[place :: len(schools)] for place in range(len(schools))]
    told = "Ответственные: секретарь: Пак Н. С."
    return tuple(SchoolList(school, told, own) for school, own in zip(schools, shared, strict=True) if own)


def annex(missing: int, late: int = 0, title: str = "", schools: tuple[str, ...] = SCHOOLS) -> Annex:
    return Annex(title, lists(missing, schools), lists(late, schools, entered=True))


def form(level: Level, **changes: object) -> MovementForm:
    rules = tuple(row(rule, seed) for seed, rule in enumerate(RULES, 2))
    data = {
        "title": "Мониторинг движения обучающихся",
        "subject": "соблюдение сроков внесения приказов о движении обучающихся",
        "rows_title": "По видам приказов",
        "row_head": "Приказ",
        "authority": "Управление образования муниципального образования «Холмский городской округ»",
        "organisation": "Холмский городской округ",
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
        "signatories": (Signatory("Директор", "Савин О. П."), Signatory("Заместитель директора")),
        "executor": "Акимова К. С., тел. +7 900 000-00-01",
        "corrections": "Исправления, повлиявшие на показатели: 3; ждут подтверждения: 1.",
        "notes": ("Срок «до 31 августа» включает сам этот день; если он нерабочий – до следующего рабочего дня.",),
    }
    return MovementForm(**(data | changes))


def school_form(missing: int = 7, late: int = 0, **changes: object) -> MovementForm:
    name = "Муниципальное бюджетное общеобразовательное учреждение средняя общеобразовательная школа № 1 г. Холмска"
    annexes = (annex(missing, late, schools=(name,)),)
    return form("school", **({"authority": name, "organisation": name, "annexes": annexes} | changes))


def municipality_form(missing: int = 40, late: int = 20, **changes: object) -> MovementForm:
    schools = tuple(row(school, seed) for seed, school in enumerate(SCHOOLS, 1))
    data = {
        "org_rows": schools,
        "totals": total(schools, "Итого: 6 организаций"),
        "annexes": (annex(missing, late),),
        "signatories": (Signatory("Начальник управления образования", "М. Г. Пестов"),),
    }
    return form("municipality", **(data | changes))


def region_form(schools: int = 170, missing: int = 300, late: int = 300, **changes: object) -> MovementForm:
    rows: list[FormRow] = []
    for index, name in zip(range(schools), cycle(SCHOOLS), strict=False):
        if index % 10 == 0:
            rows.append(row(f"Муниципальный округ № {index // 10 + 1}", index + 5, subtotal=True))
        rows.append(row(name, index + 1))
    districts = [each.title for each in rows if each.subtotal]
    data = {
        "authority": "Министерство образования Сахалинской области",
        "organisation": "Сахалинская область",
        "org_rows": tuple(rows),
        "totals": total(tuple(rows), f"Итого: {schools} организаций"),
        "annexes": tuple(annex(missing // len(districts), late // len(districts), each) for each in districts),
        "signatories": (Signatory("Министр образования Сахалинской области"),),
    }
    return form("region", **(data | changes))
