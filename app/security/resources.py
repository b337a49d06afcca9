"""Which right guards which table: one line an entity. The first resource guards writing, any of them reading."""

from app import models
from app.security.permissions import Resource

RESOURCES: dict[type, tuple[Resource, ...]] = {
    models.Region: (Resource.TERRITORY,),
    models.Municipality: (Resource.TERRITORY,),
    models.MunicipalityCode: (Resource.TERRITORY,),
    models.School: (Resource.SCHOOL, Resource.SCHOOL_BRIEF),
    models.SchoolSettings: (Resource.SETTINGS,),
    models.Position: (Resource.DIRECTORIES, Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF),
    models.AcademicYear: (Resource.ACADEMIC_YEARS,),
    models.StudyPeriod: (Resource.ACADEMIC_YEARS,),
    models.SchoolClass: (Resource.CLASSES, Resource.CLASSES_BRIEF),
    models.ClassMembership: (Resource.CLASSES,),
    models.Pupil: (Resource.PUPILS, Resource.PUPILS_BRIEF),
    models.Parent: (Resource.PARENTS, Resource.PARENTS_BRIEF),
    models.Guardianship: (Resource.PARENTS,),
    models.Employee: (Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF),
    models.MovementOrder: (Resource.MOVEMENT_ORDERS, Resource.MOVEMENT_BOOK),
    models.MovementLine: (Resource.MOVEMENT_ORDERS, Resource.MOVEMENT_BOOK),
    models.Account: (Resource.ACCOUNTS, Resource.ACCOUNTS_BRIEF),
    models.AccountPerson: (Resource.ACCOUNTS,),
    models.Appointment: (Resource.APPOINTMENTS,),
    models.RegionCalendarDay: (Resource.CALENDAR_REGION,),
    models.SchoolCalendarDay: (Resource.CALENDAR_SCHOOL,),
    models.AuditEvent: (Resource.AUDIT,),
    models.DeletedRecord: (Resource.DELETED,),
}

PERSONAL: tuple[type, ...] = (models.Favourite, models.SavedList)
"""Tables whose every row is its owner's alone (`account_id`): no right gives anybody else a look at them."""
