"""The bin of a school: what was deleted, when and by whom; its Administrator restores it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose, has_access
from sqlalchemy import inspect

from app.extensions import db
from app.models.base import label_of
from app.models.engine.deleted import DeletedRecord
from app.panel import cells
from app.panel.editing import doubts
from app.panel.menu import Menu
from app.panel.registry import main_view
from app.panel.view import RecordView
from app.regulation.rights import Action, Resource
from app.security import names
from app.security.guard import actor_of
from app.security.resources import RESOURCES
from app.services.engine import history, trash
from app.services.engine.audit import SILENT
from app.services.engine.errors import Refused
from app.services.engine.warnings import Unconfirmed

MOST_PARTS = 50
"""Rows that went with a record and are told on its card; an order may have hundreds."""


class DeletedView(RecordView, model=DeletedRecord):
    resource = Resource.DELETED
    route = "deleted"
    menu = Menu("Школа и доступ", order=70, icon="trash")
    guide, clause = "panel#удаление", "3.3.2.2"
    readonly = True
    list_columns = ["caption", "kind", "deleted_at", "deleted_by", "school"]
    default_order = ("id",)
    default_descending = True
    filter_columns = ["kind", "deleted_on", "school"]
    filter_choices = {"kind": sorted({model.__titles__[0] for model in RESOURCES})}
    found = False
    search_hint = "Название удалённой записи"
    empty_hint = "Удалённые записи появляются здесь; отсюда их можно восстановить."
    show_fieldsets = [
        ("Удаление", {"fields": ["kind", "record_id", "deleted_at", "deleted_by", "school"]}),
    ]
    method_permission_name = RecordView.method_permission_name | {"restore": Action.EDIT}

    def narrowing(self) -> list[Any]:
        """What is restored has left the bin; a search must not tell names of what one may not see."""
        found = [DeletedRecord.restored_at.is_(None)]
        if request.args.get("q"):
            found.append(DeletedRecord.entity.in_(trash.readable_entities(actor_of(db.session))))
        return found

    def card(self, obj: DeletedRecord) -> dict[str, Any]:
        return super().card(obj) | {"sections": [*super().card(obj)["sections"], *self._parts(obj)]}

    def card_toolbar(self, obj: DeletedRecord) -> list[dict[str, Any]]:
        if not actor_of(db.session).may(Action.EDIT, self.resource):
            return []
        question = f"Восстановить запись «{obj}»?"
        tool = {"title": "Восстановить", "url": self.url("restore", pk=obj.id), "icon": "restore", "primary": True}
        return [tool | {"method": "post", "confirm": question}]

    @expose("/restore/<pk>", methods=["POST"])
    @has_access
    def restore(self, pk: str) -> Any:
        deleted = self.get(pk, Action.EDIT)
        try:
            obj = trash.restore(db.session, deleted, doubts.answered_for(deleted.id))
        except Unconfirmed as error:
            asked = [(deleted.id, deleted.name, doubt) for doubt in error.warnings]
            return self.render_restoring(asked, self.url("show", pk=pk)), 422
        except Refused as error:
            flash(str(error), "warning")
            return redirect(self.url("show", pk=pk))
        flash("Запись восстановлена.", "success")
        view = main_view(type(obj))
        seen = view is not None and actor_of(db.session).may(Action.VIEW, view.resource)
        return redirect(view.url("show", pk=obj.id) if seen else self.url("list"))

    def _parts(self, obj: DeletedRecord) -> list[dict[str, Any]]:
        """The values as they were, the record's own first; to whoever may not see such records, that he may not."""
        if not obj.readable:
            return [{"title": "Как было", "items": [{"label": "Данные", "value": cells.show(cells.WITHHELD)}]}]
        parts = [(trash.model_of(part["entity"]), part["values"]) for part in obj.data[: MOST_PARTS + 1]]
        parts = [(model, values) for model, values in parts if model is not None]
        called = _names(parts)
        return [
            {"title": f"{model.__titles__[0]}: как было", "items": list(_items(model, values, called))}
            for model, values in parts
        ]


def _items(model: Any, values: dict[str, Any], called: dict[tuple[type, int], str]) -> Any:
    linked = {column.name: relation for relation, column in trash.links(model)}
    for column in inspect(model).columns:
        value = values.get(column.name)
        relation = linked.get(column.name)
        repeats = column.foreign_keys and relation is None  # a part of a composite key, told by another column
        if value is None or repeats or column.name in SILENT | {"id", "school_id"}:
            continue
        if relation is None:
            yield {"label": label_of(model, column.name), "value": history.word(model, column, value)}
        else:
            shown = called.get((relation.mapper.class_, value), f"№ {value}")
            yield {"label": label_of(model, relation.key), "value": shown}


def _names(parts: list[tuple[Any, dict[str, Any]]]) -> dict[tuple[type, int], str]:
    """What the linked records are called: one query for each kind."""
    wanted = {
        (relation.mapper.class_, values[column.name])
        for model, values in parts
        for relation, column in trash.links(model)
        if values.get(column.name) is not None
    }
    names.load(db.session, wanted)
    return {each: name for each in wanted if (name := names.of(db.session, *each)) is not None}
