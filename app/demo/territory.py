"""The region, its municipalities with their codes, and which schools stand where."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random

from app.demo.engine.names import latin, stranger
from app.demo.engine.numbers import Numbers
from app.demo.engine.places import PLACES, Place
from app.demo.engine.plan import (
    DAY,
    DISCIPLINE_WEIGHTS,
    DISCIPLINES,
    SIX_DAY_SHARE,
    SMALLEST_SCHOOL,
    Discipline,
    Plan,
    share_out,
)
from app.demo.engine.rows import Clerk, Row, Rows
from app.models.monitoring.starts import SchoolStart
from app.models.schools import GradeWeek, School, SchoolSettings, WorkWeek
from app.models.territory import Municipality, MunicipalityCode, Region
from app.regulation.territory import territory
from app.regulation.workdays import FIRST_DAY

BASIC_SHARE = 0.3
"""Of village schools, those that end with the ninth grade."""
STREETS = ("Советская", "Ленина", "Школьная", "Морская", "Победы", "Пушкина", "Комсомольская", "Лесная", "Садовая",
           "Чехова", "Набережная", "Молодёжная", "Приморская", "Невельского", "Дзержинского")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """One school to be: where it stands, how it is called, how large and how orderly it is."""

    number: int
    place: Place
    municipality_id: int
    code: str
    title: str
    settlement: str
    login: str
    pupils: int
    basic: bool
    work_week: int
    discipline: Discipline
    started_on: date
    """The day from which it keeps its records here."""
    late: bool
    """It began in the middle of a year, by an act of the region."""

    @property
    def name(self) -> str:
        return f"МБОУ {'ООШ' if self.basic else 'СОШ'} {self.title}"

    @property
    def full_name(self) -> str:
        level = "основная" if self.basic else "средняя"
        return (
            f"Муниципальное бюджетное общеобразовательное учреждение {level} общеобразовательная школа "
            f"{self.title} Сахалинской области"
        )

    @property
    def last_grade(self) -> int:
        return 9 if self.basic else 11


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place for a school before its size is known."""

    place: Place
    title: str
    settlement: str
    login: str
    weight: float
    basic: bool


def add_territory(rows: Rows, clerk: Clerk, plan: Plan) -> dict[str, int]:
    """The region and all its municipalities; the key of each by its ОКТМО."""
    stamp, shipped, heads = clerk.stamp(plan.started_on), territory(), _heads(plan)
    names = {"name": shipped.region, "name_genitive": shipped.region_genitive, "authority": shipped.ministry}
    minister = {"head_post": f"Министр образования {shipped.region_genitive}"} | next(heads)
    region = rows.add(Region, stamp | names | minister)
    keys = {}
    for place in PLACES:
        names = {"name": place.name, "name_genitive": shipped.municipalities[place.oktmo].genitive}
        own = {"region_id": region["id"], "authority": place.authority, "head_post": place.head_post} | next(heads)
        keys[place.oktmo] = rows.add(Municipality, stamp | names | own)["id"]
        code = {"municipality_id": keys[place.oktmo], "oktmo": place.oktmo, "valid_from": shipped.codes_valid_from}
        rows.add(MunicipalityCode, stamp | code)
    return keys


def _heads(plan: Plan) -> Iterator[dict[str, str]]:
    """Made-up heads of the authorities, and numbers at which nobody answers."""
    rng = plan.rng("heads")
    for number in count():
        name = stranger(rng)
        signed = f"{name.first[0]}. {name.middle[0]}. {name.last}"
        yield {"head_name": signed, "phone": f"+7 900 000-{number // 100:02}-{number % 100:02}"}


