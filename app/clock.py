"""The one clock: instants in UTC, terms in local dates. Nothing else reads the time.

`DEFAULT_ZONE` is the installation's own zone until `set_zone` names another.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Sakhalin"
_zone = DEFAULT_ZONE


def set_zone(name: str) -> None:
    """The installation's zone (`SGO_TIMEZONE`), set once when the application is made."""
    global _zone
    _zone = name


def zone() -> ZoneInfo:
    """The installation's zone."""
    return ZoneInfo(_zone)


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime, name: str | None = None) -> date:
    """The local calendar date of an instant, in the named zone (a school's) or else the installation's."""
    return instant.astimezone(ZoneInfo(name or _zone)).date()


def today(name: str | None = None) -> date:
    """The present local date, in the named zone or else the installation's."""
    return local_date(utc_now(), name)
