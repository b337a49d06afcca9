"""What may stand in a movement order. Every error is found before anything is written, in the secretary's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.models.movement import ClassMembership, MovementOrder
from app.models.movement.kinds import Entered, OrderKind, kinds_where
from app.models.people import Pupil, PupilStatus
from app.models.study import AcademicYear, SchoolClass
from app.models.values import check_document_date
from app.russian import format_date
from app.services.movement.state import PupilState

Errors = dict[str, list[str]]
LONGEST_LEAD = timedelta(days=366)
"""How long before its school year an enrolment of that year may lie: applications open in April."""
LONGEST_TAIL = timedelta(days=120)
"""How long after its school year a year-end order of that year may still take effect."""


@dataclass(frozen=True)
class LineDraft:
    """One pupil as typed."""

    pupil: Pupil | None
    event_date: date | None
    to_class: SchoolClass | None = None
    counterpart: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class OrderDraft:
    """An order as typed. A year-end line may have no `to_class`: next year's classes may not exist yet.

    `academic_year` None: it follows from the classes of the lines.
    """

    kind: OrderKind | None
    number: str
    order_date: date | None
    academic_year: AcademicYear | None = None
    decision_date: date | None = None
    note: str | None = None
    lines: Sequence[LineDraft] = field(default_factory=tuple)


class _Found:
    def __init__(self) -> None:
        self.errors: Errors = {}

    def add(self, place: str, message: str) -> None:
        self.errors.setdefault(place, []).append(message)


def check(
    draft: OrderDraft,
    memberships: Mapping[int, Sequence[ClassMembership]],
    today: date,
    same_number: MovementOrder | None,
) -> Errors:
    """Everything wrong with a draft: field → messages; a line's field is `lines-<n>-<name>`."""
    found = _Found()
    _check_header(draft, today, same_number, found)
    seen: set[int] = set()
    for number, line in enumerate(draft.lines):
        place = f"lines-{number}-"
        if line.pupil is None:
            found.add(place + "pupil", "Выберите обучающегося из списка.")
            continue
        if line.pupil.id in seen:
            found.add(place + "pupil", "Этот обучающийся уже есть в приказе.")
        seen.add(line.pupil.id)
        _check_line(draft, line, memberships.get(line.pupil.id, ()), place, found)
    return found.errors


def _check_header(draft: OrderDraft, today: date, same_number: MovementOrder | None, found: _Found) -> None:
    if not draft.lines:
        found.add("lines", "Добавьте в приказ хотя бы одного обучающегося.")
    for place, day in (("order_date", draft.order_date), ("decision_date", draft.decision_date)):
        try:
            if day is not None:
                check_document_date(day, today)
        except ValueError as error:
            found.add(place, str(error))
    if draft.kind is not None and draft.kind.rules.needs_decision and draft.decision_date is None:
        kind = draft.kind.title_ru
        found.add("decision_date", f"«{kind}»: укажите дату решения, от неё считается срок (п. 3.3.4.4).")
    if draft.decision_date and draft.order_date and draft.decision_date > draft.order_date:
        found.add("decision_date", "Решение не может быть позже приказа.")
    if same_number is not None:
        found.add("number", f"Приказ {same_number.caption} уже внесён.")


def _check_line(
    draft: OrderDraft, line: LineDraft, memberships: Sequence[ClassMembership], place: str, found: _Found
) -> None:
    if line.pupil.school_id != (draft.academic_year.school_id if draft.academic_year else line.pupil.school_id):
        found.add(place + "pupil", "Это обучающийся другой школы.")
    if draft.order_date and draft.order_date < line.pupil.birth_date:
        born = format_date(line.pupil.birth_date)
        found.add("order_date", f"Приказ раньше рождения обучающегося ({born}): проверьте дату приказа.")
    state = state_before(draft, line, memberships)
    if draft.academic_year is None:
        _check_absent(draft, line, state, place, found)
    if line.event_date is None or draft.kind is None or draft.academic_year is None:
        return
    _check_event(draft, line, place, found)
    if draft.kind.is_enrolment:
        _check_newcomer(draft, line, state, place, found)
    else:
        _check_member(draft, line, state, place, found)


def state_before(draft: OrderDraft, line: LineDraft, memberships: Sequence[ClassMembership]) -> PupilState:
    """The state that an order meets: the latest, but a departure entered late meets that of its own day.

    Meanwhile the pupil was moved on with the class; the late order outlives those moves, if nothing but moves follow.
    """
    latest = PupilState.latest(memberships)
    if draft.kind is not OrderKind.DEPARTURE or line.event_date is None or latest.status is not PupilStatus.ENROLLED:
        return latest
    later = [row for row in memberships if row.starts_on > line.event_date]
    came_back = any(row.opened_by is not None and row.opened_by.kind.is_enrolment for row in later)
    then = PupilState.on(memberships, line.event_date)
    return latest if came_back or then.status is not PupilStatus.ENROLLED else then


