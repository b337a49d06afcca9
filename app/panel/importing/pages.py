"""Records from a file: sending it, what it would change, doing it, the file with its errors. A part of the one view."""

from __future__ import annotations

from contextlib import closing
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, redirect, request, send_file, session
from flask_appbuilder import expose, has_access

from app.exchange.reader import UnreadableTable, read_table
from app.extensions import db
from app.models.engine.audit import AuditAction
from app.models.engine.jobs import JobState
from app.panel import cells, way_back
from app.panel.editing import doubts
from app.panel.editing.pages import EditingPages
from app.panel.importing import template, work
from app.panel.importing import upload as uploading
from app.panel.importing.columns import WrongColumns, fields_of, imports_of
from app.panel.importing.upload import Stage, Upload
from app.panel.listing.listing import Listing
from app.panel.loading import eager
from app.regulation.rights import Action
from app.russian import format_number
from app.security.guard import Denied, person_of
from app.services.engine import audit, jobs, uploads
from app.services.engine.errors import Conflict
from app.web.arguments import BadArgument

IMPORTING = frozenset(f"import_{name}" for name in ("file", "template", "records", "check", "run", "result", "discard"))
"""The methods of these pages."""
LARGEST = 5 * 1024 * 1024
"""Bytes of a file."""
SHOWN = 200
"""Rows of the check that the page shows; the file with the errors has all of them."""
MOST_LOOKS = 900
NOT_OF_A_FILE = ("page", "size", "cols")
"""Arguments of a list that say how it is shown: a file holds all of its records and all columns."""


