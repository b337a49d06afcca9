"""What clause 3.3 lets each account do, worked out from the data by itself: nothing of app.security is asked."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

import app

ROLES_FILE = Path(app.__file__).parent / "regulation" / "roles.yaml"
BLOCKS = sorted((ROLES_FILE.parent / "rights").glob("*.yaml"))
SCHOOL, NEAR, FAR = "65001", "65002", "65003"
"""The school of the accounts that walk, one of the same municipality, one of another."""
MUNICIPALITY = "64754000"
SCHOOL_ROLES = (
    "director",
    "administrator",
    "deputy",
    "secretary",
    "hr",
    "teacher",
    "psychologist",
    "technical",
    "medical",
    "student",
    "parent",
)
ROLE_OF: dict[str, str | None] = {
    **{f"{role}.{SCHOOL}": role for role in SCHOOL_ROLES},
    f"municipal.{MUNICIPALITY}": "municipal",
    "regional": "regional",
    "operator": "operator",
    "nobody": None,
}
LOGINS = tuple(ROLE_OF)

# View → the table it shows and the resource whose right it needs. Written by hand: the application's own declarations
# are compared with it, so a view that quietly moves to a weaker right is seen.
VIEWS: dict[str, tuple[str, str]] = {
    "RegionView": ("region", "territory"),
    "MunicipalityView": ("municipality", "territory"),
    "MunicipalityCodeView": ("municipality_code", "territory"),
    "SchoolView": ("school", "school"),
    "SchoolBriefView": ("school", "school_brief"),
    "SchoolSettingsView": ("school_settings", "settings"),
    "GradeWeekView": ("grade_week", "settings"),
    "PositionView": ("position", "directories"),
    "SubjectAreaView": ("subject_area", "directories"),
    "SubjectView": ("subject", "directories"),
    "StudyProfileView": ("study_profile", "directories"),
    "AchievementKindView": ("achievement_kind", "directories"),
    "PlatformView": ("platform", "directories"),
    "RoomView": ("room", "directories"),
    "WorkKindView": ("work_kind", "directories"),
    "AbsenceCodeView": ("absence_code", "directories"),
    "MarkScaleView": ("mark_scale", "directories"),
    "ScaleMarkView": ("scale_mark", "directories"),
    "MovementReasonView": ("movement_reason", "directories"),
    "FamilyCategoryView": ("family_category", "directories"),
    "PreventiveCategoryView": ("preventive_category", "directories"),
    "HealthGroupView": ("health_group", "directories"),
    "ConsentKindView": ("consent_kind", "directories"),
    "AcademicYearView": ("academic_year", "academic_years"),
    "StudyPeriodView": ("study_period", "academic_years"),
    "SchoolClassView": ("school_class", "classes"),
    "ClassLeaderView": ("class_leader", "classes"),
    "SchoolClassBriefView": ("school_class", "classes_brief"),
    "ClassMembershipView": ("class_membership", "classes"),
    "YearOutcomeView": ("year_outcome", "outcomes"),
    "PupilView": ("pupil", "pupils"),
    "PupilBriefView": ("pupil", "pupils_brief"),
    "ParentView": ("parent", "parents"),
    "ParentBriefView": ("parent", "parents_brief"),
    "GuardianshipView": ("guardianship", "parents"),
    "EmployeeView": ("employee", "employees"),
    "EmployeeBriefView": ("employee", "employees_brief"),
    "MovementOrderView": ("movement_order", "movement_orders"),
    "MovementBookView": ("movement_line", "movement_book"),
    "LawfulStudyView": ("lawful_study", "double_study"),
    "AccountView": ("ab_user", "accounts"),
    "AccountBriefView": ("ab_user", "accounts_brief"),
    "AccountPersonView": ("account_person", "accounts"),
    "HandingOverView": ("handing_over", "accounts"),
    "AppointmentView": ("appointment", "appointments"),
    "OfficialView": ("official", "officials"),
    "SecondFactorRoleView": ("second_factor_role", "sign_in"),
    "RegionCalendarView": ("region_calendar_day", "calendar_region"),
    "ReadingChoiceView": ("reading_choice", "readings"),
    "YearEndDayView": ("year_end_day", "readings"),
    "SchoolStartView": ("school_start", "start_of_use"),
    "RegionStartView": ("region_start", "start_of_use"),
    "SchoolCalendarView": ("school_calendar_day", "calendar_school"),
    "CorrectionView": ("correction", "corrections"),
    "AuditView": ("audit_event", "audit"),
    "DeletedView": ("deleted_record", "deleted"),
    "RightChangeView": ("right_change", "rights"),
}
ALSO_SHOWN = (("position", "employees"), ("position", "employees_brief"))
"""Rows that another right brings along: whoever sees an employee sees the position."""
# Views of no table: endpoint → the right it needs; None is everybody who has signed in.
PAGES: dict[str, tuple[str, str] | None] = {
    "HomeView.index": None,
    "SavedListView.index": None,
    "SavedListView.save": None,
    "SavedListView.drop": None,
    "PasswordView.change": None,
    "ProfileView.index": None,
    "ProfileView.end_sessions": None,
    "ProfileView.end_session": None,
    "SecondFactorView.index": None,
    "SecondFactorView.codes": None,
    "SecondFactorView.off": None,
    "SecondFactorView.done": None,
    "FavouriteView.toggle": None,
    "FindView.index": None,
    "HelpView.index": None,
    "HelpView.chapter": None,
    "RegulationMapView.index": None,
    "JobsView.index": None,
    "JobsView.download": None,
    "JobsView.cancel": None,
    "JobsView.remove": None,
    "AuthView.logout": None,
    "RightsView.index": ("rights", "view"),
    "RightsView.cell": ("rights", "view"),
    "RightsView.change": ("rights", "edit"),
    "RightsView.undo": ("rights", "edit"),
    "RightsView.printed": ("rights", "print"),
    "RightsView.as_role": ("rights", "view"),
    "ViewersView.index": ("rights", "view"),
    "SlipsView.index": ("accounts", "edit"),
    "HandoverView.index": ("accounts", "hand_over"),
    "HandoverView.sheet": ("accounts", "hand_over"),
    "FamilyPage.add": ("movement_orders", "edit"),
    "FamilyPage.known": ("movement_orders", "edit"),
    "ComplianceView.index": ("compliance", "view"),
    "ComplianceView.records": ("compliance", "view"),
    "ChangesView.index": ("compliance", "view"),
    "ChangesView.records": ("compliance", "view"),
    "DoubleStudyPage.index": ("double_study", "view"),
    "DoubleStudyPage.mark": ("double_study", "edit"),
    "FormsView.index": ("compliance", "view"),
    "FormsView.print_form": ("compliance", "print"),
    "ComplianceView.matrix": ("compliance", "view"),
    "ComplianceView.export": ("compliance", "export"),
    "FormsView.print_schools": ("compliance", "print"),
    "AskCorrection.ask": ("corrections", "edit"),
    "ReadingsView.index": ("readings", "view"),
    "ReadingsView.effect": ("readings", "view"),
}
PUBLIC = {"static", "AuthView.login", "AuthView.code", "health.healthz", "health.readyz"}
METHODS = {
    "list": "view",
    "show": "view",
    "lookup": "view",
    "export": "export",
    "printed": "print",
    "card_printed": "view",
    "add": "edit",
    "edit": "edit",
    "reset_second_factor": "edit",
    "unlock": "edit",
    "hand_over": "hand_over",
    "take_back": "hand_over",
    "annul": "edit",
    "withdraw": "edit",
    "confirm": "approve",
    "refuse": "approve",
    "row_filled": "edit",
    "hint": "edit",
    "rows_belonging": "edit",
    "rows_pasted": "edit",
    "delete": "delete",
    "undelete": "delete",
    "restore": "edit",
    "bulk": "view",
    "import_file": "edit",
    "import_template": "edit",
    "import_records": "edit",
    "import_check": "edit",
    "import_run": "edit",
    "import_result": "edit",
    "import_discard": "edit",
    "grid": "view",
    "cell": "edit",
}
COMMON_TABLES = {
    "region",
    "municipality",
    "municipality_code",
    "region_calendar_day",
    "reading_choice",
    "year_end_day",
    "second_factor_role",
    "region_start",
}
SHARED_TABLES = {table for table, right in VIEWS.values() if right == "directories"}
"""The region's rows have no school: seen from every school, changed by none."""
OF_SCHOOLS = {"room"}
"""And directories of which the region has no rows at all."""
Right = tuple[str, str]