def sites(plan: Plan, municipality_ids: dict[str, int]) -> list[Site]:
    """The schools, spread over the municipalities by their people, and the pupils over the schools."""
    rng = plan.rng("sites")
    spots = [spot for place, number in _schools_by_place(plan.schools) for spot in _spots(rng, place, number)]
    sizes = share_out(plan.pupils, [spot.weight for spot in spots], SMALLEST_SCHOOL)
    within: dict[str, int] = dict.fromkeys(municipality_ids, 0)
    found = []
    for number, (spot, size) in enumerate(zip(spots, sizes, strict=True)):
        oktmo = spot.place.oktmo
        late = plan.late_start is not None and number == plan.schools - 1
        within[oktmo] += 1
        found.append(
            Site(
                number=number,
                place=spot.place,
                municipality_id=municipality_ids[oktmo],
                code=f"65{municipality_ids[oktmo]:02}{within[oktmo]:02}",
                title=spot.title,
                settlement=spot.settlement,
                login=spot.login,
                pupils=size,
                basic=spot.basic,
                work_week=_week(rng, within[oktmo], found),
                discipline=rng.choices(DISCIPLINES, DISCIPLINE_WEIGHTS)[0],
                started_on=plan.late_start if late and plan.late_start else plan.started_on,
                late=late,
            )
        )
    return found


def _week(rng: Random, place: int, before: list[Site]) -> int:
    """The first school of a town is the one people try out: its week is the usual one. Of the others one has six days
    for sure."""
    often = rng.random() < SIX_DAY_SHARE
    sure = all(site.work_week == WorkWeek.FIVE for site in before)
    return WorkWeek.SIX if place > 1 and (often or sure) else WorkWeek.FIVE


def add_school(rows: Rows, clerk: Clerk, plan: Plan, site: Site, numbers: Numbers) -> Row:
    """The school's card and settings; the director's name is written when there is one."""
    rng = plan.rng("school", site.number)
    stamp = clerk.stamp(plan.started_on)
    card = {
        "municipality_id": site.municipality_id,
        "code": site.code,
        "name": site.name,
        "full_name": site.full_name,
        "address": f"{site.settlement}, ул. {rng.choice(STREETS)}, д. {rng.randint(1, 90)}",
        "phone": numbers.phone(),
        "email": f"{site.login}@demo.example.com",
    }
    school = rows.add(School, stamp | card | numbers.organisation())
    settings = {"school_id": school["id"], "work_week": site.work_week, "time_zone": "Asia/Sakhalin"}
    settings |= {"valid_from": FIRST_DAY, "valid_to": None}
    week = rows.add(SchoolSettings, stamp | settings)
    if site.work_week == WorkWeek.SIX:  # the office works on Saturdays, and so do grades 5–11
        grades = {"grade_from": 1, "grade_to": 4, "work_week": WorkWeek.FIVE}
        rows.add(GradeWeek, stamp | {"school_id": school["id"], "settings_id": week["id"]} | grades)
    if site.late:
        act = {"act_number": "112-р", "act_date": site.started_on - 7 * DAY}
        since = {"school_id": school["id"], "since": site.started_on}
        rows.add(SchoolStart, clerk.stamp(site.started_on - DAY) | since | act)
    return school


def _schools_by_place(schools: int) -> list[tuple[Place, int]]:
    """Every municipality gets a school when there are enough; otherwise the larger ones get one each."""
    if schools < len(PLACES):
        chosen = sorted(PLACES, key=lambda place: -place.people)[:schools]
        return [(place, 1) for place in PLACES if place in chosen]
    return list(zip(PLACES, share_out(schools, [place.people for place in PLACES], 1), strict=True))


def _spots(rng: Random, place: Place, schools: int) -> Iterator[_Spot]:
    in_villages = min(len(place.villages), schools - max(1, round(schools * place.town_share)))
    size = 5.0 if place.people > 100 else 2.5
    for number in range(1, schools - in_villages + 1):
        weight = size * rng.uniform(0.6, 1.4)
        title = f"№ {number} {place.town.of}"
        yield _Spot(place, title, place.town.name, f"{place.town.login}{number}", weight, basic=False)
    for village in place.villages[:in_villages]:
        basic = rng.random() < BASIC_SHARE
        name = village if village.startswith("пгт ") else f"с. {village}"
        login = latin(village.removeprefix("пгт "))
        yield _Spot(place, name, name, login, 0.45 * rng.uniform(0.5, 1.6), basic)
