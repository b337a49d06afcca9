"""`/slips/`: accounts and slips for the marked people. `/handover/`: which were handed over, and the sheet to sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, session, url_for
from flask_appbuilder import expose, has_access
from sqlalchemy import select

from app.clock import utc_now
from app.extensions import db
from app.models.engine.audit import AuditAction
from app.models.kinds import local
from app.models.schools import School
from app.models.study import SchoolClass
from app.panel import way_back
from app.panel.declaration import Lead
from app.panel.menu import Menu
from app.panel.page import Page
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.reports.accounts.handover import FORM_TITLE, HandoverLine, HandoverSheet, print_handover
from app.reports.accounts.slips import A_PAGE
from app.russian import counted, format_date
from app.security.actor import Actor, titles
from app.security.guard import actor_of, person_of
from app.services.accounts import candidates, handing_over, slips
from app.services.accounts.candidates import TITLES, Candidate, Marked
from app.services.accounts.handing_over import Waiting
from app.services.engine import audit, jobs
from app.services.engine.errors import Conflict, Refused
from app.web import arguments, resumed_form
from app.web.arguments import BadArgument

BATCH = re.compile("[0-9a-f]{32}")
MOST_NAMED = 300
"""Numbers in one address."""
CLASS = "class"
"""The condition of the page of handing over."""
UNDO = "undo"
"""The button that takes marks back."""
MOST_ROWS = 600
"""Of more people no rows are shown: all of a kind get accounts, or none of it."""
TOO_MANY = f"За один раз – не больше {MOST_NAMED} отмеченных. Отметьте меньше или возьмите класс или школу целиком."
WORDS = "Учётные записи и талоны"
NO_CARD = "Без владельца"
LAST_GROUPS = [TITLES["parent"], TITLES["employee"], TITLES["official"], NO_CARD]
"""On the sheet, after the classes."""
NOBODY = "Здесь нет никого, кому вы делаете учётные записи: ни обучающихся, ни их родителей, ни сотрудников."


def offered(actor: Actor) -> bool:
    return actor.may(Action.EDIT, Resource.ACCOUNTS)


def url(name: str, keys: Sequence[int]) -> str:
    """The page for records of one kind (a field of Marked). Raises BadArgument for too many."""
    if len(keys) > MOST_NAMED:
        raise BadArgument(TOO_MANY)
    return url_for("SlipsView.index", **{name: ",".join(map(str, keys))})


def lead(name: str) -> Lead:
    """In the bar of a list of such records."""
    return Lead("slips", WORDS, partial(url, name), offered)


def button(name: str, keys: Sequence[int]) -> list[dict[str, Any]]:
    """On the card of such a record, for whoever gives out accounts."""
    if not offered(person_of(db.session)):
        return []
    return [{"title": WORDS, "url": url(name, keys), "icon": "key", "primary": False}]


def marked() -> Marked:
    """Whom this address names. Raises BadArgument."""
    given = {each.name: tuple(map(arguments.key, arguments.values(request.args, each.name))) for each in fields(Marked)}
    if sum(map(len, given.values())) > MOST_NAMED:
        raise BadArgument(TOO_MANY)
    if not any(given.values()):
        raise BadArgument("Не сказано, кому сделать учётные записи. Отметьте людей в списке или откройте карточку.")
    return Marked(**given)


class SlipsView(Page):
    """Who gets an account, who a new slip; then a job does it and prints."""

    route_base = "/slips"
    default_view = "index"
    guide, clause = "administrator#талоны", "3.3.2.4"
    class_permission_name = Resource.ACCOUNTS.value
    method_permission_name = {"index": Action.EDIT}
    resumable = frozenset({"index"})

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> Any:
        named, told, is_sent = marked(), "", request.method == "POST"
        found = candidates.of(db.session, named)
        if is_sent and not resumed_form.asked():
            try:
                return _asked(named, _chosen(found))
            except (Refused, Conflict) as error:
                told = str(error)
        ticked = set(request.form.getlist("who")) if is_sent else {each.key for each in found if each.is_new}
        kinds = set(request.form.getlist("kind")) if is_sent else set(TITLES)
        shown: dict[str, Any] = {"sections": _sections(found), "ticked": ticked, "kinds": kinds, "told": told}
        shown |= {"is_long": len(found) > MOST_ROWS, "back_url": way_back.card() or url_for("AccountView.list")}
        shown |= {"nobody": NOBODY, "formats": A_PAGE, "a_page": _a_page(), "batch": _batch()}
        return render_template("accounts/slips.html", **shown), 422 if told else 200


def _batch() -> str:
    """The name of what this page asks for: sent twice, it is done once."""
    asked = request.form.get("batch", "")
    return asked if BATCH.fullmatch(asked) else slips.new_batch()


def _a_page() -> int:
    """Slips on a sheet, as asked for."""
    asked = request.form.get("a_page", "")
    return int(asked) if asked in map(str, A_PAGE) else A_PAGE[0]


def _chosen(found: Sequence[Candidate]) -> list[Candidate]:
    """Of whom there are rows those ticked; of the others all who have no account, a kind at once."""
    who, kinds = set(request.form.getlist("who")), set(request.form.getlist("kind"))
    can = [each for each in found if each.is_new or (each.held is not None and not each.held.hindrance)]
    return [each for each in can if each.key in who or (each.kind in kinds and each.is_new)]


def _asked(named: Marked, chosen: Sequence[Candidate]) -> Any:
    asked = slips.ask(db.session, named, chosen, _batch(), a_page=_a_page(), address=request.host_url)
    session[jobs.MAY_HAVE] = True
    flash("Талоны готовятся. Файл появится здесь; он хранится сутки, и другого экземпляра не будет.", "info")
    return redirect(url_for("JobsView.index", _anchor=f"job-{asked.id}"))


def _sections(found: Sequence[Candidate]) -> list[dict[str, Any]]:
    """A kind of people a section, those who get an account before those who have one."""
    sections = []
    for kind, title in TITLES.items():
        of_kind = [each for each in found if each.kind == kind]
        if of_kind:
            new = [each for each in of_kind if each.is_new]
            others = [each for each in of_kind if not each.is_new]
            sections.append({"kind": kind, "title": title, "rows": [*new, *others], "new": len(new)})
    return sections


class HandoverView(Page):
    """The administrator for the school, a class teacher for the own class."""

    route_base = "/handover"
    default_view = "index"
    menu = Menu(
        "Школа и доступ",
        order=21,
        icon="printer",
        title="Выдача учётных записей",
        hint="Кому ещё не выданы логин и пароль",
        action=Action.HAND_OVER,
    )
    guide, clause = "administrator#выдача", "3.3.2.4"
    class_permission_name = Resource.ACCOUNTS.value
    method_permission_name = {"index": Action.HAND_OVER, "sheet": Action.HAND_OVER}
    resumable = frozenset({"index"})

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> Any:
        errors: dict[str, list[str]] = {}
        if request.method == "POST" and not resumed_form.asked():
            try:
                flash(_marked(), "success")
            except Refused as error:
                errors = error.errors
            else:
                return redirect(url_for("HandoverView.index", **_asked_class()))
        found, actor = _waiting(), actor_of(db.session)
        shown: dict[str, Any] = {"rows": found[: handing_over.MOST], "is_cut": len(found) > handing_over.MOST}
        shown |= {"errors": errors, "ticked": set(_keys()), "day": request.form.get("day", format_date(actor.today))}
        shown |= {"classes": _classes(), "class_id": arguments.row_key(request.args, CLASS)}
        shown |= {"marked": handing_over.marked_today(db.session)}
        shown |= {"everybody": _everybody(actor), "sheet_url": url_for("HandoverView.sheet", **_asked_class())}
        page = render_template("accounts/handover.html", **shown)
        return (page, 422) if errors else page

    @expose("/sheet")
    @has_access
    def sheet(self) -> Any:
        """«Ведомость выдачи»: the same people on paper, with a place to sign. The act is in the trail."""
        actor, at = person_of(db.session), local(utc_now())
        by = ", ".join(filter(None, (actor.name, ", ".join(titles(actor.holdings)))))
        form = HandoverSheet(_school(actor), _groups(_waiting()), at, by)
        audit.note(db.session, AuditAction.PRINT, f"{FORM_TITLE}: {sum(len(lines) for _, lines in form.groups)}")
        name = f"Ведомость выдачи {format_date(at)}.pdf"
        return send_file(BytesIO(print_handover(form)), "application/pdf", download_name=name, max_age=0)


def _asked_class() -> dict[str, Any]:
    """The condition of this page, for an address."""
    key = arguments.row_key(request.args, CLASS)
    return {} if key is None else {CLASS: key}


def _keys() -> list[int]:
    return [arguments.key(each) for each in request.form.getlist("who")]


def _marked() -> str:
    """Mark what was handed over, or take back what was marked by mistake; what is said then. Raises Refused."""
    taken_back = UNDO in request.form
    number = (
        handing_over.take_back(db.session, _keys())
        if taken_back
        else handing_over.hand_over(db.session, _keys(), _day())
    )
    told = counted(number, "учётная запись", "учётные записи", "учётных записей")
    return f"Отметка о выдаче отменена: {told}." if taken_back else f"Выдача отмечена: {told}."


def _day() -> Any:
    try:
        found = arguments.day(request.form, "day", "День выдачи")
    except BadArgument as error:
        raise Refused({handing_over.DAY: [str(error)]}) from error
    if found is None:
        raise Refused({handing_over.DAY: ["Впишите день, когда выдали."]})
    return found


def _waiting() -> list[Waiting]:
    return handing_over.waiting(db.session, arguments.row_key(request.args, CLASS))


def _classes() -> list[tuple[int, str]]:
    """Of the running year, whose pupils' accounts the person hands over."""
    actor = person_of(db.session)
    if actor.default_school_id is None:
        return []
    running = load_regulation().year_starts.school_year(actor.today)
    year = SchoolClass.academic_year.has(start_year=running)
    led = frozenset[int]().union(*(held.class_ids for held in actor.holding(Resource.ACCOUNTS, Action.HAND_OVER)))
    whole = actor.school_ids(Resource.ACCOUNTS, Action.HAND_OVER)
    own = SchoolClass.school_id.in_(sorted(whole or ())) | SchoolClass.id.in_(sorted(led))
    found = db.session.scalars(select(SchoolClass).where(year, own).order_by(SchoolClass.grade, SchoolClass.letter))
    return [(each.id, str(each)) for each in found]


def _everybody(actor: Actor) -> str | None:
    """To accounts for everybody in the own school."""
    school_id = actor.default_school_id
    return url("schools", [school_id]) if school_id is not None and offered(actor) else None


def _school(actor: Actor) -> str:
    school = db.session.get(School, actor.default_school_id) if actor.default_school_id is not None else None
    return school.name if school is not None else ""


def _groups(found: Sequence[Waiting]) -> list[tuple[str, list[HandoverLine]]]:
    """Pupils by class, then the other kinds."""
    groups: dict[str, list[HandoverLine]] = {}
    for each in found:
        heading = _heading(each.owner)
        about = "обучающийся" if each.owner is not None and each.owner.kind == "pupil" else each.about
        groups.setdefault(heading, []).append(HandoverLine(each.name, about, each.login, None))
    return sorted(groups.items(), key=lambda pair: LAST_GROUPS.index(pair[0]) if pair[0] in LAST_GROUPS else -1)


def _heading(owner: Candidate | None) -> str:
    if owner is None:
        return NO_CARD
    return owner.about or TITLES["pupil"] if owner.kind == "pupil" else TITLES[owner.kind]
