"""Which right guards which table: one line an entity. The first resource guards writing, any of them reading."""

from app.models import (
    AcademicYear,
    Account,
    AccountPerson,
    Appointment,
    AuditEvent,
    ClassMembership,
    DeletedRecord,
    Employee,
    Favourite,
    Guardianship,
    MovementLine,
    MovementOrder,
    Municipality,
    MunicipalityCode,
    Parent,
    Position,
    Pupil,
    Region,
    RegionCalendarDay,
    SavedList,
    School,
    SchoolCalendarDay,
    SchoolClass,
    SchoolSettings,
    StudyPeriod,
)
from app.security.permissions import Resource

RESOURCES: dict[type, tuple[Resource, ...]] = {
    Region: (Resource.TERRITORY,),
    Municipality: (Resource.TERRITORY,),
    MunicipalityCode: (Resource.TERRITORY,),
    School: (Resource.SCHOOL, Resource.SCHOOL_BRIEF),
    SchoolSettings: (Resource.SETTINGS,),
    Position: (Resource.DIRECTORIES, Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF),
    AcademicYear: (Resource.ACADEMIC_YEARS,),
    StudyPeriod: (Resource.ACADEMIC_YEARS,),
    SchoolClass: (Resource.CLASSES, Resource.CLASSES_BRIEF),
    ClassMembership: (Resource.CLASSES,),
    Pupil: (Resource.PUPILS, Resource.PUPILS_BRIEF),
    Parent: (Resource.PARENTS, Resource.PARENTS_BRIEF),
    Guardianship: (Resource.PARENTS,),
    Employee: (Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF),
    MovementOrder: (Resource.MOVEMENT_ORDERS, Resource.MOVEMENT_BOOK),
    MovementLine: (Resource.MOVEMENT_ORDERS, Resource.MOVEMENT_BOOK),
    Account: (Resource.ACCOUNTS, Resource.ACCOUNTS_BRIEF),
    AccountPerson: (Resource.ACCOUNTS,),
    Appointment: (Resource.APPOINTMENTS,),
    RegionCalendarDay: (Resource.CALENDAR_REGION,),
    SchoolCalendarDay: (Resource.CALENDAR_SCHOOL,),
    AuditEvent: (Resource.AUDIT,),
    DeletedRecord: (Resource.DELETED,),
}

PERSONAL: tuple[type, ...] = (Favourite, SavedList)
"""Tables whose every row is its owner's alone (`account_id`): no right gives anybody else a look at them."""
