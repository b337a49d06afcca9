"""What a group of rules looks at, as the engine wants it told: duties, whose facts they are, and their words.

The engine knows no noun. A binding (a file or folder of `bindings/`, named by its group) says which rows of which
tables are the facts of its rules; the engine narrows, joins the terms, judges, counts, pages and explains.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, inspect

from app.compliance.calendars import Statement
from app.compliance.within import Within
from app.discovery import modules_of
from app.regulation import load_regulation
from app.regulation.schema import Governs, OpeningKind, Rule, Shape
from app.russian import format_date


class Duty(ABC):
    """One rule, or several that fall out of one pass over the same rows."""

    # How the duty reads the rules' data. A rule that says otherwise is refused at the start: code and data would
    # disagree in silence.
    shape: Shape
    opens: frozenset[OpeningKind]
    trigger_ids: frozenset[str]
    of_each_card: bool = False
    """One record may be owed for by several cards, each by itself."""
    of_card: bool = False
    """Owed once by the card in a school year, whichever record of the subject stands and whichever of the rules it
    falls under; else the subject itself owes."""

    @property
    @abstractmethod
    def rules(self) -> tuple[str, ...]:
        """Those that it is the duty of."""

    @property
    def readings(self) -> Mapping[str, frozenset[str]]:
        """Readings of the ground of its rules → the options that it knows to do."""
        return MappingProxyType({})

    @property
    def subject(self) -> str:
        """The table of its subjects, where they are judged by entries of their own, which corrections set right."""
        return ""

    @property
    def judged(self) -> str:
        """The table of the records by whose entries it is judged; of another one than its subjects `Told.asked_id`
        names the record that corrections are asked of."""
        return self.subject

    @abstractmethod
    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        """Facts of those of its rules that are asked about, opened by `:on` and not before `:since`: `columns.row`.

        Without a dialect no due date is joined (`columns.due_of`).
        """

    @abstractmethod
    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        """(rule, anchor): the dates from which terms of these rules are counted, each once."""

    def entries(self, rules: Collection[str], within: Within) -> list[Statement]:
        """(rule, subject_id, trigger, entered on, by whom, at, until, place, row, alone) of those of `:subjects` that
        have several.

        None of them: what is entered for this duty is one entry for good.
        """
        return []

    def other_days(self, rules: Collection[str], within: Within) -> list[Statement]:
        """(rule, subject_id, day) of those of `:subjects` whose term, by a reading, runs from that day, whatever day
        their entries and corrections name; NULL: from the day named."""
        return []


class OtherRule(NamedTuple):
    """By an option of a reading the term is that of another rule."""

    reading: str
    option: str
    rule: str


@dataclass(frozen=True)
class Told:
    """A fact as a person reads it; empty: nothing to tell."""

    caption: str = ""
    """Whom or what it is about."""
    group: str = ""
    evidence_caption: str = ""
    """By what it was done."""
    evidence_id: int | None = None
    entered_by: str | None = None
    contradiction: str = ""
    continues: str = ""
    """In place of what it was done."""
    counted_from: str = ""
    """By whose word the term is counted from its day, where that is no date of a record."""
    asked_id: int | None = None
    """The judged record that corrections are asked of, where the subject is none."""
    grade: int | None = None
    """By whose days the term may be read to be counted."""
    other_term: OtherRule | None = None
    """By whose term it may be read to be due."""
    responsible: str = ""
    """The person who answers for this very fact, beside those who hold the roles of the rule."""


@dataclass(frozen=True)
class Words:
    """Why nothing is owed, in words; `{}` is the day."""

    withdrawn: str = "внесённое отозвано {}"
    withdrawal: str = "Отзыв"
    """What the line is called that tells of lateness which a withdrawal leaves."""
    ended: str = "обязанность отпала {}"
    ended_late: str = "{} обязанность кончилась невыполненной: опоздание – по этот день"
    exempt: Mapping[int, str] = field(default_factory=dict)


def nothing_told(fact: FromClause, source: FromClause) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    return source, {}


@dataclass(frozen=True)
class Ground:
    """A table by whose rows it is told what is owed, and whether it was done (app/compliance/hold.py)."""

    model: Any
    cards: Callable[[list[int]], Select[tuple[int]]]
    """Of stored rows, by their numbers: the cards (`Binding.about`) that they bear on."""
    relation: str = ""
    """From a row to its card, where it is about one; its key is the name with `_id`."""
    through: Callable[[list[int]], Select[tuple[int]]] | None = None
    """Where the relation leads to a record of another table: of those, the cards that they bear on."""

    columns: frozenset[str] = frozenset()
    """Of a stored row only a change of these tells anything; none: any change does."""

    def tells(self, obj: Any) -> bool:
        """Whether what is to be written of the row bears on its cards."""
        state = inspect(obj)
        return (
            not self.columns
            or not state.persistent
            or any(state.attrs[each].history.has_changes() for each in self.columns)
        )

    def card_of(self, obj: Any) -> int | None:
        """The card of a row as it is to be written; None: it is about none, or about one that is being added."""
        if not self.relation:
            return None
        card: Any = getattr(obj, self.relation)
        key: int | None = getattr(obj, f"{self.relation}_id") if card is None else card.id
        return key


@dataclass(frozen=True)
class Binding:
    """The duties of a group."""

    group: str
    duties: tuple[Duty, ...]
    about: str = ""
    """The table of the cards that facts are told by (`about_id`), and that of what does them (`Told.evidence_id`)."""
    evidence: str = ""
    narrowed_by: tuple[str, ...] = ()
    """Tables by whose records a question may be narrowed (`Within.about`)."""
    details: Callable[[FromClause, FromClause], tuple[FromClause, dict[str, ColumnElement[Any]]]] = nothing_told
    """(fact, source) → the source with OUTER joins for a page of facts, and the columns wanted. Other bindings' facts
    stand on the page too: a join must neither take nor add a row."""
    told: Callable[[Mapping[str, Any]], Told] = lambda values: Told()
    """Those columns, and the fact's own, in words."""
    done_by: str = ""
    """Of those columns the one that is `Told.evidence_id`."""
    ended: Callable[[FromClause, Within, str | None], ColumnElement[date]] | None = None
    """The day, on or after `stays_from`, on which the ground of a duty with no evidence ended; the last argument is the
    dialect of the database."""
    firsts: Callable[[ColumnElement[int]], Sequence[ColumnElement[Any]]] = lambda school_id: ()
    """Of a school (its number in another select): the first day of each kind of record, each by an index. The earliest
    one is the start of use where the region has set none."""
    ended_by: tuple[str, ...] = ()
    """Columns of a fact that `ended` looks at, beside those of a status."""
    ends_late: bool = False
    """What was not done when its ground ended after the due day can no longer be done: late as of that day."""
    words: Words = Words()
    grounds: tuple[Ground, ...] = ()
    """What an act may better by. The first one that it touches is what it is known by."""
    settings: tuple[Any, ...] = ()
    """What the school sets for all, by which its rules look at the tables (app/compliance/settings.py, `Setting`)."""
    held_by: Mapping[str, Callable[[FromClause], ColumnElement[bool]]] = field(default_factory=dict)
    """Table of `narrowed_by`, other than that of the cards → which held facts a question about its records asks."""

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule for duty in self.duties for rule in duty.rules))

    def set_aside(self, withdrawn_on: date | None, exempt: int | None, ended_on: date | None) -> str:
        """Why nothing is owed: the first of these that there is."""
        if withdrawn_on is not None:
            return self.words.withdrawn.format(format_date(withdrawn_on))
        if exempt is not None:
            return self.words.exempt[exempt]
        return self.words.ended.format(format_date(ended_on)) if ended_on is not None else ""


