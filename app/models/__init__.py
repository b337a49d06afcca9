"""The relational schema: one file per noun group, constraints in the database.

A new file of this folder belongs to it without a line here: its models are found and known as `models.Name`.
"""

from importlib import import_module
from pkgutil import iter_modules

from app.models.accounts import Account, AccountPerson, Appointment
from app.models.audit import AuditAction, AuditEvent
from app.models.base import Choice, Path, Record, Searchable
from app.models.calendars import RegionCalendarDay, SchoolCalendarDay
from app.models.deleted import DeletedRecord
from app.models.movement import ClassMembership, MovementLine, MovementOrder, OrderKind, Outcome
from app.models.organisation import Position, School, SchoolSettings
from app.models.people import Employee, Guardianship, Parent, Pupil, PupilStatus, Relation, Sex
from app.models.personal import Favourite, SavedList
from app.models.territory import Municipality, MunicipalityCode, Region
from app.models.year import AcademicYear, PeriodKind, SchoolClass, StudyPeriod

__all__ = [
    "AcademicYear",
    "Account",
    "AccountPerson",
    "Appointment",
    "AuditAction",
    "AuditEvent",
    "Choice",
    "ClassMembership",
    "DeletedRecord",
    "Employee",
    "Favourite",
    "Guardianship",
    "MovementLine",
    "MovementOrder",
    "Municipality",
    "MunicipalityCode",
    "OrderKind",
    "Outcome",
    "Parent",
    "Path",
    "PeriodKind",
    "Position",
    "Pupil",
    "PupilStatus",
    "Record",
    "Region",
    "RegionCalendarDay",
    "Relation",
    "SavedList",
    "School",
    "SchoolCalendarDay",
    "SchoolClass",
    "SchoolSettings",
    "Searchable",
    "Sex",
    "StudyPeriod",
]

for _file in iter_modules(__path__):
    _module = import_module(f"{__name__}.{_file.name}")
    _own = {
        name: value for name, value in vars(_module).items() if getattr(value, "__module__", "") == _module.__name__
    }
    globals().update({name: value for name, value in _own.items() if hasattr(value, "__tablename__")})
