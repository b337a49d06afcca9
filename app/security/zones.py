"""The time zone of a school: its terms are judged by its own local dates."""

from datetime import date

from sqlalchemy import Connection, select

from app.clock import local_date, today, utc_now
from app.models.schools import SchoolSettings


def zone_of(connection: Connection, school_id: int) -> str | None:
    """Of the settings that hold on the day that it is in their own zone; None is the installation's."""
    settings, now = SchoolSettings.__table__.c, utc_now()
    wanted = select(settings.time_zone, settings.valid_from, settings.valid_to).where(settings.school_id == school_id)
    for zone, since, until in connection.execute(wanted.order_by(settings.valid_from.desc())):
        if since <= local_date(now, zone) and (until is None or local_date(now, zone) <= until):
            return str(zone)
    return None


def today_of(connection: Connection, school_id: int) -> date:
    """The present local date of a school."""
    return today(zone_of(connection, school_id))