_DECLARED: dict[str, Binding] = {}


def declare(binding: Binding) -> Binding:
    """Note a binding.

    Raises ValueError where another one has one of its rules, or where the regulation says of a rule what its duty does
    not do.
    """
    known = load_regulation().rules
    for duty in binding.duties:
        for rule in duty.rules:
            if rule in _DECLARED:
                raise ValueError(f"Правило «{rule}» связано дважды: {_DECLARED[rule].group} и {binding.group}.")
            if rule not in known:
                raise ValueError(f"Правила «{rule}» в Регламенте нет ({binding.group}).")
            check(duty, known[rule])
    for rule in binding.rules:
        check_readings(binding, known[rule])
    _DECLARED.update(dict.fromkeys(binding.rules, binding))
    return binding


def check(duty: Duty, rule: Rule) -> None:
    """Raises ValueError where the duty does not do what the rule's data says."""
    said = (
        ("shape", rule.shape, {duty.shape}),
        ("opens", rule.opens.kind, duty.opens),
        ("trigger", rule.trigger.id, duty.trigger_ids),
    )
    for name, value, done in said:
        if value not in done:
            raise ValueError(f"Правило «{rule.id}»: {name} «{value}», а его обязанность умеет: {', '.join(done)}.")


def check_readings(binding: Binding, rule: Rule) -> None:
    """Raises ValueError where the duties of a rule do not do just what the readings of its ground say."""
    read = {one.id: one for value in rule.values for one in value.readings if one.governs is Governs.GROUND}
    own = [duty.readings for duty in binding.duties if rule.id in duty.rules]
    for name, one in read.items():
        if not any(one.options.keys() == each[name] for each in own if name in each):
            raise ValueError(f"Правило «{rule.id}»: чтения «{name}» со всеми его вариантами его обязанность не умеет.")


def forget(binding: Binding) -> None:
    """Take back what was declared: for tests that bind something for a while."""
    for rule in binding.rules:
        _DECLARED.pop(rule, None)


def _bound() -> dict[str, Binding]:
    modules_of("app.compliance.bindings")
    return _DECLARED


def rules() -> tuple[str, ...]:
    """The rules that are judged, as the regulation lists them, and so the tables of every page and form."""
    bound = _bound()
    return tuple(rule for rule in load_regulation().rules if rule in bound)


def binding_of(rule: str) -> Binding:
    return _bound()[rule]


def duty_of(rule: str) -> Duty:
    return next(duty for duty in binding_of(rule).duties if rule in duty.rules)


def bindings_of(wanted: Collection[str]) -> list[Binding]:
    """The bindings of these rules, each once."""
    bound = _bound()
    return list({bound[rule].group: bound[rule] for rule in sorted(wanted)}.values())


def subject_of(rule: str) -> str:
    """The table of the subjects of a rule, where they are judged by entries of their own."""
    return next((duty.subject for duty, _ in duties_of({rule}) if duty.subject), "")


def judged_of(rule: str) -> str:
    """The table of the records that corrections for a rule are about."""
    return next((duty.judged for duty, _ in duties_of({rule}) if duty.judged), "")


def duties_of(wanted: Collection[str]) -> list[tuple[Duty, tuple[str, ...]]]:
    """The duties of these rules, each once, with those of its rules that are wanted."""
    return [
        (duty, asked)
        for binding in bindings_of(wanted)
        for duty in binding.duties
        if (asked := tuple(rule for rule in duty.rules if rule in wanted))
    ]
