"""What a secretary may do to an order of an earlier day, as it changes a small world (deadlines.md, Entries)."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from app.models.engine.entries import CorrectedTo
from app.models.monitoring.corrections import CorrectionKind
from tests.compliance.worlds import World, noon

DAY = timedelta(days=1)


def may_be_acted_on(world: World, line: dict[str, Any]) -> bool:
    """A line of a term of its own, in an order that stands."""
    order = world.row("movement_order", line["order_id"])
    return line["kind"].rules.trigger == "event_date" and order["annulled_on"] is None


def firm_from(world: World, line: dict[str, Any]) -> date:
    """The day after the whole order was entered."""
    lines = world.tables["movement_line"]
    return max(each["entered_on"] for each in lines if each["order_id"] == line["order_id"]) + DAY


def edited(world: World, line: int, day: date, event: date) -> World:
    """The date of the event is changed on a day: the entry before goes to the past."""
    world = deepcopy(world)
    row = world.row("movement_line", line)
    world.past(line, row["event_date"], row["entered_on"], day)
    row |= {"event_date": event, "entered_on": day, "entered_at": noon(day)}
    return world


def edited_back(world: World, line: int, day: date, event: date) -> World:
    """Changed on a day and changed back on the next one."""
    before = world.row("movement_line", line)["event_date"]
    return edited(edited(world, line, day, event), line, day + DAY, before)


def annulled(world: World, line: int, day: date, event: date) -> World:
    """The order is annulled on a day, whatever the event's date."""
    world = deepcopy(world)
    world.row("movement_order", world.row("movement_line", line)["order_id"]).update(
        annulled_on=day, annulment_reason="ошибка"
    )
    return world


def asked(world: World, line: int, day: date, event: date) -> World:
    """A correction is asked for and nobody decides. Of its kind several may wait."""
    world = deepcopy(world)
    world.correction(line, CorrectionKind.BETTERING, day)
    return world


def refused(world: World, line: int, day: date, event: date) -> World:
    world = deepcopy(world)
    world.correction(line, CorrectionKind.DATE, day, day, "refused")
    return world


def confirmed(world: World, line: int, day: date, event: date) -> World:
    """On that very day the line is judged by another date and the first entry."""
    world = deepcopy(world)
    past = [row["entered_on"] for row in world.tables["past_entry"] if row["subject_id"] == line]
    first = min([*past, world.row("movement_line", line)["entered_on"]])
    key = world.correction(line, CorrectionKind.DATE, day, day)
    world.set_right(key, line, CorrectedTo.ENTRY, event, first)
    return world


def freed(world: World, line: int, day: date, event: date) -> World:
    """On that very day the line is confirmed to count nowhere."""
    world = deepcopy(world)
    world.set_right(world.correction(line, CorrectionKind.NO_EVENT, day, day), line, CorrectedTo.FREED)
    return world
