"""What the pages of compliance ask: whose duties, on which day, and what each answer leads to (4.1).

Nobody asks beyond his own schools: a question is about the schools of the organisation that the actor may see.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import duties, of_records, queries, unconfirmed
from app.compliance.bindings.movement import rules_of
from app.compliance.evaluate import Judgement, judge_all
from app.compliance.judged_by import as_set
from app.compliance.status import Status, share
from app.models.movement import MovementOrder
from app.models.schools import School
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource, Scope
from app.regulation.schema import Rule
from app.security.actor import Actor, Holding, united
from app.services.monitoring.responsible import Responsible, named, responsible
from app.services.territory.organisations import (
    Organisation,
    municipalities,
    of_municipality,
    of_region,
    of_school,
    resolve,
    schools_of,
)

SchoolIds = frozenset[int] | None
PAGE = 5_000
"""Records read at once where all of them are wanted."""
WHOLE = frozenset({"director", "administrator", "deputy", "municipal", "regional", "Admin"})
"""Roles that answer for all duties of their schools; the others see the rules that name them (access.md)."""

WORST = (Status.NOT_APPLICABLE, Status.ON_TIME, Status.PENDING, Status.LATE, Status.OVERDUE)
"""From the best to the worst."""


@dataclass(frozen=True)
class Tally:
    """Obligations counted by status."""

    on_time: int = 0
    late: int = 0
    pending: int = 0
    overdue: int = 0
    not_applicable: int = 0

    @classmethod
    def sum(cls, tallies: Iterable["Tally"]) -> "Tally":
        tallies = list(tallies)
        return cls(*(sum(getattr(tally, each.name) for tally in tallies) for each in fields(cls)))

    @classmethod
    def of(cls, counts: Iterable[queries.Count]) -> "Tally":
        found = dict.fromkeys(Status, 0)
        for each in counts:
            found[each.status] += each.number
        return cls(**{status.value: number for status, number in found.items()})

    def counts(self) -> dict[Status, int]:
        return {status: getattr(self, status.value) for status in Status}

    @property
    def total(self) -> int:
        """Everything counted, what does not apply included: it is the number of records behind the link."""
        return sum(self.counts().values())

    @property
    def share(self) -> float | None:
        return share(self.on_time, self.late, self.overdue)


@dataclass(frozen=True)
class Question:
    """Obligations of these rules in an organisation's schools, opened between `since` and the day `on`."""

    organisation: Organisation
    on: date
    since: date | None = None
    rules: tuple[str, ...] = field(default_factory=duties.rules)
    forecast: bool = False
    """The day is still to come (`as_of.question_of`)."""


def rules_for(actor: Actor, organisation: Organisation, action: Action = Action.VIEW) -> tuple[str, ...]:
    """The rules whose compliance the actor may see there: by the roles that reach it, not by those held elsewhere."""
    roles = {held.role for held in actor.holding(Resource.COMPLIANCE, action) if _reaches(held, organisation, action)}
    if actor.is_system or roles & WHOLE:
        return duties.rules()
    rules = load_regulation().rules
    return tuple(rule for rule in duties.rules() if roles & {*rules[rule].enters, *rules[rule].controls})


def organisation_for(session: Session, actor: Actor, code: str | None, action: Action = Action.VIEW) -> Organisation:
    """An organisation by its code, narrowed to the actor's schools; without a code the highest one of the actor.

    Raises LookupError for an unknown code and for one beyond the actor's schools: its existence is not told.
    """
    organisation = resolve(session, code) if code else _highest(session, actor, action)
    held = actor.holding(Resource.COMPLIANCE, action)
    if not actor.is_system and not any(_reaches(each, organisation, action) for each in held):
        raise LookupError("Такой организации нет среди доступных вам.")
    return organisation


def _reaches(held: Holding, organisation: Organisation, action: Action) -> bool:
    """A role reaches an organisation when it holds all its schools; a school's role reaches no municipality."""
    if held.school_ids is None:
        return True
    whole = organisation.level == "school" or Scope.MUNICIPALITY in held.grants[(Resource.COMPLIANCE, action)]
    schools = organisation.school_ids
    return whole and bool(schools) and schools is not None and schools <= held.school_ids