class ImportingPages(EditingPages):
    """Pages of a view that declares `imports`."""

    @expose("/import", methods=["GET", "POST"])
    @has_access
    def import_file(self) -> Any:
        """Choosing the file; sent, it is checked and changes nothing."""
        if request.method == "GET":
            return self._render_import("send")
        try:
            upload = self._sent_upload()
            upload.keep()
            is_job = work.start(self, upload, "check")
        except (UnreadableTable, WrongColumns, Conflict) as error:
            return self._render_import("send", refusal=str(error)), 422
        return self._import_page(upload, is_job)

    def _sent_upload(self) -> Upload:
        """The file of this request, read. Raises UnreadableTable, WrongColumns."""
        given = request.files.get("file")
        if given is None or not given.filename:
            raise UnreadableTable("Файл не выбран. Выберите таблицу XLSX, XLS, ODS или CSV.")
        with closing(given):
            data = given.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UnreadableTable(f"Файл больше {LARGEST // 1024 // 1024} МБ. Разделите его на части.")
        table = read_table(data)
        columns = fields_of(self, table.headings)
        if not table.rows:
            raise UnreadableTable("Под заголовками нет ни одной строки.")
        if len(table.rows) > imports_of(self).most_rows:
            most, there = format_number(imports_of(self).most_rows), format_number(len(table.rows))
            raise UnreadableTable(f"Строк {there}, за один раз – не больше {most}. Разделите файл на части.")
        account = person_of(db.session).account_id
        return Upload(self.route, given.filename[:100], columns, list(table.rows), account, marked=self._is_marked())

    def _is_marked(self) -> bool:
        """Whether the new records get the mark. Raises UnreadableTable where the person may not give it."""
        mark = imports_of(self).mark
        if mark is None or request.form.get("mark") != "1":
            return False
        if words := mark.refused():
            raise UnreadableTable(words)
        return True

    def _import_page(self, upload: Upload, is_job: bool) -> Any:
        if is_job:
            session[jobs.MAY_HAVE] = True
        return redirect(self.url("import_check", token=upload.token, **way_back.carried()))

    @expose("/import/template")
    @has_access
    def import_template(self) -> Any:
        """A table to fill in. Its lists name records: the act is in the trail."""
        made = template.template(self)
        audit.note(db.session, AuditAction.EXPORT, f"{self.title_many}: шаблон для загрузки")
        return send_file(made, as_attachment=True, download_name=f"{self.title_many} – шаблон.xlsx")

    @expose("/import/records")
    @has_access
    def import_records(self) -> Any:
        """The records of the list as it was filtered, to be mended in a spreadsheet: each knows its number."""
        if not person_of(db.session).may(Action.EXPORT, self.resource):
            raise Denied(f"Недостаточно прав: {Action.EXPORT.title_ru}, «{self.title_many}».")
        listing = Listing(self, request.args, Action.EDIT)
        total = listing.count()
        if total > imports_of(self).most_rows:
            most, there = format_number(imports_of(self).most_rows), format_number(total)
            raise BadArgument(f"Записей {there}, за один раз – не больше {most}. Отберите нужные в списке.")
        records = db.session.scalars(listing.statement().options(*eager(self.model, self.form_columns))).all()
        made = template.template(self, records)
        words = f"{self.title_many}: {total}, таблица для правки"
        audit.note(db.session, AuditAction.EXPORT, words, dict(listing.args))
        return send_file(made, as_attachment=True, download_name=f"{self.title_many} – правка.xlsx")

    @expose("/import/<token>")
    @has_access
    def import_check(self, token: str) -> Any:
        """What the file would change, or how far it is, or what became of it."""
        upload = self._upload(token)
        job = jobs.one(db.session, upload.job) if upload.job is not None else None
        if upload.stage in (Stage.CHECKING, Stage.RUNNING):
            return self._render_import("wait", upload=upload, job=job, **_looking(job))
        return self._render_import("told", upload=upload, job=job, **self._told(upload))

    @expose("/import/<token>/run", methods=["POST"])
    @has_access
    def import_run(self, token: str) -> Any:
        """Do what the check has shown. Pressed twice, it is done once."""
        upload = self._upload(token)
        if upload.stage is not Stage.CHECKED or not uploads.begin(token):
            return redirect(self.url("import_check", token=token, **way_back.carried()))
        upload.answers = sorted(doubts.answered().keys)
        upload.stage = Stage.RUNNING
        upload.keep()
        try:
            is_job = work.start(self, upload, "run")
        except Conflict as error:
            upload.stage = Stage.CHECKED
            upload.keep()
            uploads.again(token)
            flash(str(error), "warning")
            return redirect(self.url("import_check", token=token, **way_back.carried()))
        return self._import_page(upload, is_job)

    @expose("/import/<token>/result")
    @has_access
    def import_result(self, token: str) -> Any:
        """The file as it was sent, with the column «Ошибки»."""
        upload = self._upload(token)
        return send_file(template.returned(self, upload), as_attachment=True, download_name=work.file_name(self))

    @expose("/import/<token>/discard", methods=["POST"])
    @has_access
    def import_discard(self, token: str) -> Any:
        self._upload(token)
        uploads.discard(token)
        flash("Файл удалён с сервера.", "success")
        return redirect(self.url("import_file", **way_back.carried()))

    def _upload(self, token: str) -> Upload:
        """One's own; another's does not exist."""
        return uploading.found(self.route, token) or abort(404)

    def _told(self, upload: Upload) -> dict[str, Any]:
        shown = sorted(upload.outcomes, key=lambda each: (not each.is_refused, not each.warnings, each.number))
        done = upload.stage is Stage.DONE
        counts = upload.counts
        return {
            "counts": [(state, counts[state]) for state in counts],
            "rows": [(each, self._card_url(each)) for each in shown[:SHOWN]],
            "told": cells.told,
            "questions": [] if done else doubts.grouped(upload.doubts),
            "may_run": not done and len(upload.refused) < len(upload.outcomes),
            "rest": len(upload.rows) - len(upload.outcomes),
        }

    def _card_url(self, outcome: Any) -> str | None:
        return self.url("show", pk=outcome.id, **way_back.carried()) if outcome.id is not None else None

    def _records_url(self) -> str | None:
        """For who may take records out: those of the list that he comes from."""
        if not person_of(db.session).may(Action.EXPORT, self.resource):
            return None
        asked = [pair for pair in parse_qsl(way_back.list_query() or "") if pair[0] not in NOT_OF_A_FILE]
        return self.url("import_records") + (f"?{urlencode(asked)}" if asked else "")

    def _render_import(self, step: str, **context: Any) -> str:
        told: dict[str, Any] = {
            "upload": None,
            "refusal": "",
            "notes": template.notes(self),
            "list_url": way_back.list_url(self),
            "carried": way_back.carried(),
            "mark": imports_of(self).mark,
        }
        if step == "send":
            told["columns"] = template.columns_of(self)
            told["records_url"] = self._records_url()
            told["barred"] = told["mark"].refused() if told["mark"] is not None else ""
        return self.render(self.importing_template, step=step, megabytes=LARGEST // 1024 // 1024, **told | context)


def _looking(job: Any) -> dict[str, Any]:
    """While a job works the page renews itself, though not for ever."""
    looks = request.args.get("look", "1")
    number = int(looks) if looks.isdecimal() and len(looks) < 5 else MOST_LOOKS
    active = job is not None and job.is_active and number < MOST_LOOKS
    again = urlencode({"look": str(number + 1)} | way_back.carried())
    return {
        "again_url": f"{request.path}?{again}" if active else None,
        "failed": job.words if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED) else "",
    }
