"""Where an overdue duty of today is closed: from its very line, for whoever may (deadlines.md)."""

from typing import Any

from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.extensions import db
from app.regulation.rights import Action, Resource
from app.security.guard import actor_of
from app.views.accounts import slips
from app.views.movement import late_entry

ORDER, ACCOUNT = "Внести приказ", "Выдать учётную запись"


def link(judged: Judgement) -> dict[str, Any]:
    """For a row of a list: where, and what it is called; nothing where it is not this person's to do."""
    if url := late_entry.url(judged):
        return {"enter_url": url, "enter_title": ORDER}
    if url := _account(judged):
        return {"enter_url": url, "enter_title": ACCOUNT}
    return {"enter_url": None, "enter_title": ""}


def _account(judged: Judgement) -> str | None:
    """The page of slips for whom an account is missing; it says whether one lies there already."""
    record, actor = judged.record, actor_of(db.session)
    kind = {"pupil": "pupils", "parent": "parents", "employee": "employees"}.get(record.binding.about)
    if record.binding.evidence != "ab_user" or kind is None or judged.on != actor.today:
        return None
    schools = actor.school_ids(Resource.ACCOUNTS, Action.EDIT)
    missing = judged.status in (Status.OVERDUE, Status.PENDING) and record.evidence is None
    return slips.url(kind, [record.about_id]) if missing and (schools is None or record.school_id in schools) else None
