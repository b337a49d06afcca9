"""Deleting any record: what depends on it is listed; what is deleted can be taken back. A part of the one base view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose, has_access

from app.extensions import db
from app.models.states import closed_words, is_closed
from app.panel import cells, way_back
from app.panel.editing import doubts
from app.panel.transitions import CHANGED, TransitionPages
from app.regulation.rights import Action
from app.russian import plural, records_word
from app.security import entries
from app.security.guard import person_of
from app.services.engine import records, submissions, trash
from app.services.engine.errors import Refused
from app.services.engine.warnings import Doubt, Unconfirmed

UNDO = "undo"
"""The category of a message with a button: {"text", "url"}; base.html shows it."""


class DeletingPages(TransitionPages):
    """What depends on a record is listed; what nothing depends on can be deleted, and for a day taken back."""

    @expose("/delete/<pk>", methods=["GET", "POST"])
    @has_access
    def delete(self, pk: str) -> Any:
        obj = self.get(pk, Action.DELETE)
        if request.method == "GET":
            return self._render_delete(obj, self.hindrances([obj])[obj.id])
        if request.form.get("version", "") != str(obj.version):
            return self._render_delete(obj, self.hindrances([obj])[obj.id], told=CHANGED), 409
        try:
            deleted = submissions.once(db.session, None, partial(self.erase, obj), doubts.answered_for(obj.id))
        except Unconfirmed as error:
            obj = self.get(pk, Action.DELETE)
            return self._render_delete(obj, [], asked=[(obj.id, str(obj), doubt) for doubt in error.warnings]), 422
        except Refused as error:
            return self._render_delete(self.get(pk, Action.DELETE), error.messages), 409
        undo = self.url("undelete", batch=deleted.batch, **way_back.carried())
        told: Any = {"text": "Запись удалена.", "url": undo}
        flash(told, UNDO)
        return redirect(way_back.list_without(self))

    @expose("/undelete/<batch>", methods=["POST"])
    @has_access
    def undelete(self, batch: str) -> Any:
        """Take back one's own deletion, of one record or of many at once."""
        undone = trash.undo(db.session, batch, doubts.answered_for)
        done = undone.done
        if not done and not undone.refusals and not undone.asked:
            abort(404)
        if done:
            word = plural(len(done), "Восстановлена", "Восстановлено", "Восстановлено")
            flash(f"{word} {len(done)} {records_word(len(done))}.", "success")
        for refusal in undone.refusals:
            flash(refusal, "warning")
        if undone.asked:
            return self.render_restoring(undone.asked, way_back.list_url(self)), 422
        one = done[0] if len(done) == 1 and isinstance(done[0], self.model) else None
        shown = self.url("show", pk=one.id, **way_back.carried()) if one is not None else None
        return redirect(shown or way_back.list_url(self))

    def render_restoring(self, asked: Sequence[tuple[int, str, Doubt]], back_url: str) -> str:
        """What is asked before records come back from the bin, each by its key there."""
        return self.render(
            "panel/restore.html",
            title="Восстановление",
            questions=doubts.grouped(asked),
            back_url=back_url,
        )

    def erase(self, obj: Any) -> Any:
        """Delete by the rules of the record's service; what went to the bin is returned."""
        return records.remove(db.session, obj)

    def obstacles(self, rows: Sequence[Any]) -> dict[int, list[str]]:
        """What forbids deleting each of these records, in a fixed number of queries."""
        return records.dependants(db.session, rows)

    def hindrances(self, rows: Sequence[Any]) -> dict[int, list[str]]:
        """The same, with what holds for every record: a closed one stays."""
        return self.obstacles(rows) | {obj.id: [closed_words(obj)] for obj in rows if is_closed(obj)}

    def stays(self, obj: Any) -> bool:
        """Whether the record surely is never deleted, so that its card offers no such button."""
        return is_closed(obj) or entries.is_kept(db.session, obj)

    def _instead(self, obj: Any) -> list[dict[str, Any]]:
        """What can be done in place of deleting: the transitions of the record."""
        return [tool | {"url": way_back.with_back(tool["url"])} for tool in self.tools(person_of(db.session), obj)]

    def _render_delete(
        self, obj: Any, blockers: Sequence[str], told: str = "", asked: Sequence[tuple[int, str, Doubt]] = ()
    ) -> str:
        return self.render(
            self.delete_template,
            told=told,
            questions=doubts.grouped(asked),
            version=obj.version,
            title=f"Удаление: {obj}",
            question=f"Удалить запись «{obj}»?",
            blockers=list(map(cells.linked, blockers)),
            instead=self._instead(obj) if blockers else [],
            foretold=() if blockers else self.foretold([obj], "delete").get(obj.id, ()),
            back_url=self.url("show", pk=obj.id, **way_back.carried()),
        )
