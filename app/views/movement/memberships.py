"""Who is in which class (3.3.3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.extensions import db
from app.models.engine.deleted import DeletedRecord
from app.models.movement.memberships import ClassMembership
from app.models.study import CLASS_NAME, GRADES
from app.panel.editing import forms
from app.panel.importing.declaration import Imports, Key, Mark
from app.panel.listing.terms import Through
from app.panel.menu import Menu
from app.panel.view import RecordView
from app.regulation.rights import Resource
from app.security.guard import person_of
from app.services.movement import memberships

INITIAL = Mark(
    "Первоначальная загрузка",
    "Состав классов на начало ведения: приказов о зачислении по этим записям панель не ждёт. Сколько их, видно на"
    " странице школы.",
    refused=lambda: memberships.unmarkable(db.session, person_of(db.session).default_school_id),
    set=lambda obj: memberships.mark_initial(db.session, obj),
)


class ClassMembershipView(RecordView, model=ClassMembership):
    resource = Resource.CLASSES
    route = "memberships"
    menu = Menu("Учебный год", order=20, icon="list-details", hint="Кто в каком классе")
    guide, clause = "deputy#классы", "3.3.3.2"
    list_columns = ["pupil", "school_class", "starts_on", "ends_on", "opened_by.order"]
    search_hint = "Фамилия и имя обучающегося, класс"
    search_through = (Through("pupil"), Through("school_class", shape=CLASS_NAME))
    default_order = ("starts_on",)
    default_descending = True
    filter_columns = [
        "school_class",
        "school_class.grade",
        "school_class.academic_year",
        "pupil",
        "starts_on",
        "ends_on",
        "is_initial",
        "school",
    ]
    filter_choices = {"school_class.grade": GRADES}

    def lookup_paths(self) -> tuple[str, ...]:
        return ("school_class",)

    form_fieldsets = [("Состав класса", ["pupil", "school_class", "starts_on", "ends_on"])]
    fixed_columns = ("pupil", "school_class")
    imports = Imports(keys=(Key("pupil", "school_class", "starts_on"),), mark=INITIAL)

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        """What an order did is changed by changing the order."""
        if obj is not None and obj.opened_by_id is not None:
            del form.starts_on
        if obj is not None and obj.closed_by_id is not None:
            del form.ends_on

    def write(self, form: forms.Form, obj: ClassMembership | None) -> ClassMembership:
        data = {name: form[name].data for name in self.form_columns if name in form}
        return memberships.save(db.session, obj or ClassMembership(), data)

    def erase(self, obj: ClassMembership) -> DeletedRecord:
        return memberships.delete(db.session, obj)

    def obstacles(self, rows: Sequence[ClassMembership]) -> dict[int, list[str]]:
        return {obj.id: [memberships.OF_AN_ORDER] if memberships.is_of_an_order(obj) else [] for obj in rows}

    def stays(self, obj: ClassMembership) -> bool:
        return memberships.is_of_an_order(obj) or super().stays(obj)
