"""The names of rights. A role talks about work (view pupils), never about routes; literals stand here only.

Titles of resources stand with their grants, in `rights/<group>.yaml`.
"""

from enum import StrEnum

from app.choices import Choice


class Action(Choice):
    VIEW = "view", "просмотр"
    EDIT = "edit", "внесение и изменение"
    DELETE = "delete", "удаление"
    PRINT = "print", "печать"
    EXPORT = "export", "выгрузка"
    HAND_OVER = "hand_over", "выдача"
    APPROVE = "approve", "утверждение"
    CLOSE = "close", "закрытие"
    COMPARE = "compare", "сверка"

    @property
    def permission(self) -> str:
        """The name Flask-AppBuilder keeps it under."""
        return f"can_{self.value}"

    @property
    def letters(self) -> str:
        """What stands for it in a matrix."""
        return LETTERS[self]


LETTERS = {
    Action.VIEW: "П",
    Action.EDIT: "В",
    Action.DELETE: "У",
    Action.PRINT: "Пч",
    Action.EXPORT: "Вг",
    Action.HAND_OVER: "Вд",
    Action.APPROVE: "Ут",
    Action.CLOSE: "Зк",
    Action.COMPARE: "Св",
}


class Scope(Choice):
    """Whose rows a grant reaches. The last three are whole: all rows of the schools that the role reaches."""

    OWN = "own", "свои"
    OWN_CLASS = "own_class", "свой класс"
    OWN_CHILD = "own_child", "свой ребёнок"
    OWN_LESSONS = "own_lessons", "свои уроки"
    OWN_SUBJECTS = "own_subjects", "свои предметы"
    OWN_RECORDS = "own_records", "свои документы"
    OWN_RULES = "own_rules", "свои сроки"
    MEMBER = "member", "где участвует"
    SCHOOL = "school", "своя школа"
    MUNICIPALITY = "municipality", "школы муниципалитета"
    REGION = "region", "все школы"


WHOLE = frozenset({Scope.SCHOOL, Scope.MUNICIPALITY, Scope.REGION})


class Resource(StrEnum):
    """What a right is about: a block of `rights/<group>.yaml` each, a brief one beside its full one."""

    TERRITORY = "territory"
    SCHOOL = "school"
    SCHOOL_BRIEF = "school_brief"
    SETTINGS = "settings"
    DIRECTORIES = "directories"
    RIGHTS = "rights"
    ACCOUNTS = "accounts"
    ACCOUNTS_BRIEF = "accounts_brief"
    APPOINTMENTS = "appointments"
    OFFICIALS = "officials"
    SIGN_IN = "sign_in"
    ACADEMIC_YEARS = "academic_years"
    CLASSES = "classes"
    CLASSES_BRIEF = "classes_brief"
    OUTCOMES = "outcomes"
    PUPILS = "pupils"
    PUPILS_BRIEF = "pupils_brief"
    PARENTS = "parents"
    PARENTS_BRIEF = "parents_brief"
    EMPLOYEES = "employees"
    EMPLOYEES_BRIEF = "employees_brief"
    MOVEMENT_ORDERS = "movement_orders"
    MOVEMENT_BOOK = "movement_book"
    DOUBLE_STUDY = "double_study"
    READINGS = "readings"
    START_OF_USE = "start_of_use"
    CALENDAR_REGION = "calendar_region"
    CALENDAR_SCHOOL = "calendar_school"
    CORRECTIONS = "corrections"
    COMPLIANCE = "compliance"
    WORKLIST = "worklist"
    MONITORING_PLAN = "monitoring_plan"
    AUDIT = "audit"
    DELETED = "deleted"


OPERATOR_ROLE = "Admin"
"""Flask-AppBuilder's own role of the system operator; no regulated role is mapped to it."""
