"""Every view of the panel, in the order of registration."""

from app.views.accounts import AccountBriefView, AccountPersonView, AccountView, AppointmentView
from app.views.auth import PasswordView
from app.views.calendars import RegionCalendarView, SchoolCalendarView
from app.views.compliance import ComplianceView
from app.views.deleted import DeletedView
from app.views.find import FavouriteView, FindView
from app.views.forms_page import FormsView
from app.views.help import HelpView
from app.views.home import HomeView
from app.views.movement import MovementBookView, MovementOrderView
from app.views.organisation import PositionView, SchoolBriefView, SchoolSettingsView, SchoolView
from app.views.people import (
    EmployeeBriefView,
    EmployeeView,
    GuardianshipView,
    ParentBriefView,
    ParentView,
    PupilBriefView,
    PupilView,
)
from app.views.profile import ProfileView
from app.views.rights import RightsView
from app.views.saved import SavedListView
from app.views.territory import MunicipalityCodeView, MunicipalityView, RegionView
from app.views.trail import AuditView
from app.views.year import (
    AcademicYearView,
    ClassMembershipView,
    SchoolClassBriefView,
    SchoolClassView,
    StudyPeriodView,
)

INDEX = HomeView
VIEWS = (
    PasswordView,
    ProfileView,
    HelpView,
    SavedListView,
    FindView,
    FavouriteView,
    ComplianceView,
    FormsView,
    RightsView,
    RegionView,
    MunicipalityView,
    MunicipalityCodeView,
    SchoolView,
    SchoolBriefView,
    SchoolSettingsView,
    PositionView,
    AcademicYearView,
    StudyPeriodView,
    SchoolClassView,
    SchoolClassBriefView,
    ClassMembershipView,
    PupilView,
    PupilBriefView,
    ParentView,
    ParentBriefView,
    GuardianshipView,
    EmployeeView,
    EmployeeBriefView,
    MovementOrderView,
    MovementBookView,
    AccountView,
    AccountBriefView,
    AccountPersonView,
    AppointmentView,
    RegionCalendarView,
    SchoolCalendarView,
    AuditView,
    DeletedView,
)
