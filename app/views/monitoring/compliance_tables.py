"""The tables of `/compliance/`: schools or municipalities and duties, sorted; the matrix of both."""

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for

from app.compliance.status import Status
from app.extensions import db
from app.regulation import load_regulation
from app.russian import format_date, format_number, format_percent, plural
from app.security.guard import actor_of
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import starts
from app.services.monitoring.compliance import Children, Question, Tally
from app.services.territory.organisations import Organisation
from app.web.arguments import BadArgument

SHOWN = (Status.ON_TIME, Status.LATE, Status.PENDING, Status.OVERDUE, Status.NOT_APPLICABLE)
KEPT = ("on", "since", "period", "compared")
"""What all pages of compliance ask about alike."""
WORST = "share"
"""The order of the first look: the smallest share in time on top."""
TITLE, TOTAL = "title", "total"
SORTED = (TITLE, TOTAL, *(status.value for status in SHOWN), WORST)
OF_SCHOOLS = ("школа", "школы", "школ")
OF_MUNICIPALITIES = ("муниципалитет", "муниципалитета", "муниципалитетов")


@dataclass(frozen=True)
class Before:
    """The counts of an earlier day, beside which those of today are told."""

    by_rule: dict[str, Tally]
    children: Children | None

    @property
    def total(self) -> Tally:
        return Tally.sum(self.by_rule.values())

    def of(self, child: Organisation) -> Tally:
        return next((tally for each, tally in self.children or [] if each.id == child.id), Tally())


def kept() -> dict[str, str]:
    """The day and the period of this page, in words of an address: a number opens what it counts."""
    found = {name: request.args[name] for name in KEPT if request.args.get(name)}
    return found or ({"since": g.default_since.isoformat()} if "default_since" in g else {})


def address(method: str, **values: Any) -> str:
    """Another page of compliance for the same day and period."""
    return url_for(f"ComplianceView.{method}", **(kept() | values))


def breadcrumbs(organisation: Organisation) -> list[dict[str, str]]:
    return [
        {"title": each.title, "url": address("index", org=each.code)}
        for each in monitoring.above(db.session, actor_of(db.session), organisation)
    ]


def of_children(question: Question, children: Children, before: Before | None = None) -> dict[str, Any]:
    """Municipalities of the region or schools of a municipality; where asked, those without a fault alone."""
    of_region = question.organisation.level == "region"
    words = OF_MUNICIPALITIES if of_region else OF_SCHOOLS
    clean = [each for each in children if faultless(each[1])]
    shown = clean if request.args.get("only") == "clean" else children
    days = {} if of_region else starts.days_of(db.session, question)
    rows = [
        _row(child.title, address("index", org=child.code), tally, org=child.code)
        | {"hint": f"ведение с {format_date(days[child.id])}" if child.id in days else ""}
        | _was(before and before.of(child))
        for child, tally in _sorted(shown)
    ]
    total, code = Tally.sum(tally for _, tally in shown), question.organisation.code
    number, place = len(shown), {"org": code} if shown == children else {}
    return {
        "title": "По муниципалитетам" if of_region else "По школам",
        "first_column": words[0].capitalize(),
        "rows": rows,
        "sort": {name: _sort_link(name) for name in SORTED},
        "clean": _clean_link(len(clean), code, words) if children else None,
        "totals": _row(f"Итого: {number} {plural(number, *words)}", None, total, **place)
        | _was(before and Tally.sum(before.of(child) for child, _ in shown)),
    }


def faultless(tally: Tally) -> bool:
    """Whether something was owed and nothing was late or is overdue."""
    return tally.share == 1


def _clean_link(number: int, code: str, words: tuple[str, str, str]) -> dict[str, str]:
    if request.args.get("only") == "clean":
        return {"title": "Показать все", "url": address("index", org=code)}
    return {
        "title": f"Без нарушений сроков: {number} {plural(number, *words)}",
        "url": address("index", org=code, only="clean"),
    }


def _order() -> tuple[str, bool]:
    """What is sorted by, and whether the largest comes first. Raises BadArgument."""
    asked = request.args.get("sort", "")
    name = asked.removeprefix("-") or WORST
    if name not in SORTED:
        raise BadArgument("Порядок: такого столбца нет. Нажмите на заголовок столбца.")
    return name, asked.startswith("-")


