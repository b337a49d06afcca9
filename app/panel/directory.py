"""The base view of a directory that the region and the schools share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.extensions import db
from app.models.rows import rows_of
from app.models.shared import Ordered
from app.panel.editing import forms
from app.panel.view import RecordView
from app.regulation.rights import Action
from app.security.actor import Actor
from app.security.guard import person_of
from app.services.directories import entries


class DirectoryView(RecordView):
    """Lists the region's entries and the school's own; pickers offer the open ones of both."""

    search_hint = "Название"
    lookup_filters = ("school_id",)

    def __init_subclass__(cls, model: Any = None, **kwargs: Any) -> None:
        """Lists and form follow from the fields that the model says an entry has."""
        if model is not None:
            plain = [name for name in model.__fields__ if name not in rows_of(model)]
            whose = [] if model.__of_schools__ else ["owner"]
            cls.list_columns = ["title", *plain, *whose, "closed_on", "school"]
            cls.filter_columns = [*plain, "closed_on", "school"]
            cls.form_fieldsets = [("Значение справочника", ["school", "title", *model.__fields__, "closed_on"])]
            cls.default_order = ("sort_order", "title") if issubclass(model, Ordered) else ("title",)
        super().__init_subclass__(model=model, **kwargs)

    @classmethod
    def may_add(cls, actor: Actor) -> bool:
        """Who keeps the region's entries adds none to a directory of the schools'."""
        regions = actor.school_ids(cls.resource, Action.EDIT) is None
        return super().may_add(actor) and not (regions and cls.model.__of_schools__)

    def lookup_hint(self, obj: Any) -> str:
        return str(obj.owner)

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        """Who keeps the region's entries adds no school's."""
        if "school" in form and person_of(db.session).school_ids(self.resource, Action.EDIT) is None:
            del form.school

    def fill(self, obj: Any) -> None:
        """An entry of the region has no school, and stays so."""
        if obj.school is not None:
            obj.school_id = obj.school.id

    def store(self, obj: Any) -> Any:
        return entries.save(db.session, obj)

    def erase(self, obj: Any) -> Any:
        entries.refuse_shipped(obj)
        return super().erase(obj)

    def obstacles(self, rows: Sequence[Any]) -> dict[int, list[str]]:
        found = super().obstacles(rows)
        return {obj.id: [*found[obj.id], *entries.obstacles(obj)] for obj in rows}
