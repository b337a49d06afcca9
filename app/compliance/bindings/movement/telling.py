"""A fact of movement as a person reads it: the pupil, the class, the order, and what contradicts it: the outcome of the
year, or the day of the class list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, or_, select

from app.compliance.bindings.movement.mid_year import other_grade, other_rules
from app.compliance.bindings.movement.periods import SET, TYPED_YEAR, day_set_for, without_periods
from app.compliance.bindings.movement.tables import CLASS, LINE, MEMBER, ORDER, PUPIL, counting, in_force
from app.compliance.corrected import is_set
from app.compliance.duties import Told
from app.compliance.within import ON
from app.models.engine.entries import CorrectedTo
from app.models.movement.kinds import LEAVING, YEAR_END, KindRules, OrderKind, kinds_where
from app.russian import format_date


def details(fact: FromClause, source: FromClause) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """The names, and the line whose entry is the evidence: the subject itself, or the first one on the pupil."""
    entered, order = LINE.alias("entered"), ORDER.alias("entered_order")
    first = case((fact.c.evidence.is_not(None), _first_entry(fact)))
    of_itself = case((fact.c.detail.is_(None), func.coalesce(_in_place(fact), fact.c.subject_id)), else_=first)
    begun, begun_order = LINE.alias("begun"), ORDER.alias("begun_order")
    source = (
        source.outerjoin(PUPIL, PUPIL.c.id == fact.c.about_id)
        .outerjoin(CLASS, CLASS.c.id == fact.c.group_id)
        .outerjoin(entered, entered.c.id == of_itself)
        .outerjoin(order, order.c.id == entered.c.order_id)
        .outerjoin(begun, begun.c.id == entered.c.continues_id)
        .outerjoin(begun_order, begun_order.c.id == begun.c.order_id)
        .outerjoin(TYPED_YEAR, TYPED_YEAR.c.id == CLASS.c.academic_year_id)
        .outerjoin(SET, day_set_for(CLASS, TYPED_YEAR))
    )
    named = (PUPIL.c.last_name, PUPIL.c.first_name, PUPIL.c.middle_name, CLASS.c.grade, CLASS.c.letter)
    columns = {column.name: column for column in named}
    return source, columns | {
        "order_id": order.c.id,
        "number": order.c.number,
        "order_date": order.c.order_date,
        "entered_by": entered.c.entered_by,
        "other_grade": other_grade(fact),
        "other_kind": _contradiction(fact),
        "other_day": _other_day(fact),
        "by_region": and_(fact.c.detail.in_([kind.value for kind in sorted(YEAR_END)]), without_periods(CLASS)),
        **{f"set_{name}": SET.c[name] for name in ("act_number", "act_date", "entered_by")},
        "asked_id": _asked(fact),
        "replaced_number": begun_order.c.number,
        "replaced_date": begun_order.c.order_date,
    }


def told(values: Mapping[str, Any]) -> Told:
    names = (values["last_name"], values["first_name"], values["middle_name"])
    by_order = values["order_date"] is not None
    return Told(
        caption=" ".join(name for name in names if name),
        group=f"{values['grade']} «{values['letter']}»" if values["letter"] else "",
        evidence_caption=f"№ {values['number']} от {format_date(values['order_date'])}" if by_order else "",
        evidence_id=values["order_id"],
        entered_by=values["entered_by"],
        asked_id=values["asked_id"],
        grade=values["grade"],
        other_term=other_rules().get(values["other_grade"]),
        continues=_continued(values),
        counted_from=_last_day(values),
        contradiction=_in_words(values["other_kind"], values["detail"]) or _days_in_words(values),
    )


def _continued(values: Mapping[str, Any]) -> str:
    if values["replaced_date"] is None:
        return ""
    return f"приказа № {values['replaced_number']} от {format_date(values['replaced_date'])}"


def _last_day(values: Mapping[str, Any]) -> str:
    """By whose word the school year ended on its day, where the school has made no periods."""
    if not values["by_region"]:
        return ""
    day = f"последний учебный день {format_date(values['anchor'])} – учебных периодов школа не завела"
    if values["set_act_date"] is None:
        return f"{day}, день по умолчанию"
    act = f"акт № {values['set_act_number']} от {format_date(values['set_act_date'])}, {values['set_entered_by']}"
    return f"{day}, день области: {act}"


def _in_words(entered: str | None, expected: str) -> str:
    if entered is None:
        return ""
    return f"внесён приказ «{OrderKind(entered).title_ru}», а по итогу года ожидается «{OrderKind(expected).title_ru}»"


def _days_in_words(values: Mapping[str, Any]) -> str:
    """Of a line the class list says another day, of a membership the order that came late."""
    if values["other_day"] is None:
        return ""
    by_list, by_order = values["other_day"], values["anchor"]
    if values["subject_id"] < 0:
        by_list, by_order = by_order, by_list
    return f"по составу классов – {format_date(by_list)}, по приказу – {format_date(by_order)}"


def _of_pupil(line: FromClause, fact: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Lines on the pupil in the school year of the class that stand."""
    return *_of_year(line, fact), *in_force(line)