def _sorted(children: Children) -> Children:
    name, descending = _order()
    by_title = sorted(children, key=lambda each: each[0].title)
    if name == TITLE:
        return by_title[::-1] if descending else by_title
    known = [each for each in by_title if getattr(each[1], name) is not None]
    unknown = [each for each in by_title if getattr(each[1], name) is None]
    return [*sorted(known, key=lambda each: getattr(each[1], name), reverse=descending), *unknown]


def _sort_link(name: str) -> dict[str, str]:
    """Where the head of a column leads: of numbers the largest first, the other way round by a second press."""
    current, descending = _order()
    first = "" if name in (TITLE, WORST) else "-"
    turned = "" if descending else "-"
    same = {key: request.args[key] for key in ("org", "only") if request.args.get(key)}
    return {
        "url": address("index", **same, sort=f"{turned if name == current else first}{name}"),
        "aria": ("descending" if descending else "ascending") if name == current else "",
    }


def of_rules(question: Question, by_rule: dict[str, Tally], before: Before | None = None) -> dict[str, Any]:
    code, rules = question.organisation.code, load_regulation().rules
    rows = [
        _row(rules[rule].title, None, tally, org=code, rule=rule)
        | {"hint": "п. " + ", ".join(rules[rule].clauses)}
        | _was(before and before.by_rule.get(rule, Tally()))
        for rule, tally in by_rule.items()
    ]
    return {
        "title": "По обязанностям",
        "first_column": "Обязанность",
        "rows": rows,
        "totals": _row("Итого", None, Tally.sum(by_rule.values()), org=code) | _was(before and before.total),
    }


def _was(before: Tally | None) -> dict[str, Any]:
    """What a row told on the earlier day, by the columns that tell it."""
    if before is None:
        return {}
    numbers = {status.value: format_number(number) for status, number in before.counts().items()}
    return {"was": {**numbers, "total": format_number(before.total), "share": format_percent(before.share)}}


def _row(title: str, url: str | None, tally: Tally, **where: str) -> dict[str, Any]:
    """Without a place the numbers lead nowhere."""
    counts = tally.counts()
    return {
        "title": title,
        "url": url,
        "cells": [
            {
                "status": status.value,
                "count": counts[status],
                "url": address("records", status=status.value, **where) if counts[status] and where else None,
            }
            for status in SHOWN
        ],
        "total": tally.total,
        "total_url": address("records", **where) if tally.total and where else None,
        "share": tally.share,
        "bar": {status.value: counts[status] for status in SHOWN if status is not Status.NOT_APPLICABLE},
    }


def matrix(question: Question) -> dict[str, Any]:
    """Schools (of the region its municipalities) by duties: the share in time, and in words what is wrong."""
    found = monitoring.matrix(db.session, question)
    rules = load_regulation().rules
    return {
        "heads": [rules[rule].title for rule in question.rules],
        "rows": [
            {
                "title": child.title,
                "url": address("index" if child.level == "school" else "matrix", org=child.code),
                "cells": [_cell(child.code, rule, of_rules.get(rule)) for rule in question.rules],
            }
            for child, of_rules in found
        ],
    }


def _cell(code: str, rule: str, tally: Tally | None) -> dict[str, Any]:
    if tally is None or not tally.total:
        return {"look": "", "share": None, "told": ""}
    look, told = _told(tally)
    return {"look": look, "share": tally.share, "told": told, "url": address("records", org=code, rule=rule)}


def _told(tally: Tally) -> tuple[str, str]:
    """The colour of a cell and its words: what is overdue outweighs what was late."""
    if tally.overdue:
        return "red", f"просрочено {tally.overdue}"
    if tally.late:
        return "orange", f"с опозданием {tally.late}"
    return ("green", "в срок") if tally.share is not None else ("", _others(tally))


def _others(tally: Tally) -> str:
    return f"ожидается {tally.pending}" if tally.pending else "не применимо"


def kpis(total: Tally, before: Tally | None = None) -> list[dict[str, Any]]:
    """The numbers of the whole; beside those of an earlier day where one is asked for."""
    share = total.share
    shown = [
        {"title": "Внесено в срок", "value": format_percent(share), "color": "green" if share else None},
        {"title": "С опозданием", "value": total.late, "color": "orange" if total.late else None},
        {"title": "Просрочено", "value": total.overdue, "color": "red" if total.overdue else None},
        {"title": "Подлежит", "value": total.total, "hint": f"ожидается ещё {format_number(total.pending)}"},
    ]
    if before is None:
        return shown
    was = (format_percent(before.share), *map(format_number, (before.late, before.overdue, before.total)))
    return [each | {"hint": f"было {number}"} for each, number in zip(shown, was, strict=True)]
