"""«Мои задания»: long work that one asked for – how far it is, its file, stopping and removing it."""

from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.fernet import InvalidToken
from flask import abort, flash, redirect, render_template, request, send_file, session, url_for
from flask_appbuilder import expose

from app.clock import utc_now
from app.extensions import db
from app.models.engine.jobs import Job, JobState
from app.panel.page import Page
from app.russian import format_number
from app.security.guard import Denied, actor_of
from app.services.engine import job_files, jobs, worker
from app.web import arguments
from app.web.open_to import OpenTo

LOOKS = {
    JobState.WAITING: ("gray", "hourglass"),
    JobState.RUNNING: ("blue", "clock"),
    JobState.DONE: ("green", "check"),
    JobState.FAILED: ("red", "alert-triangle"),
    JobState.CANCELLED: ("gray", "minus"),
}
MOST_LOOKS = 900
"""Renewals of the page by itself, two seconds apart: a page left open must not keep the session alive for ever."""
LONG_WAIT_SECONDS = 120


class JobsView(Page):
    open_to = OpenTo.SIGNED_IN
    route_base = "/jobs"
    default_view = "index"
    guide = "panel#мои-задания"
    clause = "1.6"

    @expose("/")
    def index(self) -> str:
        found = jobs.own(db.session)
        session[jobs.MAY_HAVE] = bool(found)
        shown = [_shown(each) for each in found]
        jobs.see(db.session, [each.id for each in found if not each.is_active and each.seen_at is None])
        looks = arguments.page_number(request.args, "look")
        again = any(each["active"] for each in shown) and looks < MOST_LOOKS
        return render_template(
            "pages/jobs.html",
            jobs=shown,
            again_url=url_for("JobsView.index", look=looks + 1) if again else None,
            kept_days=worker.KEPT.days,
            is_stuck=any(each["stuck"] for each in shown) and not any(each["running"] for each in shown),
        )

    @expose("/<pk>/file")
    def download(self, pk: str) -> Any:
        """The result, to its owner alone and while he may still have it."""
        found = _own(pk)
        kind = jobs.KINDS.get(found.kind)
        if kind is None or not kind.allowed(actor_of(db.session), found.parameters):
            raise Denied(worker.WORDS_NO_RIGHT)
        path = job_files.path_of(found.stored_as)
        if found.state is not JobState.DONE or not found.stored_as or not path.is_file():
            abort(404)
        file = _readable(kind, found)
        if file is None:
            flash(f"«{found.title}»: {jobs.FILE_GONE[0].lower()}{jobs.FILE_GONE[1:]}", "warning")
            return redirect(url_for("JobsView.index"))
        return send_file(file, as_attachment=True, download_name=found.file_name, etag=False, max_age=0)

    @expose("/<pk>/cancel", methods=["POST"])
    def cancel(self, pk: str) -> Any:
        found = _own(pk)
        if jobs.cancel(db.session, found.id):
            flash(f"«{found.title}»: отменено.", "success")
        else:
            flash(f"«{found.title}»: задание уже закончилось.", "info")
        return redirect(url_for("JobsView.index"))

    @expose("/<pk>/remove", methods=["POST"])
    def remove(self, pk: str) -> Any:
        found = _own(pk)
        title = found.title
        if jobs.remove(db.session, found.id):
            flash(f"«{title}»: убрано вместе с файлом.", "success")
        else:
            flash(f"«{title}» ещё не закончено: сначала отмените его.", "warning")
        return redirect(url_for("JobsView.index"))


def _own(pk: str) -> Job:
    """One's own job; another's does not exist."""
    return jobs.one(db.session, arguments.key(pk)) or abort(404)


def _readable(kind: jobs.Kind, found: Job) -> Path | BinaryIO | None:
    """The file as a person gets it; None: its time is over, or the panel has another key by now."""
    if kind.is_gone(found.finished_at):
        return None
    try:
        return job_files.opened(found.stored_as) if kind.sealed else job_files.path_of(found.stored_as)
    except InvalidToken:
        return None


def _shown(each: Job) -> dict[str, Any]:
    color, sign = LOOKS[each.state]
    waits, kind = each.state is JobState.WAITING, jobs.KINDS.get(each.kind)
    return {
        "id": each.id,
        "title": each.title,
        "state": each.state.title_ru,
        "color": color,
        "sign": sign,
        "active": each.is_active,
        "running": each.state is JobState.RUNNING,
        "done": each.done,
        "total": each.total,
        "words": each.words,
        "created_at": each.created_at,
        "finished_at": each.finished_at,
        "stuck": waits and (utc_now() - each.created_at).total_seconds() > LONG_WAIT_SECONDS,
        "is_new": not each.is_active and each.seen_at is None,
        "file_url": url_for("JobsView.download", pk=each.id) if _has_file(kind, each) else None,
        "page_url": kind.page(each.parameters) if kind is not None and kind.page is not None else None,
        "size": _size(each.file_size),
        "until": _until(kind, each),
    }


def _has_file(kind: jobs.Kind | None, each: Job) -> bool:
    return bool(each.stored_as) and not (kind is not None and kind.is_gone(each.finished_at))


def _until(kind: jobs.Kind | None, each: Job) -> datetime | None:
    """To when its file may be fetched, where that is sooner than its job goes."""
    is_short = kind is not None and kind.kept is not None and _has_file(kind, each) and each.finished_at is not None
    return each.finished_at + kind.kept if is_short else None


def _size(size: int | None) -> str:
    if size is None:
        return ""
    if size < 1024 * 1024:
        return f"{format_number(max(1, round(size / 1024)))} КБ"
    return f"{size / 1024 / 1024:.1f} МБ".replace(".", ",")
