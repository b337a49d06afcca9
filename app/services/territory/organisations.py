"""Organisations by their codes: the region, a municipality by ОКТМО (in force or past), a school."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models.schools import School
from app.models.territory import Municipality, MunicipalityCode, Region

REGION = "region"


@dataclass(frozen=True)
class Organisation:
    """A level of monitoring (4.1). `school_ids` None is every school."""

    level: Literal["region", "municipality", "school"]
    code: str
    title: str
    id: int | None
    school_ids: frozenset[int] | None


def resolve(session: Session, code: str) -> Organisation:
    """`region`, an ОКТМО of eight digits or a school's code. Raises LookupError with a Russian line."""
    code = code.strip()
    if code == REGION:
        return of_region(session)
    school = session.scalar(select(School).where(School.code == code.upper()))
    if school is not None:
        return of_school(school)
    newest = select(MunicipalityCode).where(MunicipalityCode.oktmo == code).order_by(MunicipalityCode.valid_from.desc())
    dated = session.scalars(newest.limit(1)).first()
    if dated is None:
        raise LookupError(f"Организации с кодом «{code[:40]}» нет. Ожидается region, ОКТМО (8 цифр) или код школы.")
    return of_municipality(session, dated.municipality)


def of_region(session: Session) -> Organisation:
    region = session.scalar(select(Region).order_by(Region.id).limit(1))
    return Organisation("region", REGION, region.name if region else "Регион", region.id if region else None, None)


def of_school(school: School) -> Organisation:
    return Organisation("school", school.code, school.name, school.id, frozenset({school.id}))


def of_municipality(session: Session, municipality: Municipality) -> Organisation:
    return _with_schools(session, [municipality])[0]


def municipalities(session: Session) -> list[Organisation]:
    """Every municipality, by name, in three queries."""
    statement = select(Municipality).options(selectinload(Municipality.codes)).order_by(Municipality.name)
    return _with_schools(session, list(session.scalars(statement)))


def schools_of(session: Session, organisation: Organisation) -> list[Organisation]:
    """The schools of an organisation, by name."""
    statement = select(School).order_by(School.name)
    if organisation.school_ids is not None:
        statement = statement.where(School.id.in_(sorted(organisation.school_ids)))
    return [of_school(school) for school in session.scalars(statement)]


@dataclass(frozen=True)
class Letterhead:
    """What stands at the head of an organisation's paper, and who signs for it."""

    name: str
    """The full official name of the authority or the school."""
    phone: str
    head_post: str = ""
    head_name: str = ""
    """The head of an authority; a school's director follows from the appointments."""


def letterhead(session: Session, organisation: Organisation) -> Letterhead:
    """Of a school its own, of a municipality and the region their authority's. Before they are there, by the title."""
    if organisation.id is None:
        return Letterhead(organisation.title, "")
    if organisation.level == "school":
        school = session.get_one(School, organisation.id)
        return Letterhead(school.full_name, school.phone or "")
    of = session.get_one(Region if organisation.level == "region" else Municipality, organisation.id)
    return Letterhead(of.authority, of.phone or "", of.head_post or "", of.head_name or "")


def _with_schools(session: Session, found: list[Municipality]) -> list[Organisation]:
    schools: dict[int, set[int]] = defaultdict(set)
    wanted = select(School.municipality_id, School.id).where(School.municipality_id.in_([one.id for one in found]))
    for municipality_id, school_id in session.execute(wanted):
        schools[municipality_id].add(school_id)
    return [Organisation("municipality", _code(one), one.name, one.id, frozenset(schools[one.id])) for one in found]


def _code(municipality: Municipality) -> str:
    """The code in force, or else the last one."""
    newest = sorted(municipality.codes, key=lambda code: (code.valid_to is None, code.valid_from))
    return newest[-1].oktmo if newest else ""
