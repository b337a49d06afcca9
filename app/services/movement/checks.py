"""What may stand in a movement order. Every error is found before anything is written, in the secretary's words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.models.movement import MovementOrder
from app.models.movement.kinds import Entered, OrderKind, kinds_where
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil, PupilStatus
from app.models.study import AcademicYear, SchoolClass
from app.models.values import check_document_date
from app.russian import format_date
from app.services.movement.place import Place, after, is_by_hand, is_left, is_over_summer, place_of, switch
from app.services.movement.state import PupilState

Errors = dict[str, list[str]]
LONGEST_LEAD = timedelta(days=366)
"""How long before its school year an enrolment of that year may lie: applications open in April."""
LONGEST_TAIL = timedelta(days=120)
"""How long after its school year a year-end order of that year may still take effect."""
CLASS_WANTED = "Выберите класс, в который зачислен обучающийся."


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
    replaces: MovementOrder | None = None
    """In place of which it is entered; of a new order alone."""
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
    standing: Collection[int] = (),
) -> Errors:
    """Everything wrong with a draft: field → messages; a line's field is `lines-<n>-<name>`.

    `standing` are pupils whose lines say what they said: where these belong was checked when they were entered.
    """
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
        case = _Case(draft, line, memberships.get(line.pupil.id, ()), place, today, found)
        _check_person(case)
        if line.pupil.id not in standing:
            _check_line(case)
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


@dataclass(frozen=True)
class _Case:
    """A line of a draft with the class history of its pupil; what is wrong with it is told at its fields."""

    draft: OrderDraft
    line: LineDraft
    memberships: Sequence[ClassMembership]
    place: str
    today: date
    found: _Found

    def add(self, field: str, message: str) -> None:
        self.found.add(self.place + field, message)

    @property
    def latest(self) -> PupilState:
        return PupilState.latest(self.memberships)


def _check_person(case: _Case) -> None:
    draft, line = case.draft, case.line
    if line.pupil.school_id != (draft.academic_year.school_id if draft.academic_year else line.pupil.school_id):
        case.add("pupil", "Это обучающийся другой школы.")
    if draft.order_date and draft.order_date < line.pupil.birth_date:
        born = format_date(line.pupil.birth_date)
        case.found.add("order_date", f"Приказ раньше рождения обучающегося ({born}): проверьте дату приказа.")
    if line.event_date is not None and line.event_date < line.pupil.birth_date:
        case.add("event_date", f"Раньше рождения обучающегося ({format_date(line.pupil.birth_date)}).")


def _check_line(case: _Case) -> None:
    draft, line = case.draft, case.line
    if draft.academic_year is None:
        _check_absent(case)
    if line.event_date is None or draft.kind is None or draft.academic_year is None:
        return
    where = place_of(draft.kind, line.event_date, line.to_class, case.memberships, draft.academic_year.id)
    _check_event(case)
    if draft.kind.is_enrolment:
        _check_newcomer(case, where)
    else:
        _check_member(case, where)


def _check_absent(case: _Case) -> None:
    """Why no school year follows from a line: the pupil is in no class, or no class was chosen."""
    if case.draft.kind is not None and case.draft.kind.is_enrolment:
        _check_not_enrolled(case)
        if case.line.to_class is None:
            case.add("to_class", CLASS_WANTED)
    elif case.line.event_date is not None or case.latest.status is not PupilStatus.ENROLLED:
        _refuse_absent(case)


def _check_not_enrolled(case: _Case) -> None:
    state = case.latest
    if state.status is PupilStatus.ENROLLED:
        by_hand = state.membership.opened_by is None
        hint = " Если приказ об этом, выберите этот класс." if by_hand else ""
        case.add("pupil", f"Уже обучается: {state.school_class}, с {format_date(state.since)}.{hint}")


def _refuse_absent(case: _Case) -> None:
    """The pupil is in no class of the school on the day: not yet, or no more."""
    day, latest = case.line.event_date, case.latest
    on_the_day = latest if day is None else PupilState.on(case.memberships, day)
    if on_the_day.status is PupilStatus.NEW and on_the_day.since is None and latest.status is PupilStatus.ENROLLED:
        first = case.memberships[0]
        since = format_date(first.starts_on)
        case.add("event_date", f"Обучающийся в {first.school_class} с {since}: событие не может быть раньше.")
    else:
        case.add("pupil", _gone(on_the_day))


def _gone(state: PupilState) -> str:
    since = f" {format_date(state.since)}" if state.since else ""
    return f"Обучающийся не числится в школе: {state.status.title_ru}{since}."


def _check_event(case: _Case) -> None:
    year, kind, day = case.draft.academic_year, case.draft.kind, case.line.event_date
    first = year.starts_on if kind.rules.year_end else year.starts_on - LONGEST_LEAD
    last = year.ends_on + LONGEST_TAIL
    if not kind.is_enrolment and not kind.rules.year_end:
        last = max(last, case.today)  # nobody has moved him on from the class of a year that is long over
    if not first <= day <= last:
        span = f"с {format_date(first)} по {format_date(last)}"
        case.add("event_date", f"Дата не относится к {year.caption} учебному году: ожидается {span}.")


def _check_newcomer(case: _Case, where: Place) -> None:
    draft, line, state = case.draft, case.line, case.latest
    if not where.stands:
        _check_not_enrolled(case)
        if state.status is not PupilStatus.ENROLLED and _is_before(line.event_date, state):
            case.add("event_date", f"Раньше выбытия ({format_date(state.since)}): проверьте дату зачисления.")
    if line.to_class is None:
        case.add("to_class", CLASS_WANTED)
        return
    grade, year = line.to_class.grade, draft.academic_year
    if line.to_class.academic_year_id != year.id:
        case.add("to_class", f"Это класс другого учебного года, а приказ – за {year.caption}.")
    before_year = line.event_date <= year.starts_on
    special = next(iter(kinds_where(lambda rules: rules.to_grade == grade)), None)
    # A term that runs from a decision does so at any time: another kind would tell of none.
    if special and (before_year or special.rules.needs_decision) and draft.kind.rules.to_grade is None:
        case.found.add("kind", _of_its_own(special, grade))
    if draft.kind.rules.before_year:
        _check_special(case, grade, before_year)


def _of_its_own(kind: OrderKind, grade: int) -> str:
    if kind.rules.needs_decision:
        return f"В {grade} класс зачисляют приказом вида «{kind.title_ru}»: его срок идёт с даты решения."
    return f"Зачисление в {grade} класс до начала года – это вид «{kind.title_ru}»: у него другой срок."


def _is_before(day: date, state: PupilState) -> bool:
    """Whether he was still in his last class: on the day on which he left the school he was."""
    if state.since is None:
        return False
    return day < state.since if state.status is PupilStatus.NEW else day <= state.since


def _check_special(case: _Case, grade: int, before_year: bool) -> None:
    wanted = case.draft.kind.rules.to_grade
    if grade != wanted:
        case.add("to_class", f"«{case.draft.kind.title_ru}» – только в {wanted} класс.")
    elif not before_year and not case.draft.kind.rules.needs_decision:
        starts = format_date(case.draft.academic_year.starts_on)
        case.found.add("kind", f"Учебный год уже начался ({starts}): выберите вид «{OrderKind.ENROLMENT.title_ru}».")


def _check_member(case: _Case, where: Place) -> None:
    draft, rules, left = case.draft, case.draft.kind.rules, where.left
    if left is None or (not where.ahead and _is_gone(case, where, left)):
        _refuse_absent(case)
        return
    if draft.kind is not OrderKind.DEPARTURE and left.school_class.academic_year_id != draft.academic_year.id:
        year = draft.academic_year.caption
        case.add("pupil", f"Обучающийся числится в классе другого учебного года, а приказ – за {year}.")
        return
    _check_since(case, where, left)
    _check_history(case, where, left)
    if rules.from_grades is not None and left.school_class.grade not in rules.from_grades:
        case.add("pupil", f"{draft.kind.title_ru}: {rules.from_words}, а обучающийся в {left.school_class}.")
    elif rules.to_class is Entered.ALWAYS:
        _check_transfer(case, left.school_class)
    elif rules.step is not None:
        _check_next_class(case, where, left.school_class, rules.step)


def _check_since(case: _Case, where: Place, left: ClassMembership) -> None:
    day, since = case.line.event_date, where.since
    first_day = case.draft.kind is OrderKind.TRANSFER and not where.ahead
    if day < since or (first_day and day == since):
        ordered = left.opened_by if where.ahead else None
        told = f"по приказу {ordered.order.caption}" if ordered else f"с {format_date(max(since, left.starts_on))}"
        case.add("event_date", f"Обучающийся в {left.school_class} {told}: событие не может быть раньше.")


def _is_gone(case: _Case, where: Place, left: ClassMembership) -> bool:
    """Whether the pupil was in no class on the day. What stands was found for the order; a year ends for who left later
    in the summer, too."""
    kind, day = case.draft.kind, case.line.event_date
    if left.ends_on is None or where.stands:
        return is_left(left) and left.ends_on < day
    if kind.rules.year_end:
        return left.ends_on < day and not (is_by_hand(left) and is_over_summer(left))
    return left.ends_on < day or (is_left(left) and (kind.rules.leaves_as is not None or left.ends_on == day))


def _check_history(case: _Case, where: Place, left: ClassMembership) -> None:
    """What other orders say of the same, or of later days, that this one contradicts."""
    kind, closed = case.draft.kind, left.closed_by
    if kind.rules.year_end and closed is not None and closed.kind.rules.year_end:
        case.add("pupil", f"Итог этого учебного года уже внесён приказом {closed.order.caption}.")
    if kind is not OrderKind.DEPARTURE or where.stands:
        return
    for row in (row for row in case.memberships if row.starts_on > case.line.event_date):
        if row is left and not is_left(row):
            continue
        came = row.opened_by if row.opened_by is not None and row.opened_by.kind.is_enrolment else None
        if came is not None or is_left(row):
            order = (came or row.closed_by).order
            words = f"По приказу {order.caption} обучающийся учился и позже: исправьте дату или сначала тот приказ."
            case.add("event_date", words)
            return


def _check_transfer(case: _Case, current: SchoolClass) -> None:
    target = case.line.to_class
    if target is None:
        case.add("to_class", "Выберите класс, в который переводится обучающийся.")
    elif target.id == current.id:
        case.add("to_class", "Обучающийся уже в этом классе.")
    elif target.academic_year_id != current.academic_year_id:
        case.add("to_class", "Это класс другого учебного года: нужен приказ о переводе на следующий год.")


def _check_next_class(case: _Case, where: Place, current: SchoolClass, step: int) -> None:
    target, entered, draft = case.line.to_class, where.entered, case.draft
    if entered is not None and entered.school_class.grade != current.grade + step:
        _contradicts(case, "pupil", entered, "Исправьте вид приказа, итог года или состав классов.")
    if target is None:
        return
    if target.grade != current.grade + step:
        case.add("to_class", f"Из {current} ожидается класс {current.grade + step}-й параллели.")
    if target.academic_year.start_year != draft.academic_year.start_year + 1:
        case.add("to_class", "Ожидается класс следующего учебного года.")
    following, ends = after(where.left, case.memberships), where.left.ends_on
    begins = switch(draft.kind, case.line.event_date, target)
    if not where.stands and following is not None and ends is not None and ends < begins:
        _contradicts(case, "to_class", following, "Укажите этот класс или исправьте состав классов.")


def _contradicts(case: _Case, field: str, row: ClassMembership, advice: str) -> None:
    case.add(field, f"С {format_date(row.starts_on)} обучающийся в {row.school_class}. {advice}")
