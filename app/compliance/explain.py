"""Why a due date and a status are what they are: one account for HTML, PDF and the command line."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from app.regulation.schema import MonthDay, Rule, RuleValue, TermKind
from app.russian import calendar_days, counted, format_date

from .status import Status, judge
from .terms import SkippedDay, Term

_DAY = timedelta(days=1)
_WEEKEND = ("сб", "вс")
_MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()  # noqa: SIM905


class SkippedGroup(NamedTuple):
    """Days off with one reason, without a working day between the first and the last."""

    first: date
    last: date
    reason: str

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{format_date(self.first)} – {self.reason}"
        same_year = self.first.year == self.last.year
        first = f"{self.first:%d.%m}" if same_year else format_date(self.first)
        return f"{first}–{format_date(self.last)} – {self.reason}"


class Line(NamedTuple):
    """A labelled fact, such as («Срок», «10.01.2025»)."""

    label: str
    text: str

    @property
    def sentence(self) -> str:
        """A text that ends in initials has its full stop already."""
        return f"{self.label}: {self.text}{'' if self.text.endswith('.') else '.'}"


@dataclass(frozen=True, slots=True)
class Why:
    """The account of one obligation; `days` are calendar days of the kind that `status` tells, None without one."""

    rule: Rule
    term: Term
    skipped: tuple[SkippedGroup, ...]
    evidence: date | None
    author: str | None
    on: date | None
    status: Status | None
    days: int | None

    def lines(self) -> list[Line]:
        """Labelled facts in the order of the reasoning, empty ones left out."""
        term = self.term
        found = [
            Line("Обязанность", self.rule.title),
            Line("Пункт регламента", f"{term.clause}: «{term.value.quote}»"),
            Line("Событие", f"{self.rule.trigger.title} – {_event(self.rule, term)}"),
            Line("Установленный срок", term_text(term.value)),
            Line("Сосчитано", ", ".join(map(format_date, term.counted))),
            Line("Пропущено", ", ".join(map(str, self.skipped))),
            Line("Срок", format_date(term.due)),
            Line("Рекомендуется", f"не позднее {format_date(term.recommended)}" if term.recommended else ""),
            Line("Чтение", term.reading),
            Line("Основание чтения", "; ".join(dict.fromkeys(one.basis for one in term.readings))),
            Line("Календарь", "" if term.confirmed else _unconfirmed(term)),
            Line(self.rule.evidence[0].upper() + self.rule.evidence[1:], self._evidence()),
            Line("Состояние", self._status()),
        ]
        return [line for line in found if line.text]

    def sentences(self) -> list[str]:
        """The same as plain Russian sentences."""
        return [line.sentence for line in self.lines()]

    def _evidence(self) -> str:
        if self.evidence is not None:
            return format_date(self.evidence) + (f", {self.author}" if self.author else "")
        return "" if self.on is None else f"на {format_date(self.on)} нет"

    def _status(self) -> str:
        return "" if self.status is None or self.days is None else status_text(self.status, self.days)


def why(
    rule: Rule,
    term: Term,
    *,
    evidence: date | None = None,
    author: str | None = None,
    on: date | None = None,
) -> Why:
    """The account of `term` under `rule`; with `on` it also judges the status on that date.

    Evidence entered after `on` was not there yet and is not shown.
    """
    if on is not None and evidence is not None and evidence > on:
        evidence = author = None
    status, days = (None, None) if on is None else judge(term.due, evidence, on)
    return Why(rule, term, group_skipped(term.skipped), evidence, author, on, status, days)


def group_skipped(skipped: tuple[SkippedDay, ...]) -> tuple[SkippedGroup, ...]:
    """Days off by reason: «01.01–08.01 – Новогодние каникулы», «07.01 – Рождество Христово», «17.01–18.01 – сб, вс».

    A group may span days off with another reason, never a working day.
    """
    groups: list[SkippedGroup] = []
    stretch = 0  # where the current run of days off without a working day begins in `groups`
    previous: date | None = None
    for day, reason in skipped:
        if previous is not None and day - previous > _DAY:
            stretch = len(groups)
        _add(groups, stretch, day, reason, previous)
        previous = day
    return tuple(groups)


def _add(groups: list[SkippedGroup], stretch: int, day: date, reason: str, previous: date | None) -> None:
    if reason == _WEEKEND[1] and groups and groups[-1] == (previous, previous, _WEEKEND[0]) and day - _DAY == previous:
        groups[-1] = SkippedGroup(day - _DAY, day, ", ".join(_WEEKEND))
        return
    for i in range(stretch, len(groups)):
        if groups[i].reason == reason and reason not in _WEEKEND:
            groups[i] = groups[i]._replace(last=day)
            return
    groups.append(SkippedGroup(day, day, reason))


def term_text(value: RuleValue) -> str:
    """The term in words, as «3 рабочих дня после события» or «до 31 августа»."""
    match value.kind:
        case TermKind.WORKING_DAYS_AFTER:
            return f"{_working_days(value.number)} после события"
        case TermKind.WORKING_DAYS_BEFORE:
            return f"не позднее чем за {_working_days(value.number)} до события"
        case TermKind.NEXT_CALENDAR_DAY:
            return f"не позднее {counted(value.number, 'дня', 'дней', 'дней')} после события"
        case TermKind.WEEKS_BEFORE:
            return f"не позднее чем за {counted(value.number, 'неделю', 'недели', 'недель')} до события"
        case TermKind.SAME_DAY:
            return "в сам день события"
        case _:
            return f"{_day_text(value.day)} учебного года"


def status_text(status: Status, days: int) -> str:
    """«с опозданием на 2 календарных дня»; `days` are calendar days as `judge` returns them."""
    match status:
        case Status.LATE | Status.OVERDUE:
            return f"{status.label} на {calendar_days(days)}"
        case Status.PENDING if days:
            return f"{status.label}, осталось {calendar_days(days)}"
        case Status.PENDING:
            return f"{status.label}, сегодня последний день"
        case _:
            return status.label


def _working_days(number: int) -> str:
    return counted(number, "рабочий день", "рабочих дня", "рабочих дней")


def _day_text(day: MonthDay | None) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}" if day else ""


def _event(rule: Rule, term: Term) -> str:
    """A trigger's date, or the school year that the fixed date belongs to."""
    if term.value.day is None:
        return format_date(term.event)
    start = rule.year_starts.school_year(term.event)
    return f"{start}/{start + 1}"


def _unconfirmed(term: Term) -> str:
    year = max(term.due, term.nominal).year
    return f"{year} год не подтверждён: постановления о переносе выходных дней ещё нет, срок может измениться"
