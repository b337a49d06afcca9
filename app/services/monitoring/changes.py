"""What changed between two days: what fell behind, what was made up for, what was set right, what waits (4.1).

Each day is told as it was known on it, and so the numbers of either are those of its own page of terms. Every duty
that is late or overdue on one of the days is compared with itself on the other.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.choices import Choice
from app.compliance import held, of_records, queries
from app.compliance.duties import binding_of
from app.compliance.evaluate import Judgement, judge_all
from app.compliance.queries import Failing
from app.compliance.status import Status
from app.regulation.workdays import FIRST_DAY
from app.services.monitoring import correction_lists
from app.services.monitoring.compliance import Question, Tally
from app.services.monitoring.correction_lists import Counted
from app.services.monitoring.responsible import named
from app.services.territory.organisations import Organisation, municipalities, schools_of

LATE, OVERDUE = Status.LATE, Status.OVERDUE
Place = tuple[int, str]
"""School and rule."""


class Kind(Choice):
    """What became of a duty that is late or overdue on one of two days."""

    OVERDUE = "overdue", "новые просрочки"
    LATE = "late", "новые опоздания"
    ENTERED = "entered", "закрытые просрочки"
    LIFTED = "lifted", "снятые нарушения"

    @property
    def hint(self) -> str:
        return {
            Kind.OVERDUE: "срок прошёл, не внесено",
            Kind.LATE: "внесено после срока",
            Kind.ENTERED: "числились просроченными, теперь внесены – с опозданием",
            Kind.LIFTED: "исправлено и подтверждено, аннулировано или уточнено, кто обязан",
        }[self]

    @property
    def short(self) -> str:
        """For the head of a column."""
        return {Kind.ENTERED: "закрыто", Kind.LIFTED: "снято"}.get(self, self.title_ru)

    @property
    def of_before(self) -> bool:
        """Whether it is told as it stood on the earlier day: on the later one there is nothing to tell."""
        return self is Kind.LIFTED


class Change(NamedTuple):
    kind: Kind
    duty: Failing


@dataclass
class Numbers:
    """What is compared of a school, a municipality, a rule or all of them."""

    before: Tally = field(default_factory=Tally)
    now: Tally = field(default_factory=Tally)
    changes: Counter[Kind] = field(default_factory=Counter)
    confirmed: int = 0
    """Corrections confirmed in between."""
    waiting: int = 0
    waiting_before: int = 0
    held: int = 0
    """Duties that stand as they stood before an act that would better them."""

    @property
    def changed(self) -> bool:
        return any((self.confirmed, self.waiting != self.waiting_before, *self.changes.values()))


@dataclass(frozen=True)
class Changes:
    total: Numbers
    by_rule: dict[str, Numbers]
    children: list[tuple[Organisation, Numbers]] | None
    """Municipalities of the region, schools of a municipality; a school has none."""


FORM_ID = "changes"
"""Of the printed form of the same (app/services/monitoring/changes_form.py)."""


def between(question: Question) -> Question:
    """The question with both days: where no earlier one is asked for, the same day of the month before."""
    return question if question.since is not None else replace(question, since=month_before(question.on))


def month_before(day: date) -> date:
    """27.11 → 27.10; of a day that the month before does not have its last one: 31.03 → 28.02."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return max(date(year, month, min(day.day, monthrange(year, month)[1])), FIRST_DAY)


def changes(session: Session, question: Question) -> Changes:
    """Between `since` and `on` of the question, in its schools."""
    places = _by_place(session, question)
    by_rule = {rule: _sum(each for place, each in places.items() if place[1] == rule) for rule in question.rules}
    for name, (counted, asked) in _counted(question).items():
        named = correction_lists.by_rule(session, counted, asked)
        for rule, numbers in by_rule.items():
            setattr(numbers, name, named.get(rule, 0))  # one that is about several rules stands under each
    children = [
        (child, _sum(each for place, each in places.items() if place[0] in (child.school_ids or ())))
        for child in _below(session, question.organisation)
    ]
    of_school = question.organisation.level == "school"
    return Changes(_sum(places.values()), by_rule, None if of_school else children)


def _below(session: Session, organisation: Organisation) -> list[Organisation]:
    if organisation.level == "region":
        return municipalities(session)
    return schools_of(session, organisation) if organisation.level == "municipality" else []


def _by_place(session: Session, question: Question) -> dict[Place, Numbers]:
    found: dict[Place, Numbers] = defaultdict(Numbers)
    for place, tally in _tallies(session, _day_before(question)).items():
        found[place].before = tally
    for place, tally in _tallies(session, question).items():
        found[place].now = tally
    for change in compared(session, question):
        found[change.duty.school_id, change.duty.rule].changes[change.kind] += 1
    for name, numbers in _of_corrections(session, question).items():
        for (school_id, rule), number in numbers.items():
            setattr(found[school_id, rule or ""], name, number)
    return found