def _schools(actor: Actor, action: Action) -> SchoolIds:
    """The schools about whose duties the actor may ask; one's own duties (rows «свои») are asked about there too."""
    if actor.is_system:
        return None
    return united(held.school_ids for held in actor.holding(Resource.COMPLIANCE, action))


def _scopes(actor: Actor, action: Action) -> set[Scope]:
    key = (Resource.COMPLIANCE, action)
    return {scope for held in actor.holding(*key) for scope in held.grants[key]}


def _highest(session: Session, actor: Actor, action: Action) -> Organisation:
    """Where the actor starts: the region, his municipality or his school; with several schools the first by name."""
    allowed = _schools(actor, action)
    if allowed is None:
        return of_region(session)
    schools = session.scalars(select(School).where(School.id.in_(sorted(allowed))).order_by(School.name)).all()
    if not schools:
        raise LookupError("У вашей роли нет школ, сроки которых можно смотреть.")
    if Scope.MUNICIPALITY in _scopes(actor, action):
        return of_municipality(session, schools[0].municipality)
    return of_school(schools[0])


def by_rule(session: Session, question: Question) -> dict[str, Tally]:
    """Rule → counts, for every rule asked about."""
    return _by_rule(question, _counts(session, question, "rule"))


Children = list[tuple[Organisation, Tally]]


def overview(session: Session, question: Question) -> tuple[dict[str, Tally], Children | None]:
    """Counts by rule, and by the municipalities of the region or the schools of a municipality: one set of counts.

    A school has no children: None.
    """
    level = question.organisation.level
    if level == "school":
        return by_rule(session, question), None
    found = _counts(session, question, "municipality" if level == "region" else "school")
    below = municipalities(session) if level == "region" else schools_of(session, question.organisation)
    return _by_rule(question, found), _by_child(below, found)


def schools(session: Session, question: Question) -> Children:
    """Every school of the organisation with its counts, by name."""
    return _by_child(schools_of(session, question.organisation), _counts(session, question, "school"))


def matrix(session: Session, question: Question) -> list[tuple[Organisation, dict[str, Tally]]]:
    """Of every school of a municipality, or municipality of the region, the counts of each rule: one set of counts."""
    of_region = question.organisation.level == "region"
    found: dict[tuple[int | None, str], list[queries.Count]] = defaultdict(list)
    for each in _counts(session, question, "municipality" if of_region else "school"):
        found[each.group, each.rule].append(each)
    below = municipalities(session) if of_region else schools_of(session, question.organisation)
    return [
        (child, {rule: Tally.of(found[child.id, rule]) for rule in question.rules if (child.id, rule) in found})
        for child in below
    ]


def responsible_for(session: Session, question: Question) -> tuple[Responsible, list[Rule]]:
    """Who answers for the question's rules in its schools on its day, and those rules."""
    rules = [load_regulation().rules[rule] for rule in question.rules]
    return responsible(session, question.organisation.school_ids, rules, question.on), rules


def _by_rule(question: Question, found: list[queries.Count]) -> dict[str, Tally]:
    return {rule: Tally.of(each for each in found if each.rule == rule) for rule in question.rules}


def _by_child(below: list[Organisation], found: list[queries.Count]) -> Children:
    grouped: dict[int | None, list[queries.Count]] = defaultdict(list)
    for each in found:
        grouped[each.group].append(each)
    return [(child, Tally.of(grouped[child.id])) for child in below]


def _counts(session: Session, question: Question, group: str) -> list[queries.Count]:
    school_ids = question.organisation.school_ids
    return queries.counts(session.connection(), question.rules, school_ids, question.on, question.since, group)


def records(
    session: Session, question: Question, status: Status | None, limit: int, after: Sequence[Any] | None = None
) -> list[Judgement]:
    """The obligations behind a number, each judged; `after` is the place of the last one seen."""
    connection, school_ids = session.connection(), question.organisation.school_ids
    found = queries.records(
        connection, question.rules, school_ids, question.on, status, question.since, limit=limit, after=after
    )
    return named(session, judge_all(connection, found, question.on), question.on)


