"""The base view of a directory that the region and the schools share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.extensions import db
from app.panel.editing import forms
from app.panel.view import RecordView
from app.regulation.rights import Action
from app.security.guard import person_of
from app.services.directories import entries


class DirectoryView(RecordView):
    """Lists the region's entries and the school's own; pickers offer the open ones of both."""

    list_columns = ["title", "owner", "closed_on", "school"]
    default_order = ("title",)
    filter_columns = ["closed_on", "school"]
    form_fieldsets = [("Значение справочника", ["school", "title", "closed_on"])]
    lookup_filters = ("school_id",)

    def lookup_hint(self, obj: Any) -> str:
        return str(obj.owner)

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        """Who keeps the region's entries adds no school's."""
        if "school" in form and person_of(db.session).school_ids(self.resource, Action.EDIT) is None:
            del form.school

    def write(self, form: forms.Form, obj: Any) -> Any:
        entry = obj if obj is not None else self.model()
        with db.session.no_autoflush:
            for name in self.form_columns:
                if name in form:
                    form[name].populate_obj(entry, name)
            if entry.school is not None:
                entry.school_id = entry.school.id
        return entries.save(db.session, entry)

    def erase(self, obj: Any) -> Any:
        entries.refuse_shipped(obj)
        return super().erase(obj)

    def obstacles(self, rows: Sequence[Any]) -> dict[int, list[str]]:
        found = super().obstacles(rows)
        return {obj.id: [*found[obj.id], *entries.obstacles(obj)] for obj in rows}
