"""A day of the region's calendar changed in the past: it confirms itself by its act, and what it did to the numbers of
each school is a correction of that school (deadlines.md, Entries 2).

Terms are told anew for all days at once; the job only counts, as if the day stood as before and as it stands after.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.calendars import RegionCalendarDay
from app.models.engine.deleted import DeletedRecord
from app.models.monitoring.corrections import Correction, CorrectionKind
from app.regulation.rights import Action, Resource
from app.russian import counted, format_date
from app.security.actor import Actor
from app.security.guard import person_of, system_step
from app.services.engine import jobs, records, trash
from app.services.engine.transaction import rehearsal, transaction
from app.services.monitoring import effects

JOB = "region-calendar-effect"
AT_ONCE = 20
"""Corrections written in one transaction: others write meanwhile."""
NOBODY_ACT = {"act": "пересчёт", "act_number": "0", "act_date": date(2020, 1, 1)}
"""Of a day that stands only while it is counted."""
Days = dict[str, bool | None]
"""Day → whether the region has it working; None: it says nothing of that day."""


def save(session: Session, day: RegionCalendarDay) -> RegionCalendarDay:
    """Save a day, and ask for its effect if it lies in the past. Errors are those of `records.save`."""
    before, after = _stood(day), _stands(day)
    with transaction(session):
        records.save(session, day)
        _ask(session, day, before, after)
    return day


def delete(session: Session, day: RegionCalendarDay) -> DeletedRecord:
    before = _stands(day)
    return records.remove(session, day, lambda: _ask(session, day, before, {}))


@trash.restores(RegionCalendarDay)
def _again(session: Session, day: RegionCalendarDay) -> None:
    _ask(session, day, {}, _stands(day))


def _stands(day: RegionCalendarDay) -> Days:
    return {day.day.isoformat(): day.is_working}


def _stood(day: RegionCalendarDay) -> Days:
    """As the database has it, before it is saved."""
    state: Any = inspect(day)
    if not state.persistent:
        return {}
    was = {name: (state.attrs[name].history.deleted or [getattr(day, name)])[0] for name in ("day", "is_working")}
    return {was["day"].isoformat(): was["is_working"]}


def _ask(session: Session, day: RegionCalendarDay, before: Days, after: Days) -> None:
    touched = sorted({*before, *after})
    person = person_of(session)
    if before == after or date.fromisoformat(touched[0]) > person.today or person.account_id is None:
        return
    given = {
        "region_id": day.region_id,
        "subject_id": day.id,
        "about": f"Календарь региона: {day.caption}",
        "act": day.act_text,
        "act_number": day.act_number,
        "act_date": day.act_date.isoformat() if day.act_date else None,
        "before": dict.fromkeys(touched) | before,
        "after": dict.fromkeys(touched) | after,
        "at": utc_now().isoformat(),
    }
    title = f"Показатели школ до и после изменения календаря: {format_date(date.fromisoformat(touched[0]))}"
    jobs.ask(session, JOB, title, given, owed=True)


def _may(actor: Actor, given: jobs.Parameters) -> bool:
    return actor.may(Action.EDIT, Resource.CALENDAR_REGION)


def _page(given: jobs.Parameters) -> str:
    """The corrections that it made."""
    return f"/corrections/list/?kind={CorrectionKind.CONDITIONS.value}&entered_on_from={given['at'][:10]}"


@jobs.job(JOB, allowed=_may, page=_page)
def _retell(session: Session, actor: Actor, given: jobs.Parameters, progress: jobs.Progress) -> None:
    """Count twice and store what differs; run again, it goes on with the schools that have no correction yet."""
    progress.step(0, 0, "Показатели считаются до и после изменения")
    before, after = (_counted(session, actor.today, given, given[name]) for name in ("before", "after"))
    differ = effects.differing(before, after)
    left = [key for key in differ if key not in _told(session, given)]
    words = f"Показатели изменились: {counted(len(differ), 'школа', 'школы', 'школ')}"
    for start in range(0, len(left), AT_ONCE):
        progress.step(len(differ) - len(left) + start, len(differ), words)
        with transaction(session), system_step(session, "tell the effect of an act of the region"):
            for key in left[start : start + AT_ONCE]:
                told = effects.effect(before[key], after[key])
                session.add(effects.correction(session, key, _act(given), told))
    progress.step(len(differ), len(differ), words)


def _counted(session: Session, today: date, given: jobs.Parameters, days: Days) -> effects.Numbers:
    """The numbers of every school today, as if the region's calendar had these days so."""
    with rehearsal(session), system_step(session, "count as if the region's calendar stood otherwise"):
        for day, is_working in days.items():
            _set(session, given["region_id"], date.fromisoformat(day), is_working)
        session.flush()
        return effects.numbers(session, None, today)


def _set(session: Session, region_id: int, day: date, is_working: bool | None) -> None:
    where = RegionCalendarDay.region_id == region_id, RegionCalendarDay.day == day
    row = session.scalar(select(RegionCalendarDay).where(*where))
    if is_working is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(RegionCalendarDay(region_id=region_id, day=day, is_working=is_working, **NOBODY_ACT))
    elif row.is_working != is_working:
        row.is_working = is_working
        row.act_number, row.act_date = row.act_number or NOBODY_ACT["act_number"], row.act_date or day


def _told(session: Session, given: jobs.Parameters) -> set[int]:
    """Schools that have the correction of this change already."""
    of_day = Correction.subject == RegionCalendarDay.__tablename__, Correction.subject_id == given["subject_id"]
    with system_step(session, "look for corrections of every school"):
        made = select(Correction.school_id).where(*of_day, Correction.decided_at == datetime.fromisoformat(given["at"]))
        return set(session.scalars(made))


def _act(given: jobs.Parameters) -> effects.Act:
    day = given["act_date"]
    return effects.Act(
        subject=RegionCalendarDay.__tablename__,
        subject_id=given["subject_id"],
        about=given["about"],
        reason=given["act"],
        number=given["act_number"],
        dated=date.fromisoformat(day) if day else None,
        at=datetime.fromisoformat(given["at"]),
    )
