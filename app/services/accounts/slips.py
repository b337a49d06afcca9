"""Slips of accounts, printed by a job: the accounts are made and their secrets printed in one step (3.3.2.4).

What a slip says is nowhere else. The file is sealed on the disk, its owner's alone, and gone after a day.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_date, utc_now
from app.models.engine.audit import AuditAction
from app.models.engine.jobs import Job
from app.models.schools import School
from app.regulation.rights import Action, Resource
from app.reports.accounts.slips import FORM_TITLE, Slip, print_slips
from app.russian import counted, format_date
from app.security.actor import Actor
from app.services.accounts import candidates, issuing, one_time
from app.services.accounts.candidates import Candidate, Marked
from app.services.accounts.issuing import Issued
from app.services.engine import audit, jobs
from app.services.engine.errors import Refused
from app.services.engine.transaction import transaction

JOB = "slips"
KEPT = timedelta(days=1)
NOBODY = "Учётные записи сделать некому: у всех отмеченных они уже есть. Откройте страницу ещё раз."
WHO = {"pupil": "обучающийся", "parent": "родитель", "employee": "сотрудник", "official": "сотрудник органа управления"}


def new_batch() -> str:
    """Names what a page asks for once, however often it is sent."""
    return secrets.token_hex(16)


def ask(
    session: Session, marked: Marked, chosen: Collection[Candidate], batch: str, *, a_page: int, address: str
) -> Job:
    """Put the work into the queue; what was asked for under this name before is not asked for again. Raises Refused,
    Conflict as `jobs.start`."""
    before = next((each for each in jobs.own(session) if each.parameters.get("batch") == batch), None)
    if before is not None:
        return before
    if not chosen:
        raise Refused({"": ["Не отмечен никто. Отметьте, кому сделать учётную запись или новый талон."]})
    given: jobs.Parameters = {"marked": asdict(marked), "a_page": a_page, "address": address, "batch": batch}
    given["new"] = sorted(each.key for each in chosen if each.held is None)
    given["again"] = sorted(each.key for each in chosen if each.held is not None)
    people = counted(len(chosen), "человек", "человека", "человек")
    return jobs.start(session, JOB, f"Талоны учётных записей: {people}", given)


def _may(actor: Actor, given: jobs.Parameters) -> bool:
    return actor.may(Action.EDIT, Resource.ACCOUNTS)


@jobs.job(JOB, allowed=_may, sealed=True, kept=KEPT)
def _print(session: Session, actor: Actor, given: jobs.Parameters, progress: jobs.Progress) -> None:
    """All of it or nothing: no account whose secret nobody has, no slip of an account that is not there."""
    new, again = set(given["new"]), set(given["again"])
    progress.step(0, len(new) + len(again), "Создаём учётные записи и талоны")
    with transaction(session):
        found = candidates.of(session, Marked(**{name: tuple(keys) for name, keys in given["marked"].items()}))
        to_make = [each for each in found if each.key in new]
        to_renew = [each for each in found if each.key in again]
        issued = issuing.issue(session, to_make, to_renew, given["batch"])
        if not issued:
            raise Refused({"": [NOBODY]})
        audit.record(session, AuditAction.PRINT, f"{FORM_TITLE}: {len(issued)}")
        with progress.file(f"Талоны {format_date(actor.today)}.pdf") as file:
            file.write(print_slips(_slips(session, issued), given["address"], given["a_page"]))


def _slips(session: Session, issued: Sequence[Issued]) -> list[Slip]:
    names = {row.id: row.name for row in session.execute(select(School.id, School.name))}
    until = local_date(utc_now() + one_time.VALID_FOR) - timedelta(days=1)
    return [
        _slip(each, names.get(each.candidate.school_id or 0) or each.candidate.authority[1], until) for each in issued
    ]


def _slip(issued: Issued, school: str, until: date) -> Slip:
    about = ", ".join(filter(None, (WHO[issued.candidate.kind], issued.candidate.about)))
    return Slip(school, issued.candidate.full_name, about, issued.login, issued.secret, until)
