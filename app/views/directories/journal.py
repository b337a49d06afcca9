"""Directories of the journal."""

from app.models.directories import journal
from app.panel.menu import Menu
from app.panel.view import RecordView, Related
from app.regulation.rights import Resource
from app.views.directories.base import Directory


class WorkKindView(Directory, model=journal.WorkKind):
    route = "work_kinds"
    menu = Menu("Справочники", order=50, icon="list")


class AbsenceCodeView(Directory, model=journal.AbsenceCode):
    route = "absence_codes"
    menu = Menu("Справочники", order=51, icon="calendar-off")


class MarkScaleView(Directory, model=journal.MarkScale):
    route = "mark_scales"
    menu = Menu("Справочники", order=52, icon="scale")
    related = [Related(journal.ScaleMark, "scale_id", ("mark", "value", "meaning"), "Отметки")]


class ScaleMarkView(RecordView, model=journal.ScaleMark):
    resource = Resource.DIRECTORIES
    route = "scale_marks"
    readonly = True
    section = "Справочники"
    guide, clause = "administrator#настройки-и-справочники", "3.3.2.2"
    list_columns = ["scale", "mark", "value", "meaning", "school"]
    default_order = ("scale_id", "id")
    filter_columns = ["scale"]