ACTIONS = {"V": "view", "E": "edit", "D": "delete", "P": "print", "X": "export"}
WORDS = {"hand_over", "approve", "close", "compare"}
WHOLE = {"school", "municipality", "region"}


@cache
def grants() -> dict[str, dict[Right, frozenset[str]]]:
    """Role → (resource, action) → whose rows."""
    data = yaml.safe_load(ROLES_FILE.read_text(encoding="utf-8"))
    usual = {role["code"]: role["rows"] for role in (*data["roles"], data["operator"])}
    found: dict[str, dict[Right, frozenset[str]]] = {role: {} for role in usual}
    for path in BLOCKS:
        for resource, block in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            lines = dict(block["grants"]) | ({"operator": block["operator"]} if "operator" in block else {})
            for role, line in lines.items():
                cells = (
                    [line] if isinstance(line, str) else [line[name] for name in ("text", "derived") if name in line]
                )
                for part in ",".join(cells).split(","):
                    _add(found[role], resource, set(part.split()), usual[role])
    return found


def _add(role: dict[Right, frozenset[str]], resource: str, words: set[str], usual: str) -> None:
    name = f"{resource}_brief" if "brief" in words else resource
    rows = frozenset(words - ACTIONS.keys() - WORDS - {"brief"}) or frozenset({usual})
    for word in words & (ACTIONS.keys() | WORDS):
        right = (name, ACTIONS.get(word, word))
        role[right] = role.get(right, frozenset()) | rows


