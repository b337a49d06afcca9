"""The one clock: instants in UTC, terms in local dates. Nothing else reads the time.

An application sets it when it is made (`configure`): its zone, and in a demonstration the day that is shown.
"""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Sakhalin"

_zone = ZoneInfo(DEFAULT_ZONE)
_shown: date | None = None


def configure(zone: str = DEFAULT_ZONE, shown: date | None = None) -> None:
    """The installation's zone (`SGO_TIMEZONE`), and the day that a demonstration shows (`SGO_DEMO_TODAY`)."""
    global _zone, _shown
    _zone, _shown = ZoneInfo(zone), shown


def zone() -> ZoneInfo:
    """The installation's zone."""
    return _zone


def shown_day() -> date | None:
    """The day that a demonstration shows in place of the real one."""
    return _shown


def utc_now() -> datetime:
    """The present instant, aware, in UTC. On a shown day the local time of day stays the real one."""
    now = datetime.now(UTC)
    if _shown is None:
        return now
    return now + timedelta(days=(_shown - now.astimezone(_zone).date()).days)


def local_date(instant: datetime, zone_name: str | None = None) -> date:
    """The local calendar date of an instant, in the named zone (a school's) or else the installation's."""
    return instant.astimezone(ZoneInfo(zone_name) if zone_name else _zone).date()


def file_time() -> float:
    """Seconds as the file system stamps them: never those of a shown day."""
    return time.time()


def today(zone_name: str | None = None) -> date:
    """The present local date, in the named zone or else the installation's."""
    return local_date(utc_now(), zone_name)
