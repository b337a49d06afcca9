"""One duty judged in Python, with its "why". The same facts, terms and order of questions as in `queries`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from app.compliance.calendars import OfGrades, SchoolIds, calendars, calendars_of_grades
from app.compliance.corrected import FREED, freed_words
from app.compliance.explain import Line, status_text, term_text, why
from app.compliance.held import NOT_OWED, Key, key_of
from app.compliance.readings import BY_CLASS, DEFAULTS, Readings, readings_of
from app.compliance.recorded import NO_TERM
from app.compliance.records import Record
from app.compliance.starts import lies_before, starts_of, told
from app.compliance.status import Status, judge
from app.compliance.terms import Term, chosen_reading, compute_term
from app.regulation import CalendarRangeError, NotInForceError, WorkCalendar, load_regulation
from app.regulation.schema import Rule
from app.russian import format_date


class Answerable(NamedTuple):
    """Who enters and who controls, in words: the roles, and who was appointed to them."""

    enters: str = ""
    controls: str = ""

    def __str__(self) -> str:
        return "; ".join(part for part in (self.enters, self.controls and f"контроль: {self.controls}") if part)


NOBODY = Answerable()


@dataclass(frozen=True)
class Judgement:
    """How a duty stands on a day. `reason` tells why it is not applicable; `term` is None when none exists."""

    record: Record
    rule: Rule
    on: date
    term: Term | None
    status: Status
    days: int
    """Calendar days late, overdue or left."""
    reason: str
    answerable: Answerable = NOBODY
    """Told by whoever asks: the engine knows no roles."""
    fails_since: date | None = None
    """The earliest due day of the entries that fail; None: of the judgement itself."""
    before_start: bool = False
    """The school did not keep its records here yet: counted nowhere."""

    @property
    def due(self) -> date | None:
        return self.term.due if self.term else None

    @property
    def key(self) -> Key:
        record = self.record
        return key_of(record.rule, record.subject_id, record.about_id, record.anchor)

    @property
    def days_late(self) -> int:
        """Calendar days from due to entry, or to the day where there is none; below any where nothing is owed."""
        if self.due is None or self.status is Status.NOT_APPLICABLE:
            return NOT_OWED
        return ((self.record.evidence or self.on) - self.due).days

    @property
    def recommended(self) -> date | None:
        return self.term.recommended if self.term else None

    @property
    def clause(self) -> str:
        return self.term.clause if self.term else ", ".join(self.rule.clauses)

    @property
    def status_text(self) -> str:
        """«просрочено на 3 календарных дня», «не применимо: внесённое отозвано 05.03.2026»."""
        return f"{self.status.label}: {self.reason}" if self.reason else status_text(self.status, self.days)

    @property
    def contradiction(self) -> str:
        return self.record.contradiction

    @property
    def opened(self) -> bool:
        """Whether it is counted on the day: before a term that is its opening it is told by its own card alone."""
        return not self.rule.opens_when_due or self.due is None or self.due <= self.on

    @property
    def entered(self) -> str:
        """What was entered when, where it was changed after the day of its entry: «внесено 05.12.2025 с датой …»."""
        known = [entry for entry in self.record.entries if entry.entered_on <= self.on]
        told = [
            f"{'изменено' if number else 'внесено'} {format_date(entry.entered_on)}"
            f" с датой {format_date(entry.trigger)} ({entry.author})"
            for number, entry in enumerate(known)
        ]
        judged = self.record.judged_entries(self.on)
        said = "" if any(entry.corrected or entry.alone for entry in judged) else "; состояние – по худшему"
        return ", ".join(told) + said if len(told) > 1 else ""

    @property
    def corrections(self) -> list[str]:
        """What was asked to be set right, and what was decided of it by the day."""
        known = {each.id: each for each in self.record.corrections if each.asked_on <= self.on}
        return [known[key].told(self.on) for key in sorted(known)]

    @property
    def withdrawn(self) -> str:
        """That a withdrawal has not taken lateness with it."""
        day = self.record.withdrawn_on
        if day is None or self.reason:
            return ""
        return f"{self.record.binding.words.withdrawn.format(format_date(day))}, опоздание остаётся"

    @property
    def held(self) -> str:
        """«снято 05.10.2026, ждёт подтверждения»: the duty stands as it stood before an act that would better it."""
        record = self.record
        if record.held_on is None or record.held_on > self.on:
            return ""
        done = "изменено" if record.had_evidence else "снято"
        refused = record.refused_on
        if refused is not None and refused <= self.on:
            return f"{done} {format_date(record.held_on)}, в подтверждении отказано {format_date(refused)}"
        return f"{done} {format_date(record.held_on)}, ждёт подтверждения"

    @property
    def entered_on(self) -> date | None:
        """The day of the entry; what was set aside with none is late from a day, and yet was never entered."""
        record = self.record
        return None if record.left_undone or record.had_evidence is False else record.evidence

    def lines(self) -> list[Line]:
        """Labelled facts in the order of the reasoning."""
        record = self.record
        found = [Line("Обязанность", self.rule.title), Line("Пункт регламента", self.clause)]
        if self.term:
            judged = None if self.reason else self.on
            found = why(self.rule, self.term, evidence=record.evidence, author=record.author, on=judged).lines()
        if self.entered_on is None and record.evidence is not None:
            found = [each for each in found if each.text != format_date(record.evidence)]
        entered = ("Отсчёт", record.counted_from), ("Взамен", record.continues), ("Внесения", self.entered)
        found += [Line(label, told) for label, told in entered if told]
        if self.reason:
            found.append(Line("Состояние", self.status_text))
        if record.left_undone and record.ended_on is not None:
            found.append(Line("Окончание", record.binding.words.ended_late.format(format_date(record.ended_on))))
        if self.withdrawn:
            found.append(Line(self.record.binding.words.withdrawal, self.withdrawn))
        if changed_on := self.term and self.term.settings_changed_on:
            told = f"изменены {format_date(changed_on)}, не подтверждено: срок, который тогда прошёл, – по прежним"
            found.append(Line("Настройки школы", told))
        if self.held:
            found.append(Line("Изменение", f"{self.held}; до подтверждения показатель стоит, как стоял"))
        found += [Line("Исправление", told) for told in self.corrections]
        if self.contradiction:
            found.append(Line("Противоречие", self.contradiction))
        if told := str(self.answerable):
            found.append(Line("Ответственные", told))
        return found

    def sentences(self) -> list[str]:
        return [line.sentence for line in self.lines()]

    def in_short(self) -> str:
        """Why the due date is what it is, in one line for a table on paper."""
        if self.term is None:
            return self.reason
        skipped = [str(day) for day in why(self.rule, self.term).skipped]
        parts = [term_text(self.term.value)]
        if skipped:
            parts.append("не считаются " + ", ".join(skipped))
        parts += [reading.text for reading in self.term.readings if reading.decision]
        if not self.term.confirmed:
            parts.append("календарь не подтверждён")
        parts += [told for told in (self.entered, self.withdrawn, self.held, *self.corrections) if told]
        if self.contradiction:
            parts.append("противоречие: " + self.contradiction)
        return "; ".join(parts)


def judgement(
    record: Record,
    calendar: WorkCalendar,
    on: date,
    readings: Readings = DEFAULTS,
    start: date | None = None,
    of_class: WorkCalendar | None = None,
) -> Judgement:
    """The status of one duty on a day, with what it follows from. The record's facts are of the same day; `start` is
    the day from which its school keeps its records here, `of_class` the calendar of its class, where that is another.

    Of several entries that had opened the worst counts, and the judgement's record is the one that it has.
    """
    if not record.entries:
        return _judged(record, calendar, on, readings, start, of_class)
    judged = [_judged(each, calendar, on, readings, start, of_class) for each in record.by_entry(on)]
    begun = [each for each in judged if _begun(each)] or judged[:1]
    failed = [each.due for each in begun if each.status in (Status.LATE, Status.OVERDUE) and each.due is not None]
    return replace(max(begun, key=_badness), fails_since=min(failed, default=None))


def _begun(judged: Judgement) -> bool:
    return judged.opened if judged.rule.opens_when_due else judged.record.anchor <= judged.on


def _badness(judged: Judgement) -> tuple[bool, bool, bool, int]:
    """What is counted before what is not, what stood before what was withdrawn on the day of its entry, what was known
    before hindsight, then the days."""
    record = judged.record
    days = ((record.evidence or judged.on) - judged.due).days if judged.due else NO_TERM
    return not judged.before_start, record.stood, record.evidence is not None, days


def _judged(
    record: Record,
    calendar: WorkCalendar,
    on: date,
    readings: Readings,
    start: date | None,
    of_class: WorkCalendar | None,
) -> Judgement:
    rule = load_regulation().rules[record.rule]
    try:
        term = _term(record, rule, calendar, readings, of_class)
        if record.held_id is not None and record.due is not None:
            # By the due date that stood when it was held.
            term = replace(term, due=record.due)
    except (CalendarRangeError, NotInForceError) as error:
        return Judgement(record, rule, on, None, Status.NOT_APPLICABLE, 0, f"срок не рассчитывается: {error}")
    if start is not None and lies_before(start, rule, record, term.due):
        return Judgement(record, rule, on, term, Status.NOT_APPLICABLE, 0, told(start), before_start=True)
    reason = _set_aside(record, term.due)
    status, days = (Status.NOT_APPLICABLE, 0) if reason else judge(term.due, record.evidence, on)
    return Judgement(record, rule, on, term, status, days, reason)


def _term(
    record: Record, rule: Rule, calendar: WorkCalendar, readings: Readings, of_class: WorkCalendar | None
) -> Term:
    """By the readings of its school year: the rule's own term by the days of the office or of the class, or that of
    another rule."""
    chosen, decisions = readings.of(rule, record.anchor), readings.decisions(rule, record.anchor)
    other = record.other_term
    if other is not None and chosen.get(other.reading) == other.option:
        term = compute_term(load_regulation().rules[other.rule], record.anchor, calendar, chosen, decisions)
        reading = chosen_reading(load_regulation().readings[other.reading], chosen, decisions)
        return replace(term, readings=(reading, *term.readings))
    by_class = of_class is not None and chosen.get(BY_CLASS[0]) == BY_CLASS[1]
    return compute_term(rule, record.anchor, of_class if of_class and by_class else calendar, chosen, decisions)


def judge_all(
    connection: Connection,
    records: Iterable[Record],
    on: date,
    of_school: Mapping[int, WorkCalendar] | None = None,
) -> list[Judgement]:
    """Each record judged by the calendar of its school and by the readings chosen."""
    records = list(records)
    if not records:
        return []
    readings = readings_of(connection)
    schools: SchoolIds = frozenset(record.school_id for record in records)
    if of_school is None:
        of_school = calendars(connection, schools, on=on)
    starts = starts_of(connection, schools)
    of_grades: OfGrades = {}
    if any(readings.counts_by_class(load_regulation().rules[rule]) for rule in {record.rule for record in records}):
        of_grades = calendars_of_grades(connection, of_school, on)
    return standing(
        [
            judgement(
                record,
                of_school[record.school_id],
                on,
                readings,
                starts.get(record.school_id),
                of_grades.get((record.school_id, record.grade or 0)),
            )
            for record in records
        ]
    )


def standing(judged: Sequence[Judgement]) -> list[Judgement]:
    """Without what is told better: a held fact stands unless the tables tell its duty as bad (`held.chosen`)."""
    by_key: dict[Key, list[Judgement]] = defaultdict(list)
    for each in judged:
        by_key[each.key].append(each)
    kept = {id(each) for found in by_key.values() for each in _worst(found)}
    return [each for each in judged if id(each) in kept]


def _worst(found: list[Judgement]) -> list[Judgement]:
    told = [each for each in found if each.record.held_id is None]
    held = [each for each in found if each.record.held_id is not None]
    if not held:
        return told
    worst = min(held, key=lambda each: (-each.days_late, each.record.held_id or 0))
    return told if any(each.days_late >= worst.days_late for each in told) else [worst]


def _set_aside(record: Record, due: date) -> str:
    """Why nothing is owed although the duty exists; "" when it is owed."""
    if record.exempt == FREED:
        return freed_words(record.corrections)
    stood_late = record.stood and record.evidence is not None and record.evidence > due
    withdrawn = None if stood_late else record.withdrawn_on
    ended = record.ended_on if record.ended_on is not None and record.ended_on <= due else None
    return record.binding.set_aside(withdrawn, record.exempt, ended)
