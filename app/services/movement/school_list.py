"""«Перечень для школы»: МОУО sends a school what it did not enter or entered late (3.3.9.2)."""

from sqlalchemy.orm import Session

from app.models.schools import School
from app.reports.movement.school_list import FORM_TITLE, SchoolListForm, print_school_list
from app.services.monitoring import compliance as monitoring
from app.services.monitoring.forms import Form, Printing, declare
from app.services.movement.failing_lists import annexes
from app.services.territory.organisations import letterhead, of_municipality


def gather(session: Session, printing: Printing) -> SchoolListForm:
    """The two lists of one school, addressed to its director by name and telephone."""
    question = printing.question
    school = session.get_one(School, question.organisation.id)
    head = letterhead(session, of_municipality(session, school.municipality))
    answering, rules = monitoring.responsible_for(session, question)
    return SchoolListForm(
        authority=head.name,
        school=school.full_name,
        director=answering.holder(school.id, "director") or school.director_name or "",
        phone=f"тел. {school.phone}" if school.phone else "",
        responsible=f"Ответственные: {answering.of_all(school.id, rules)}",
        as_of=question.on,
        since=question.since,
        annex=annexes(session, question, answering, rules)[0],
        printed_at=printing.at,
        printed_by=", ".join(part for part in (printing.by, printing.role) if part),
        executor=", ".join(part for part in (printing.by, head.phone and f"тел. {head.phone}") if part),
        forecast=question.forecast,
    )


FORM = declare(
    Form("school-list", FORM_TITLE, "3.3.9.2, 4.1", gather, print_school_list, levels=("school",), wide=True)
)
