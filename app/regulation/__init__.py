"""The regulation as dated data, and the working-day arithmetic its terms need."""

from .errors import NotInForceError, Problem, RegulationError
from .loader import load_regulation
from .schema import Regulation
from .workdays import CalendarRangeError, Override, WorkCalendar

__all__ = [
    "CalendarRangeError",
    "NotInForceError",
    "Override",
    "Problem",
    "Regulation",
    "RegulationError",
    "WorkCalendar",
    "load_regulation",
]
