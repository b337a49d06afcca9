"""From which day schools keep their records here: set by the regional specialist, read by МОУО and school."""

from typing import Any

from flask import flash, url_for
from markupsafe import Markup

from app.extensions import db
from app.models.monitoring.starts import RegionStart, SchoolStart
from app.panel.menu import Menu
from app.panel.view import RecordView
from app.regulation.rights import Action, Resource
from app.russian import counted
from app.security.guard import person_of
from app.services.monitoring import starts
from app.services.monitoring.compliance import Question

ACT = ("Акт-основание", ["act_number", "act_date"])


def start_of(question: Question) -> dict[str, Any] | None:
    """From which day the school of a question keeps its records here, and its initial load, which opens as a list."""
    told = starts.of_school(db.session, question)
    if told is None:
        return None
    person, school = person_of(db.session), question.organisation.id
    marked = url_for("ClassMembershipView.list", is_initial="1", school=school)
    opens = told.initial and person.may(Action.VIEW, Resource.CLASSES)
    return {"text": told.text, "initial": told.initial, "url": marked if opens else None}


def tell_effect(differ: list[int]) -> None:
    """Of an act of the region: how many schools' numbers it has changed."""
    if differ:
        words = f"Показатели изменились: {counted(len(differ), 'школа', 'школы', 'школ')}."
        where = url_for("CorrectionView.list", kind="conditions")
        flash(Markup('{} <a href="{}">Исправления</a>').format(words, where), "info")
    else:
        flash("Показатели не изменились.", "info")


class _StartView(RecordView):
    resource = Resource.START_OF_USE
    guide, clause = "regional#начало-ведения", "4.1"

    def store(self, obj: Any) -> Any:
        """Saving it is a correction: what it does to the numbers is stored with it."""
        tell_effect(starts.save(db.session, obj))
        return obj


class SchoolStartView(_StartView, model=SchoolStart):
    route = "school_starts"
    menu = Menu("Сроки", order=6, icon="calendar-event", hint="С какого дня школа ведёт данные в панели")
    list_columns = ["school", "since", "act_number", "act_date"]
    default_order = ("since",)
    default_descending = True
    filter_columns = ["school", "since", "act_number", "act_date"]
    form_fieldsets = [("Школа", ["school", "since"]), ACT]


class RegionStartView(_StartView, model=RegionStart):
    route = "region_start"
    menu = Menu("Сроки", order=7, icon="calendar-event", title="Школы без записей", hint="С какого дня они начинают")
    list_columns = ["region", "since", "act_number", "act_date"]
    form_fieldsets = [("Школы, которые ещё ничего не внесли", ["region", "since"]), ACT]
    fixed_columns = ("region",)
