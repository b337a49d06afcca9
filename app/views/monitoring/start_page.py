"""The start page of those who answer for terms: what is overdue or soon due, and which schools are worst."""

from datetime import timedelta

from flask import g, url_for

from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.extensions import db
from app.panel.start import Block, Row, Tile, starts_with
from app.regulation.rights import Action, Resource
from app.russian import format_date, format_percent, plural
from app.security.actor import Actor
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import correction_lists
from app.services.monitoring.compliance import Question, Tally
from app.services.monitoring.correction_lists import Counted
from app.services.monitoring.periods import first_day
from app.views.monitoring import closing
from app.views.monitoring.reasons import DAYS_WORDS, card_of

SOON = timedelta(days=5)
"""Calendar days: what is due within them is told beside what is overdue."""
SHOWN = 6
WORST = 5


@starts_with(order=10)
def answers(actor: Actor) -> list[Tile]:
    """What waits for one's own decision, and the answers to what one has asked for; nothing where there is none."""
    shown = (
        (Counted.MINE, Action.APPROVE, "checks", "orange", "исправления: подтвердить или отказать"),
        (Counted.ANSWERED, Action.EDIT, "message", "green", "за последние две недели"),
    )
    return [
        Tile(
            counted.title_ru.capitalize(),
            number,
            url_for("CorrectionView.list", counted=counted.value),
            icon,
            color,
            hint,
        )
        for counted, action, icon, color, hint in shown
        if actor.may(action, Resource.CORRECTIONS) and (number := correction_lists.number_of(db.session, counted))
    ]


@starts_with(order=20)
def numbers(actor: Actor) -> list[Tile]:
    """The numbers of one's own schools. What is overdue is of all years: it still waits to be entered."""
    whole = _question(actor)
    if whole is None:
        return []
    year = Question(whole.organisation, whole.on, first_day(whole.on), whole.rules)
    ever = _total(whole) if whole.organisation.level == "school" else Tally.sum(each for _, each in _schools(whole))
    overdue, counts = ever.overdue, _total(year)
    words = plural(overdue, "обязанность ждёт", "обязанности ждут", "обязанностей ждут")
    return [
        Tile(
            "Просрочено",
            overdue,
            _records(whole, Status.OVERDUE),
            "alert-circle",
            "red" if overdue else "green",
            f"{words} внесения",
        ),
        Tile("Ожидается", counts.pending, _records(year, Status.PENDING), "calendar", "", "срок ещё не прошёл"),
        Tile(
            "Внесено с опозданием", counts.late, _records(year, Status.LATE), "clock", "orange", "за этот учебный год"
        ),
        Tile(
            "Внесено в срок",
            format_percent(counts.share),
            _page(year),
            "circle-check",
            "green",
            "за этот учебный год",
        ),
    ]


@starts_with(order=20)
def to_enter(actor: Actor) -> Block | None:
    """What is overdue, the oldest first, and what is due within five days, each with its button."""
    question = _question(actor)
    if question is None or question.organisation.level != "school":
        return None
    overdue = monitoring.records(db.session, question, Status.OVERDUE, SHOWN)
    waiting = monitoring.records(db.session, question, Status.PENDING, SHOWN) if len(overdue) < SHOWN else []
    soon = [each for each in waiting if each.due is not None and each.due <= question.on + SOON]
    return Block(
        "Просрочено и срок в ближайшие пять дней",
        tuple(map(_row, [*overdue, *soon][:SHOWN])),
        ("Все просроченные", _records(question, Status.OVERDUE)) if overdue else None,
        "Ничего не просрочено, и в ближайшие пять дней сроков нет.",
    )


@starts_with(order=20)
def worst_schools(actor: Actor) -> Block | None:
    """The schools in which most is overdue."""
    question = _question(actor)
    if question is None or question.organisation.level == "school":
        return None
    failing = [each for each in _schools(question) if each[1].overdue]
    worst = sorted(failing, key=lambda each: (-each[1].overdue, each[0].title))
    rows = (
        Row(
            school.title,
            url_for("ComplianceView.index", org=school.code, period="all"),
            f"в срок {format_percent(tally.share)}",
            Status.OVERDUE.value,
            f"просрочено {tally.overdue}",
        )
        for school, tally in worst[:WORST]
    )
    return Block(
        "Школы, где просрочено больше всего",
        tuple(rows),
        ("Все школы", _page(question)),
        "Ни в одной школе ничего не просрочено.",
    )


def _question(actor: Actor) -> Question | None:
    """All that the actor answers for today; None: nothing. Asked once for all parts of the page."""
    if "start_question" not in g:
        g.start_question = _asked(actor)
    found: Question | None = g.start_question
    return found


def _asked(actor: Actor) -> Question | None:
    if not actor.may(Action.VIEW, Resource.COMPLIANCE):
        return None
    try:
        organisation = monitoring.organisation_for(db.session, actor, None)
    except LookupError:
        return None
    rules = monitoring.rules_for(actor, organisation)
    return Question(organisation, actor.today, None, rules) if rules else None


def _schools(question: Question) -> monitoring.Children:
    """Every school below with its counts, asked once for all parts of the page."""
    if "start_schools" not in g:
        g.start_schools = monitoring.schools(db.session, question)
    found: monitoring.Children = g.start_schools
    return found


def _total(question: Question) -> Tally:
    return Tally.sum(monitoring.by_rule(db.session, question).values())


def _where(question: Question) -> dict[str, str]:
    """The same question in an address."""
    period = {"since": question.since.isoformat()} if question.since else {"period": "all"}
    return {"org": question.organisation.code} | period


def _page(question: Question) -> str:
    return url_for("ComplianceView.index", **_where(question))


def _records(question: Question, status: Status) -> str:
    return url_for("ComplianceView.records", status=status.value, **_where(question))


def _row(judged: Judgement) -> Row:
    record, due = judged.record, judged.due
    closes = closing.link(judged)
    days = DAYS_WORDS.get(judged.status, "").format(judged.days)
    return Row(
        record.full_caption,
        card_of(record.binding.about, record.about_id),
        f"{judged.rule.title}, срок {format_date(due)}" if due else judged.rule.title,
        judged.status.value,
        f"{judged.status.label}, {days}" if days else judged.status.label,
        (closes["enter_title"], closes["enter_url"]) if closes["enter_url"] else None,
    )
