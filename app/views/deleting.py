"""Deleting any record, one or many at once. A part of the one base view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose, has_access

from app.extensions import db
from app.models.russian import plural
from app.security.actor import Actor
from app.security.permissions import Action
from app.services import records
from app.services.errors import Refused
from app.views import arguments


class DeletingPages:
    """What depends on a record is listed; what nothing depends on can be deleted."""

    @expose("/delete/<pk>", methods=["GET", "POST"])
    @has_access
    def delete(self, pk: str) -> Any:
        obj = self.get(pk, Action.DELETE)
        if request.method == "GET":
            return self._render_delete(obj, records.dependants(db.session, obj))
        try:
            self.erase(obj)
        except Refused as error:
            return self._render_delete(self.get(pk, Action.DELETE), [str(error)]), 409
        flash("Запись удалена.", "success")
        return redirect(self.url("list"))

    def erase(self, obj: Any) -> None:
        records.remove(db.session, obj)

    def _render_delete(self, obj: Any, blockers: Sequence[str]) -> str:
        return self.render(
            self.delete_template,
            title=f"Удаление: {obj}",
            question=f"Удалить запись «{obj}»? Вернуть её будет нельзя.",
            blockers=blockers,
            back_url=self.url("show", pk=obj.id),
        )

    @expose("/bulk", methods=["POST"])
    @has_access
    def bulk(self) -> Any:
        """Delete the selected records one by one, each by the rules of one; the result names each refusal."""
        if request.form.get("action") != "delete":
            raise arguments.BadArgument("Неизвестное действие над отмеченными записями.")
        # All are looked up before any is deleted: a foreign one among them is 404, and nothing has happened.
        chosen = [self.get(pk, Action.DELETE) for pk in dict.fromkeys(request.form.getlist("rowid"))]
        done, refusals = 0, []
        for obj in chosen:
            name = str(obj)
            try:
                self.erase(obj)
                done += 1
            except Refused as error:
                refusals.append(f"{name}: {error}")
        flash(f"Удалено: {done} {plural(done, 'запись', 'записи', 'записей')}.", "success" if done else "info")
        for refusal in refusals:
            flash(refusal, "warning")
        return redirect(self.url("list"))

    def bulk_actions(self, actor: Actor) -> Sequence[dict[str, Any]]:
        if self.readonly or self.brief or not actor.may(Action.DELETE, self.resource):
            return []
        question = "Удалить отмеченные записи? Вернуть их будет нельзя."
        return [{"name": "delete", "label": "Удалить", "confirm": question, "danger": True}]