def _of_year(line: FromClause, fact: FromClause) -> tuple[ColumnElement[bool], ...]:
    year = select(CLASS.c.academic_year_id).where(CLASS.c.id == fact.c.group_id).correlate(fact).scalar_subquery()
    return line.c.pupil_id == fact.c.about_id, line.c.academic_year_id == year


def _first_entry(fact: FromClause) -> ColumnElement[Any]:
    """The line whose entry date is the evidence of a duty that no line made."""
    line = LINE.alias("first")
    source, day, counted = counting(line)
    named = select(line.c.id).select_from(source).where(line.c.kind == fact.c.detail, *_of_year(line, fact), *counted)
    return named.order_by(day, line.c.id).limit(1).correlate(fact).scalar_subquery()


def _in_place(fact: FromClause) -> ColumnElement[Any]:
    """The last line entered in place of the subject by the day."""
    line, whole = LINE.alias("in_place"), ORDER.alias("in_place_order")
    named = select(func.max(line.c.id)).join_from(line, whole, whole.c.id == line.c.order_id)
    known = line.c.continues_id == fact.c.subject_id, whole.c.entered_on <= ON
    return named.where(*known).correlate(fact).scalar_subquery()


def _asked(fact: FromClause) -> ColumnElement[Any]:
    """The first line, withdrawn or not, that an honest mistake of a year-end duty can be about."""
    line = LINE.alias("asked")
    year_end = [kind.value for kind in sorted(YEAR_END)]
    alike = or_(line.c.kind == fact.c.detail, and_(line.c.kind.in_(year_end), fact.c.detail.in_(year_end)))
    counts = line.c.entered_on <= ON, ~is_set(LINE.name, line.c.id, CorrectedTo.FREED)
    named = select(line.c.id).where(alike, *_of_year(line, fact), *counts).order_by(line.c.entered_on, line.c.id)
    of_year = fact.c.detail.in_([*year_end, *(kind.value for kind in kinds_where(lambda rules: _of_calendar(rules)))])
    return case((of_year, named.limit(1).correlate(fact).scalar_subquery()))


def _of_calendar(rules: KindRules) -> bool:
    """Owed by a day of the calendar, and not by a line of its own."""
    return rules.enrols and rules.trigger is None


def _contradiction(fact: FromClause) -> ColumnElement[Any]:
    """A year-end order of another kind than the outcome of the year asks for."""
    line = LINE.alias("other")
    kinds = [kind.value for kind in sorted(YEAR_END)]
    named = select(func.min(line.c.kind)).where(
        line.c.kind.in_(kinds), line.c.kind != fact.c.detail, *_of_pupil(line, fact)
    )
    return case((fact.c.detail.in_(kinds), named.correlate(fact).scalar_subquery()))


def _other_day(fact: FromClause) -> ColumnElement[Any]:
    """The day of the order that came late to a stay begun or ended by hand, where it is another one; of that order's
    line the day of the membership to which it is attached."""
    line, member = LINE.alias("attached"), MEMBER.alias("attached_to")
    leaves = line.c.kind.in_([kind.value for kind in sorted(LEAVING)])
    of_stay, of_line = [], []
    for by, day, of_kind in (
        (member.c.opened_by_id, member.c.starts_on, ~leaves),
        (member.c.closed_by_id, member.c.ends_on, leaves),
    ):
        differs = of_kind, line.c.attached, day != line.c.event_date, *in_force(line)
        source = line.join(member, by == line.c.id)
        stay = member.c.id == -fact.c.subject_id, day == fact.c.anchor
        own = line.c.id == fact.c.subject_id, line.c.event_date == fact.c.anchor
        of_stay.append(_one(select(line.c.event_date).select_from(source).where(*differs, *stay), fact))
        of_line.append(_one(select(day).select_from(source).where(*differs, *own), fact))
    is_line = fact.c.detail.is_(None)
    return case((fact.c.subject_id < 0, func.coalesce(*of_stay)), (is_line, func.coalesce(*of_line)))


def _one(found: Select[Any], fact: FromClause) -> ColumnElement[Any]:
    return found.limit(1).correlate(fact).scalar_subquery()
