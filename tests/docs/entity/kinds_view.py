"""A table with a column of each kind."""

from app.models.samples import Sample

from app.panel.importing.declaration import Imports, Key
from app.panel.view import RecordView
from app.regulation.rights import Resource

OWN = ["employee", "story", "contact", "state", "is_ready", "is_checked", "places", "price", "weight", "held_on"]
ALL = [*OWN, "starts_at", "sent_at", "details"]


class SampleView(RecordView, model=Sample):
    resource = Resource.EMPLOYEES
    route = "samples"
    section = "Люди"
    guide, clause = "panel#списки", "3.3.4.2"
    list_columns = ["title", *ALL]
    default_order = ("title",)
    filter_columns = ["title", *(name for name in ALL if name != "details")]
    bulk_fields = tuple(ALL)
    imports = Imports(keys=(Key("title"),))
    form_fieldsets = [("Проба", ["title", *ALL])]