CHANGED: dict[tuple[str, Right], frozenset[str] | None] = {}
"""What the school of those who walk has changed: (role, right) → whose rows, or None where it was taken."""


def rows_of(login: str, right: Right) -> frozenset[str] | None:
    """Whose rows the account reaches by a right; None when it has not the right."""
    role = ROLE_OF[login]
    if role is None or (role, right) in CHANGED:
        return CHANGED.get((role or "", right))
    return grants()[role].get(right)


def right_of(endpoint: str) -> Right | None:
    """The right that an endpoint needs; None for those open to everybody who has signed in."""
    view, _, method = endpoint.partition(".")
    if view in VIEWS:
        return VIEWS[view][1], METHODS[method]
    return PAGES[endpoint]


def reach(rows: str, world: Any) -> set[int]:
    """The schools of «the school's» and «the municipality's» rows, for the accounts of `ROLE_OF`."""
    codes = {"school": [SCHOOL], "municipality": [SCHOOL, NEAR], "region": [SCHOOL, NEAR, FAR]}[rows]
    return {world.schools[code] for code in codes}


def organisations(login: str) -> tuple[list[str], list[str]]:
    """Codes of organisations whose compliance an account may ask for, and of those it may not."""
    every = [SCHOOL, NEAR, FAR, MUNICIPALITY, "64701000", "region"]
    own = {"municipal": [SCHOOL, NEAR, MUNICIPALITY], "regional": every}.get(ROLE_OF[login] or "", [SCHOOL])
    return own, [code for code in every if code not in own]