def _day_before(question: Question) -> Question:
    """The question as of the earlier day."""
    return replace(question, on=question.since or question.on, since=None, forecast=False)


def _tallies(session: Session, question: Question) -> dict[Place, Tally]:
    grouped: dict[Place, list[queries.Count]] = defaultdict(list)
    school_ids = question.organisation.school_ids
    for each in queries.counts(session.connection(), question.rules, school_ids, question.on):
        grouped[each.group or 0, each.rule].append(each)
    return {place: Tally.of(counts) for place, counts in grouped.items()}


def _counted(question: Question) -> dict[str, tuple[Counted, Question]]:
    """Number → which corrections it counts, and of which question."""
    return {
        "confirmed": (Counted.SINCE, question),
        "waiting": (Counted.WAITING, question),
        "waiting_before": (Counted.WAITING, _day_before(question)),
    }


def _of_corrections(session: Session, question: Question) -> dict[str, Mapping[Any, int]]:
    standing = held.numbers(session.connection(), question.rules, question.organisation.school_ids, question.on)
    return {
        **{name: correction_lists.by_place(session, *each) for name, each in _counted(question).items()},
        "held": standing,
    }


def _sum(numbers: Iterable[Numbers]) -> Numbers:
    rows = list(numbers)
    return Numbers(
        Tally.sum(each.before for each in rows),
        Tally.sum(each.now for each in rows),
        sum((each.changes for each in rows), Counter()),
        *(sum(getattr(each, name) for each in rows) for name in ("confirmed", "waiting", "waiting_before", "held")),
    )


def compared(session: Session, question: Question) -> Iterator[Change]:
    """Every duty that fails otherwise than it did, in a fixed order."""
    connection, school_ids = session.connection(), question.organisation.school_ids
    before = queries.failing(connection, question.rules, school_ids, _day_before(question).on)
    now = queries.failing(connection, question.rules, school_ids, question.on)
    same = set(before).intersection(now)
    stood = _by_card(each for each in before if each not in same)
    for card, duties in _by_card(each for each in now if each not in same).items():
        yield from _told(stood.pop(card, []), duties)
    for duties in stood.values():
        yield from (Change(Kind.LIFTED, each) for each in duties)


def _by_card(duties: Iterable[Failing]) -> dict[tuple[str, int, int], list[Failing]]:
    """By rule and card: what was missing and was entered late is another record, of the same person."""
    found: dict[tuple[str, int, int], list[Failing]] = defaultdict(list)
    for each in duties:
        found[each.rule, each.school_id, each.about_id or each.subject_id].append(each)
    return found


def _told(before: Sequence[Failing], now: Sequence[Failing]) -> Iterator[Change]:
    missing = sum(each.status is OVERDUE for each in before)
    for duty in now:
        entered = duty.status is LATE and missing > 0
        missing -= entered
        kind = Kind.ENTERED if entered else Kind.LATE if duty.status is LATE else Kind.OVERDUE
        yield Change(kind, duty)
    overdue = [each for each in before if each.status is OVERDUE]
    rest = [each for each in before if each.status is LATE] + overdue[:missing]
    yield from (Change(Kind.LIFTED, each) for each in rest)


def records(session: Session, question: Question, kind: Kind, limit: int, skip: int = 0) -> tuple[list[Judgement], int]:
    """The duties of a kind, each judged as of the day on which it fails, and how many there are in all."""
    found = [change.duty for change in compared(session, question) if change.kind is kind]
    day = _day_before(question).on if kind.of_before else question.on
    page = found[skip : skip + limit]
    judged = {_key(each): each for each in _judged(session, question, page, day)}
    return named(session, [judged[duty] for duty in page if duty in judged], day), len(found)


def _judged(session: Session, question: Question, page: Sequence[Failing], day: date) -> Iterator[Judgement]:
    """Of the cards of a page, by the tables that their rules tell of: one query a table."""
    cards: dict[str, set[int]] = defaultdict(set)
    for each in page:
        cards[binding_of(each.rule).about].add(each.about_id)
    connection, school_ids = session.connection(), question.organisation.school_ids
    rules = {each.rule for each in page}
    for about, keys in cards.items():
        yield from judge_all(connection, of_records.facts_about(connection, about, keys, school_ids, day, rules), day)


def _key(judged: Judgement) -> Failing:
    record = judged.record
    return Failing(record.rule, record.school_id, record.about_id, record.subject_id, judged.status)
