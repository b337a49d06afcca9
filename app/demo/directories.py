"""Directories of the demo region and of its schools: examples, no norms. The shipped ones are loaded apart."""

from random import Random

from app.demo.engine.plan import Plan
from app.demo.engine.rows import Clerk, Rows
from app.models.directories.people import FamilyCategory, HealthGroup, MovementReason, PreventiveCategory
from app.models.directories.study import AchievementKind, Platform, Room, StudyProfile, Subject, SubjectArea

SUBJECTS = {
    "Русский язык и литература": {
        "Русский язык": "Рус. яз.", "Литература": "Лит-ра", "Литературное чтение": "Лит. чт.",
    },
    "Иностранные языки": {"Английский язык": "Англ. яз."},
    "Математика и информатика": {
        "Математика": "Матем.", "Алгебра": "Алгебра", "Геометрия": "Геом.", "Информатика": "Инф.",
    },
    "Общественно-научные предметы": {"История": "История", "Обществознание": "Общество", "География": "Геогр."},
    "Естественно-научные предметы": {"Физика": "Физика", "Химия": "Химия", "Биология": "Биол."},
    "Искусство": {"Изобразительное искусство": "ИЗО", "Музыка": "Музыка"},
    "Технология": {"Труд (технология)": "Труд"},
    "Физическая культура": {"Физическая культура": "Физ-ра"},
}  # fmt: skip
"""Area → subject → how a timetable writes it."""
OTHERS = {
    StudyProfile: (
        "Естественно-научный",
        "Гуманитарный",
        "Социально-экономический",
        "Технологический",
        "Универсальный",
    ),
    AchievementKind: ("Олимпиада", "Конкурс", "Спортивное соревнование", "Научно-практическая конференция", "Проект"),
    MovementReason: ("Переезд", "По желанию родителей", "Смена формы обучения", "По состоянию здоровья"),
    FamilyCategory: ("Многодетная", "Неполная", "Опекунская", "Малообеспеченная"),
    PreventiveCategory: ("Внутришкольный учёт", "Учёт ПДН", "Учёт КДН и ЗП"),
}
GROUPS = ("I", "II", "III", "IV", "V")
PURPOSES = (
    "начальные классы",
    "русский язык",
    "математика",
    "английский язык",
    "история",
    "физика",
    "химия",
    "география",
)
HALLS = {"Актовый зал": ("собрания и праздники", 120), "Спортивный зал": ("физическая культура", 30)}


def add_directories(rows: Rows, clerk: Clerk, plan: Plan) -> None:
    """What the region keeps for all its schools."""
    stamp = clerk.stamp(plan.started_on)
    for place, (area, subjects) in enumerate(SUBJECTS.items(), 1):
        key = rows.add(SubjectArea, stamp | {"title": area, "sort_order": place * 10})["id"]
        for number, (title, short) in enumerate(subjects.items(), 1):
            values = {"title": title, "abbreviation": short, "area_id": key, "sort_order": place * 100 + number}
            rows.add(Subject, stamp | values)
    for model, titles in OTHERS.items():
        for title in titles:
            rows.add(model, stamp | {"title": title})
    for number, title in enumerate(GROUPS, 1):
        rows.add(HealthGroup, stamp | {"title": title, "sort_order": number * 10})


def add_own(rows: Rows, clerk: Clerk, plan: Plan, school_id: int, classes: int, rng: Random) -> None:
    """What a school keeps besides: its rooms, one of them closed, and a platform."""
    stamp = clerk.stamp(plan.started_on) | {"school_id": school_id}
    for number in range(max(6, classes)):
        floor, place = divmod(number, 8)
        values = {"title": f"{floor + 1}{place + 1:02}", "floor": str(floor + 1), "building": "Главный корпус"}
        values |= {"capacity": rng.choice((24, 26, 28, 30)), "purpose": PURPOSES[number % len(PURPOSES)]}
        closed = plan.started_on if number == classes // 2 else None
        rows.add(Room, stamp | values | {"closed_on": closed})
    for title, (purpose, capacity) in HALLS.items():
        rows.add(Room, stamp | {"title": title, "floor": "1", "purpose": purpose, "capacity": capacity})
    rows.add(Platform, stamp | {"title": "Платформа школы (пример)"})
