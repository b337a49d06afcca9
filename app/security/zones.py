"""The time zone of a school: its terms are judged by its own local dates."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from app.clock import local_date, today, utc_now, zone
from app.models.engine.held import held_setting
from app.models.schools import SchoolSettings

Dated = tuple[str, date, date | None]


def zone_of(connection: Connection, school_id: int) -> str | None:
    """Of the settings that hold on the day that it is in their own zone; None is the installation's.

    While a change to a zone further west waits for a confirmation, the day is that of the zone before: else what is
    entered after midnight would be of the day that is over.
    """
    now = utc_now()
    stood = held_setting.c
    held = select(stood.stood).where(stood.school_id == school_id, stood.setting == "calendar", stood.holds)
    zones = [_in_force(_typed(connection, school_id), now)]
    zones += [_in_force(_kept(told), now) for told in connection.scalars(held.where(stood.until_on.is_(None)))]
    return max(zones, key=lambda name: _ahead(now, name))


def _typed(connection: Connection, school_id: int) -> list[Dated]:
    settings = SchoolSettings.__table__.c
    wanted = select(settings.time_zone, settings.valid_from, settings.valid_to).where(settings.school_id == school_id)
    rows = connection.execute(wanted.order_by(settings.valid_from.desc()))
    return [(str(name), since, until) for name, since, until in rows]


def _kept(told: dict[str, Any]) -> list[Dated]:
    return [
        (each["zone"], date.fromisoformat(each["from"]), each["to"] and date.fromisoformat(each["to"]))
        for each in reversed(told["settings"])
    ]


def _in_force(dated: Iterable[Dated], now: datetime) -> str | None:
    found = (
        name
        for name, since, until in dated
        if since <= local_date(now, name) and (until is None or local_date(now, name) <= until)
    )
    return next(found, None)


def _ahead(now: datetime, name: str | None) -> timedelta:
    return now.astimezone(ZoneInfo(name) if name else zone()).utcoffset() or timedelta()


def today_of(connection: Connection, school_id: int) -> date:
    """The present local date of a school."""
    return today(zone_of(connection, school_id))