def every_record(session: Session, question: Question, status: Status | None) -> Iterator[Judgement]:
    """All of them, read a page at a time."""
    after: Sequence[Any] | None = None
    while page := records(session, question, status, PAGE, after):
        yield from page
        after = page[-1].record.place


def unconfirmed_number(session: Session, question: Question) -> int:
    """«Снято, ждёт подтверждения»: counted as late, and told apart."""
    school_ids = question.organisation.school_ids
    return unconfirmed.number(session.connection(), question.rules, school_ids, question.on, question.since)


def unconfirmed_records(
    session: Session, question: Question, limit: int, after: Sequence[Any] | None = None
) -> list[Judgement]:
    """The obligations behind that number; `after` as in `records`."""
    connection, school_ids = session.connection(), question.organisation.school_ids
    found = unconfirmed.records(
        connection, question.rules, school_ids, question.on, question.since, limit=limit, after=after
    )
    return judge_all(connection, found, question.on)


def above(session: Session, actor: Actor, organisation: Organisation) -> list[Organisation]:
    """The organisations over this one that the actor may open, highest first."""
    if organisation.level == "region":
        return []
    of_all = _schools(actor, Action.VIEW) is None
    found = [of_region(session)] if of_all else []
    if organisation.level == "school" and (of_all or Scope.MUNICIPALITY in _scopes(actor, Action.VIEW)):
        school = session.get_one(School, organisation.id)
        found.append(of_municipality(session, school.municipality))
    return found


def organisations_of(session: Session, actor: Actor) -> list[Organisation]:
    """Every organisation whose form the actor may print, highest first."""
    top = organisation_for(session, actor, None, Action.PRINT)
    if top.level == "school":
        return [top]
    if top.level == "municipality":
        return [top, *schools_of(session, top)]
    every = {school.id: school for school in schools_of(session, top)}
    found = [top]
    for municipality in municipalities(session):
        found += [municipality, *(school for key, school in every.items() if key in (municipality.school_ids or ()))]
    return found


def of_card(
    session: Session, school_ids: SchoolIds, table: str, key: int, on: date, rules: Sequence[str]
) -> list[Judgement]:
    """The story of a person: every obligation of these rules about him, newest first."""
    connection = session.connection()
    found = of_records.facts_about(connection, table, [key], school_ids, on, rules)
    judged = sorted(judge_all(connection, found, on), key=lambda each: each.record.anchor, reverse=True)
    return named(session, judged, on)


def of_orders(
    session: Session, school_ids: SchoolIds, orders: Sequence[MovementOrder], on: date
) -> dict[int, tuple[Status, int]]:
    """Number of an order → how the worst of the duties that it does stands, and its days; nothing where it does none. A
    fixed number of queries for however many orders."""
    connection, rules = session.connection(), {rule for order in orders for rule in rules_of(order.kind)}
    keys, own = [order.id for order in orders], frozenset(order.school_id for order in orders)
    if school_ids is not None:
        own &= school_ids
    settings = as_set(connection, own, on)  # of a region only the schools of these orders, once
    about = connection, MovementOrder.__tablename__, keys, own, on, rules
    found = defaultdict[int, list[tuple[Status, int]]](list)
    for each in of_records.standings_about(*about, judged_by=settings):
        if each.evidence_id in keys:
            found[each.evidence_id].append((each.status, each.days))
    return {key: max(told, key=_badness) for key, told in found.items()}


def _badness(told: tuple[Status, int]) -> tuple[int, int]:
    status, days = told
    return WORST.index(status), days


def of_order(session: Session, school_ids: SchoolIds, order: MovementOrder, on: date) -> list[Judgement]:
    """The obligations that an order bears on."""
    connection = session.connection()
    found = of_records.facts_about(connection, "movement_order", [order.id], school_ids, on, rules_of(order.kind))
    return named(session, judge_all(connection, found, on), on)