def _check_absent(draft: OrderDraft, line: LineDraft, state: PupilState, place: str, found: _Found) -> None:
    """Why no school year follows from a line: the pupil is in no class, or no class was chosen."""
    if draft.kind is not None and draft.kind.is_enrolment:
        _check_not_enrolled(state, place, found)
        if line.to_class is None:
            found.add(place + "to_class", "Выберите класс, в который зачислен обучающийся.")
    elif state.status is not PupilStatus.ENROLLED:
        found.add(place + "pupil", _gone(state))


def _check_not_enrolled(state: PupilState, place: str, found: _Found) -> None:
    if state.status is PupilStatus.ENROLLED:
        found.add(place + "pupil", f"Уже обучается: {state.school_class}, с {format_date(state.since)}.")


def _gone(state: PupilState) -> str:
    since = f" {format_date(state.since)}" if state.since else ""
    return f"Обучающийся не числится в школе: {state.status.title_ru}{since}."


def _check_event(draft: OrderDraft, line: LineDraft, place: str, found: _Found) -> None:
    year = draft.academic_year
    if line.event_date < line.pupil.birth_date:
        found.add(place + "event_date", f"Раньше рождения обучающегося ({format_date(line.pupil.birth_date)}).")
    first = year.starts_on - LONGEST_LEAD if draft.kind.is_enrolment else year.starts_on
    last = year.ends_on + LONGEST_TAIL
    if not first <= line.event_date <= last:
        span = f"с {format_date(first)} по {format_date(last)}"
        found.add(place + "event_date", f"Дата не относится к {year.caption} учебному году: ожидается {span}.")


def _check_newcomer(draft: OrderDraft, line: LineDraft, state: PupilState, place: str, found: _Found) -> None:
    _check_not_enrolled(state, place, found)
    if state.status is not PupilStatus.ENROLLED and state.since is not None and line.event_date <= state.since:
        found.add(place + "event_date", f"Раньше выбытия ({format_date(state.since)}): проверьте дату зачисления.")
    if line.to_class is None:
        found.add(place + "to_class", "Выберите класс, в который зачислен обучающийся.")
        return
    grade, year = line.to_class.grade, draft.academic_year
    if line.to_class.academic_year_id != year.id:
        found.add(place + "to_class", f"Это класс другого учебного года, а приказ – за {year.caption}.")
    before_year = line.event_date <= year.starts_on
    special = next(iter(kinds_where(lambda rules: rules.to_grade == grade)), None)
    if special and before_year and not draft.kind.rules.before_year:
        found.add(
            "kind", f"Зачисление в {grade} класс до начала года – это вид «{special.title_ru}»: у него другой срок."
        )
    if draft.kind.rules.before_year:
        _check_special(draft, grade, before_year, place, found)


def _check_special(draft: OrderDraft, grade: int, before_year: bool, place: str, found: _Found) -> None:
    wanted = draft.kind.rules.to_grade
    if grade != wanted:
        found.add(place + "to_class", f"«{draft.kind.title_ru}» – только в {wanted} класс.")
    elif not before_year:
        starts = format_date(draft.academic_year.starts_on)
        found.add("kind", f"Учебный год уже начался ({starts}): выберите вид «{OrderKind.ENROLMENT.title_ru}».")


def _check_member(draft: OrderDraft, line: LineDraft, state: PupilState, place: str, found: _Found) -> None:
    if state.status is not PupilStatus.ENROLLED:
        found.add(place + "pupil", _gone(state))
        return
    if line.event_date < state.since or (draft.kind is OrderKind.TRANSFER and line.event_date == state.since):
        since = format_date(state.since)
        found.add(place + "event_date", f"Обучающийся в {state.school_class} с {since}: событие не может быть раньше.")
    if state.school_class.academic_year_id != draft.academic_year.id:
        year = draft.academic_year.caption
        found.add(place + "pupil", f"Обучающийся числится в классе другого учебного года, а приказ – за {year}.")
        return
    rules = draft.kind.rules
    if rules.from_grades is not None and state.school_class.grade not in rules.from_grades:
        found.add(place + "pupil", f"{draft.kind.title_ru}: {rules.from_words}, а обучающийся в {state.school_class}.")
    elif rules.to_class is Entered.ALWAYS:
        _check_transfer(line, state, place, found)
    elif rules.step is not None and line.to_class is not None:
        _check_next_class(draft, line.to_class, state.school_class, rules.step, place, found)


def _check_transfer(line: LineDraft, state: PupilState, place: str, found: _Found) -> None:
    if line.to_class is None:
        found.add(place + "to_class", "Выберите класс, в который переводится обучающийся.")
    elif line.to_class.id == state.school_class.id:
        found.add(place + "to_class", "Обучающийся уже в этом классе.")
    elif line.to_class.academic_year_id != state.school_class.academic_year_id:
        found.add(place + "to_class", "Это класс другого учебного года: нужен приказ о переводе на следующий год.")


def _check_next_class(
    draft: OrderDraft, target: SchoolClass, current: SchoolClass, step: int, place: str, found: _Found
) -> None:
    if target.grade != current.grade + step:
        found.add(place + "to_class", f"Из {current} ожидается класс {current.grade + step}-й параллели.")
    if target.academic_year.start_year != draft.academic_year.start_year + 1:
        found.add(place + "to_class", "Ожидается класс следующего учебного года.")
