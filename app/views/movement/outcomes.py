"""Outcomes of the year: what the pedagogical council decided of each pupil (3.3.3.2)."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.models.movement.outcomes import YearOutcome
from app.models.study import GRADES
from app.panel.menu import Menu
from app.panel.view import Grid, RecordView
from app.regulation.rights import Resource
from app.services.movement import outcomes


class YearOutcomeView(RecordView, model=YearOutcome):
    resource = Resource.OUTCOMES
    route = "outcomes"
    menu = Menu(
        "Учебный год",
        order=25,
        icon="certificate",
        hint="Решения педагогического совета",
        reader_hint="Решения педагогического совета",
    )
    guide, clause = "deputy#итог-года", "3.3.3.2"
    list_columns = ["pupil", "school_class", "outcome", "decided_on", "protocol", "school"]
    default_order, default_descending = ("id",), True
    filter_columns = [
        "school_class",
        "school_class.grade",
        "school_class.academic_year",
        "pupil",
        "outcome",
        "decided_on",
        "protocol",
        "school",
    ]
    filter_choices = {"school_class.grade": GRADES}
    empty_hint = "Итог появляется вместе с зачислением обучающегося в класс."
    form_fieldsets = [
        ("Обучающийся", ["pupil", "school_class"]),
        ("Решение педагогического совета", ["outcome", "decided_on", "protocol"]),
    ]
    fixed_columns = ("pupil", "school_class")
    bulk_fields = ("outcome", "decided_on", "protocol")
    as_grid = Grid("Итоги года", by="school_class", head="pupil", columns=("outcome", "decided_on", "protocol"))

    def lookup_paths(self) -> tuple[str, ...]:
        return ("school_class",)

    def write(self, form: Any, obj: Any) -> YearOutcome:
        data = {name: form[name].data for name in self.form_columns if name in form}
        return outcomes.save(db.session, obj, data)
