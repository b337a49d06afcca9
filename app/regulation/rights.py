"""The names of rights. A role talks about work (view pupils), never about routes; literals stand here only."""

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


class Resource(Choice):
    TERRITORY = "territory", "Регион и муниципалитеты"
    SCHOOL = "school", "Карточка школы"
    SCHOOL_BRIEF = "school_brief", "Карточка школы (кратко)"
    SETTINGS = "settings", "Настройки школы"
    DIRECTORIES = "directories", "Справочники"
    RIGHTS = "rights", "Права доступа ролей"
    ACCOUNTS = "accounts", "Учётные записи"
    ACCOUNTS_BRIEF = "accounts_brief", "Учётные записи (кратко)"
    APPOINTMENTS = "appointments", "Назначения на роли"
    ACADEMIC_YEARS = "academic_years", "Учебный год и периоды"
    CLASSES = "classes", "Классы и классные руководители"
    CLASSES_BRIEF = "classes_brief", "Классы (кратко)"
    PUPILS = "pupils", "Карточки обучающихся"
    PUPILS_BRIEF = "pupils_brief", "Обучающиеся (кратко)"
    PARENTS = "parents", "Карточки родителей"
    PARENTS_BRIEF = "parents_brief", "Родители (кратко)"
    EMPLOYEES = "employees", "Карточки сотрудников"
    EMPLOYEES_BRIEF = "employees_brief", "Сотрудники (кратко)"
    MOVEMENT_ORDERS = "movement_orders", "Приказы о движении"
    MOVEMENT_BOOK = "movement_book", "Книга движения, выпускники и выбывшие"
    CALENDAR_REGION = "calendar_region", "Календарь региона, прочтения сроков"
    CALENDAR_SCHOOL = "calendar_school", "Календарь школы"
    COMPLIANCE = "compliance", "Сроки: школа, муниципалитет, регион"
    WORKLIST = "worklist", "Сроки: собственные обязанности"
    MONITORING_PLAN = "monitoring_plan", "План мониторинга, требования"
    AUDIT = "audit", "Журнал действий"
    DELETED = "deleted", "Удалённые записи"


class Rows(Choice):
    """Whose rows a grant reaches."""

    OWN = "own", "свои"
    OWN_CLASS = "own_class", "свой класс"
    SCHOOL = "school", "своя школа"
    MUNICIPALITY = "municipality", "школы муниципалитета"
    REGION = "region", "все школы"


OPERATOR_ROLE = "Admin"
"""Flask-AppBuilder's own role of the system operator; no regulated role is mapped to it."""
