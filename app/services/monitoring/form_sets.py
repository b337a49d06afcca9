"""A form of every school below an organisation, as one archive: long work, done by a job."""

import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.clock import utc_now
from app.models.engine.audit import AuditAction
from app.models.engine.jobs import Job
from app.regulation.rights import Action, Resource
from app.security.actor import Actor, titles
from app.security.guard import person_of
from app.services.engine import audit, jobs
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import forms
from app.services.monitoring.as_of import as_of
from app.services.monitoring.compliance import Question
from app.services.territory.organisations import Organisation, municipalities, schools_of

JOB = "school-forms"
UNFIT = re.compile(r'[\\/:*?"<>|]')
"""Signs that a file's name may not have in some system."""


def ask(session: Session, form: forms.Form[Any], question: Question) -> Job:
    """Put the archive into the queue. Raises LookupError where there are no schools below, Conflict as `jobs.start`."""
    organisation = question.organisation
    if organisation.level == "school" or "school" not in form.levels:
        raise LookupError(f"Форма «{form.title}» по школам печатается для муниципалитета и региона.")
    since = question.since.isoformat() if question.since else None
    given: jobs.Parameters = {"form": form.id, "org": organisation.code, "on": question.on.isoformat(), "since": since}
    given["schools"] = sorted(organisation.school_ids) if organisation.school_ids is not None else None
    title = f"Формы школ: {form.title}, {organisation.title}, {as_of(question)}"
    return jobs.start(session, JOB, title, given)


def _may(actor: Actor, given: jobs.Parameters) -> bool:
    """The file is of schools that its owner still reaches: a right kept elsewhere opens it no more."""
    if not actor.may(Action.PRINT, Resource.COMPLIANCE):
        return False
    reached = actor.school_ids(Resource.COMPLIANCE, Action.PRINT)
    return reached is None or (given["schools"] is not None and reached.issuperset(given["schools"]))


@jobs.job(JOB, allowed=_may)
def _print(session: Session, actor: Actor, given: jobs.Parameters, progress: jobs.Progress) -> None:
    """A PDF a school; of the region in a folder a municipality."""
    form = forms.form_of(given["form"])
    top = monitoring.organisation_for(session, actor, given["org"], Action.PRINT)
    schools = [(folder, school) for folder, below in _folders(session, top) for school in schools_of(session, below)]
    with progress.file(f"{form.id}-{top.code}-{given['on']}.zip") as file, zipfile.ZipFile(file, "w") as archive:
        for number, (folder, school) in enumerate(schools):
            progress.step(number, len(schools), school.title)
            archive.writestr(
                f"{folder}{_file_name(school.title)} ({school.code}).pdf", _pdf(session, form, school, given)
            )
    audit.note(session, AuditAction.PRINT, f"{form.title}: школы – {top.title}, {given['on']}")
    progress.step(len(schools), len(schools))


def _folders(session: Session, top: Organisation) -> list[tuple[str, Organisation]]:
    if top.level != "region":
        return [("", top)]
    return [(f"{_file_name(each.title)}/", each) for each in municipalities(session)]


def _pdf(session: Session, form: forms.Form[Any], school: Organisation, given: jobs.Parameters) -> bytes:
    actor = person_of(session)
    since = date.fromisoformat(given["since"]) if given["since"] else None
    rules = monitoring.rules_for(actor, school, Action.PRINT)
    question = Question(school, date.fromisoformat(given["on"]), since, rules)
    question = replace(question, forecast=question.on > actor.today)
    at = utc_now().astimezone(clock.zone())
    return forms.build(session, form, forms.Printing(question, at, actor.name, ", ".join(titles(actor.holdings))))


def _file_name(title: str) -> str:
    return UNFIT.sub(" ", title).strip()
