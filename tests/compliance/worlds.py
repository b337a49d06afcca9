"""Small made-up regions for questions about compliance: plain rows, no service, no session.

`World` arranges rows by hand; `worlds` draws random ones, contradictory ones among them, for the property test.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from flask_appbuilder import Model
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from app.compliance.readings import BY_CLASS
from app.models.engine.entries import CorrectedTo
from app.models.monitoring.corrections import CorrectionKind
from app.models.movement.kinds import OrderKind
from app.models.movement.outcomes import Outcome
from app.regulation import load_regulation
from app.regulation.schema import Governs

DAY = timedelta(days=1)
STAMP = {"entered_at": datetime(2024, 1, 1, tzinfo=UTC), "entered_on": date(2024, 1, 1), "entered_by": "Система"}
ORDER_OF_INSERT = (
    "region",
    "municipality",
    "school",
    "school_settings",
    "grade_week",
    "region_calendar_day",
    "school_calendar_day",
    "academic_year",
    "study_period",
    "school_class",
    "pupil",
    "movement_order",
    "movement_line",
    "class_membership",
    "year_outcome",
    "past_entry",
    "correction",
    "corrected_entry",
    "held_fact",
    "held_setting",
    "held_span",
    "reading_choice",
    "year_end_day",
    "school_start",
    "region_start",
)
INTO = (OrderKind.ENROLMENT, OrderKind.ENROLMENT_1, OrderKind.ENROLMENT_10, OrderKind.TRANSFER)


@dataclass(repr=False)
class World:
    """Rows of tables, numbered from 1 in each."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in ORDER_OF_INSERT})
    read: str | None = None
    """A reading that is looked at: there is more of what it tells apart."""

    def __repr__(self) -> str:
        """What decides, without stamps and names: a failing example is read by a person."""
        dull = {
            "version",
            *STAMP,
            "name",
            "full_name",
            "code",
            "authority",
            "search_text",
            "time_zone",
            "number",
            "number_key",
        }
        dull -= {"entered_on"}
        rows = (
            f"{table} " + " ".join(f"{name}={value}" for name, value in row.items() if value and name not in dull)
            for table, found in self.tables.items()
            if table != "correction"
            for row in found
        )
        return "\n".join(["", *rows])

    def add(self, table: str, **values: Any) -> int:
        rows = self.tables[table]
        rows.append({"id": len(rows) + 1, "version": 1, **STAMP, **values})
        return len(rows)

    def region(self, municipalities: int = 1) -> None:
        self.add("region", name="Сахалинская область", authority="Министерство")
        for number in range(municipalities):
            self.add("municipality", region_id=1, name=f"Округ {number}", authority="УО", search_text="")

    def school(self, municipality: int = 1, week: int = 5) -> int:
        code = f"S{len(self.tables['school']) + 1}"
        school = self.add("school", municipality_id=municipality, code=code, name=code, full_name=code, search_text="")
        self.settings(school, week)
        return school

    def settings(self, school: int, week: int, since: date = date(2015, 1, 1), until: date | None = None) -> None:
        values = {"school_id": school, "work_week": week, "time_zone": "Asia/Sakhalin"}
        self.add("school_settings", **values, valid_from=since, valid_to=until)

    def week_of(self, settings: int, first: int, last: int, week: int) -> None:
        """Of some grades, while the settings hold."""
        owner = {"school_id": self.row("school_settings", settings)["school_id"], "settings_id": settings}
        self.add("grade_week", **owner, grade_from=first, grade_to=last, work_week=week)

    def year(self, school: int, start: int, last_day: date | None = None) -> int:
        year = self.add(
            "academic_year",
            school_id=school,
            start_year=start,
            starts_on=date(start, 9, 1),
            ends_on=date(start + 1, 8, 31),
        )
        last_day = last_day or date(start + 1, 5, 26)
        for number, ends_on in enumerate((date(start, 12, 28), last_day), 1):
            self.add(
                "study_period",
                school_id=school,
                academic_year_id=year,
                kind="half_year",
                number=number,
                starts_on=ends_on - 90 * DAY,
                ends_on=ends_on,
                grade_from=None,
                grade_to=None,
            )
        return year

    def period(self, year: int, ends: date, first: int | None = None, last: int | None = None) -> None:
        """A third trimester of some grades."""
        school = self.row("academic_year", year)["school_id"]
        days = {"starts_on": ends - 90 * DAY, "ends_on": ends, "grade_from": first, "grade_to": last}
        self.add("study_period", school_id=school, academic_year_id=year, kind="trimester", number=3, **days)

    def school_class(self, year: int, grade: int, letter: str = "А") -> int:
        school = self.row("academic_year", year)["school_id"]
        return self.add(
            "school_class", school_id=school, academic_year_id=year, grade=grade, letter=letter, search_text=""
        )

    def pupil(self, school: int, last_name: str = "Иванов") -> int:
        return self.add(
            "pupil",
            school_id=school,
            last_name=last_name,
            first_name="Пётр",
            birth_date=date(2012, 3, 4),
            status="enrolled",
            search_text="",
        )

    def member(self, pupil: int, school_class: int, starts: date, ends: date | None = None, **values: Any) -> int:
        where = {"school_id": self.row("pupil", pupil)["school_id"], "pupil_id": pupil, "class_id": school_class}
        outcome = values.pop("outcome", Outcome.PROMOTION)
        self.add("year_outcome", membership_id=len(self.tables["class_membership"]) + 1, outcome=outcome, **where)
        return self.add(
            "class_membership",
            **where,
            starts_on=starts,
            ends_on=ends,
            opened_by_id=values.pop("opened_by", None),
            closed_by_id=values.pop("closed_by", None),
            is_initial=values.pop("initial", not self.before_year(school_class, starts)),
        )

    def before_year(self, school_class: int, starts: date) -> bool:
        """Whether a member of this class is owed the order that is entered before the year begins."""
        found = self.row("school_class", school_class)
        return found["grade"] == 10 and starts <= self.row("academic_year", found["academic_year_id"])["starts_on"]

    def outcome(self, member: dict[str, Any]) -> Outcome:
        return next(row["outcome"] for row in self.tables["year_outcome"] if row["membership_id"] == member["id"])

    def order(self, year: int, kind: OrderKind, annulled: date | None = None, decision: date | None = None) -> int:
        return self.add(
            "movement_order",
            school_id=self.row("academic_year", year)["school_id"],
            academic_year_id=year,
            kind=kind,
            number=str(len(self.tables["movement_order"]) + 1),
            number_key=str(len(self.tables["movement_order"]) + 1),
            order_date=date(2025, 9, 1),
            decision_date=decision,
            annulled_on=annulled,
            annulment_reason="ошибка" if annulled else None,
            search_text="",
        )

    def line(self, order: int, pupil: int, school_class: int, event: date, entered: date) -> int:
        made = self.row("movement_order", order)
        place = "to_class_id" if made["kind"] in INTO else "from_class_id"
        classes = {"to_class_id": None, "from_class_id": None} | {place: school_class}
        if made["kind"] is OrderKind.TRANSFER:
            classes["from_class_id"] = school_class
        return self.add(
            "movement_line",
            school_id=made["school_id"],
            order_id=order,
            kind=made["kind"],
            academic_year_id=made["academic_year_id"],
            pupil_id=pupil,
            event_date=event,
            continues_id=None,
            **classes,
            entered_on=entered,
            entered_by="Секретарь С. С.",
            entered_at=noon(entered),
        )

    def past(self, line: int, trigger: date, entered: date, until: date) -> None:
        """An earlier entry of a line: on a day, with a date, until it was changed."""
        rows = self.tables["past_entry"]
        rows.append(
            {
                "id": len(rows) + 1,
                "subject": "movement_line",
                "subject_id": line,
                "school_id": self.row("movement_line", line)["school_id"],
                "trigger_on": trigger,
                "trigger": {"event_date": str(trigger)},
                "entered_at": noon(entered),
                "entered_on": entered,
                "entered_by": "Секретарь С. С.",
                "until_at": noon(until),
                "until_on": until,
                "ended_by": "Секретарь С. С.",
                "ended": "changed",
            }
        )

    def correction(
        self, line: int, kind: CorrectionKind, asked: date, decided: date | None = None, state: str = "confirmed"
    ) -> int:
        """Asked for on a day, after what was entered on it; decided on another one, or not at all."""
        return self.add(
            "correction",
            school_id=self.row("movement_line", line)["school_id"],
            subject="movement_line",
            subject_id=line,
            kind=kind,
            about="Выбытие",
            rule="order-departure",
            reason="Ошибка",
            state=state if decided else "waiting",
            refusal="Нет" if state == "refused" and decided else None,
            decided_on=decided,
            decided_by="Завуч З. З." if decided else None,
            involved_ids=[],
            search_text="",
            entered_on=asked,
            entered_at=noon(asked) + timedelta(hours=1),
        )

    def set_right(
        self, correction: int, line: int, to: CorrectedTo, trigger: date | None = None, entered: date | None = None
    ) -> None:
        """What a confirmed correction has a line judged by."""
        asked, rows = self.row("correction", correction), self.tables["corrected_entry"]
        rows.append(
            {
                "id": len(rows) + 1,
                "correction_id": correction,
                "school_id": asked["school_id"],
                "subject": "movement_line",
                "subject_id": line,
                "corrected": to,
                "since_on": asked["decided_on"],
                "trigger_on": trigger,
                "entered_on": entered,
                "entered_by": "Секретарь С. С." if entered else None,
                "until_at": asked["entered_at"],
            }
        )

    def hold(self, rule: str, member: dict[str, Any], subject: int, **facts: Any) -> None:
        """What an act has bettered: a fact of a member, or of a line of his, as it stood."""
        about = {"subject": "movement_order", "subject_id": 1, "about": "Приказ", "reason": "Улучшает"}
        state = {"state": "waiting", "kind": "bettering", "involved_ids": [], "search_text": "", "rule": rule}
        state |= dict.fromkeys(("refusal", "decided_on", "decided_by"))
        correction = self.add("correction", school_id=member["school_id"], **about, **state)
        start = self.row("academic_year", self.row("school_class", member["class_id"])["academic_year_id"])[
            "start_year"
        ]
        rows = self.tables["held_fact"]
        rows.append(
            {"id": len(rows) + 1, "rule": rule, "subject_id": subject, "correction_id": correction}
            | {"about": "pupil", "about_id": member["pupil_id"], "group_id": member["class_id"]}
            | {"school_id": member["school_id"], "had_evidence": True, "until_on": None}
            | {"anchor": date(start, 8, 1) if rule == "order-enrolment-10" else date(start + 1, 5, 25)}
            | {"detail": rule.removeprefix("order-").replace("-", "_")}
            | facts
        )

    def start(self, since: date, school: int | None = None) -> None:
        """From which day a school keeps its records here by an act of the region; of no school: those without any."""
        owner = ("region", 1) if school is None else ("school", school)
        act = {"act_number": "1", "act_date": date(2025, 9, 1)}
        self.add(f"{owner[0]}_start", **{f"{owner[0]}_id": owner[1]}, since=since, **act)

    def year_end_day(self, start: int, grades: str, day: date) -> None:
        self.add("year_end_day", start_year=start, grades=grades, day=day, act_number="7-р", act_date=date(start, 9, 1))

    def row(self, table: str, key: int) -> dict[str, Any]:
        return self.tables[table][key - 1]

    def store(self, connection: Connection) -> None:
        for name in ORDER_OF_INSERT:
            if self.tables[name]:
                connection.execute(insert(Model.metadata.tables[name]), self.tables[name])


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


# Around the ends of two school years and the terms that follow them.
SPANS = (
    (date(2025, 4, 1), date(2026, 10, 31)),
    (date(2025, 8, 20), date(2025, 9, 5)),
    (date(2025, 5, 20), date(2025, 7, 5)),
    (date(2026, 5, 20), date(2026, 7, 5)),
)
DATES = st.one_of(*(st.dates(*span) for span in SPANS))
GRADES = (1, 9, 10, 11)


@st.composite
def worlds(draw: st.DrawFn, read: str | None = None) -> World:
    """A region with whatever may stand in the tables. Hypothesis draws the sizes and the seed of the rest. `read`: a
    reading of the ground that is chosen otherwise than by default in most school years."""
    world, dice = World(read=read), draw(st.randoms(use_true_random=True, note_method_calls=False))
    world.region(municipalities=2)
    _overrides(dice, world, "region_calendar_day", region_id=1)
    _readings(dice, world)
    _year_end_days(dice, world)
    starts = 0.5 if read is None else 0.1
    if dice.random() < starts:
        world.start(_day(dice))
    for number in range(draw(st.integers(1, 3 if read is None else 2))):
        school = world.school(municipality=number % 2 + 1, week=dice.choice((5, 6)))
        _weeks(dice, world, school)
        _overrides(dice, world, "school_calendar_day", school_id=school)
        if dice.random() < starts:
            world.start(_day(dice), school)
        _pupils(dice, world, school, draw(st.integers(1, 5) if read is None else st.integers(4, 8)))
        _periods(dice, world, school)
        _settings_before(dice, world, school)
    return world


def _weeks(dice: Random, world: World, school: int) -> None:
    """The school may have changed its week, and back."""
    for _ in range(dice.choice((0, 0, 1, 2))):
        before, since = world.tables["school_settings"][-1], _day(dice)
        if since > before["valid_from"]:
            before["valid_to"] = since - DAY
            world.settings(school, 11 - before["work_week"], since)
    own = [row["id"] for row in world.tables["school_settings"] if row["school_id"] == school]
    for settings in own:
        if dice.random() < (1 if world.read == BY_CLASS[0] else 0.5):
            first, last = sorted((dice.randint(1, 11), dice.randint(1, 11)))
            week = world.row("school_settings", settings)["work_week"]
            world.week_of(settings, first, last, dice.choice((week, 11 - week, 11 - week)))


def _settings_before(dice: Random, world: World, school: int) -> None:
    """What the school has set was otherwise before; changes of it wait, or have waited."""
    years = [row["id"] for row in world.tables["academic_year"] if row["school_id"] == school]
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        since, until = sorted((_day(dice), _day(dice)))
        days = {"since_on": since, "until_on": dice.choice((None, until)), "holds": dice.random() < 0.9}
        own = {"school_id": school, **days, "correction_id": None}
        if dice.random() < 0.5:
            off = [[str(date(2025, 8, 25) + dice.randrange(12) * DAY), dice.random() < 0.5, "Приказ"]]
            settings = {"from": "2015-01-01", "to": None, "week": dice.choice((5, 6)), "zone": "UTC"}
            settings["grades"] = [[9, 10, dice.choice((5, 6))]] * dice.randrange(2)
            stood = {"settings": [settings], "days": off * dice.randrange(2)}
            world.add("held_setting", setting="calendar", key=school, stood=stood, **own)
            continue
        year = world.row("academic_year", dice.choice(years))
        held = world.add("held_setting", setting="year", key=year["id"], stood={}, **own)
        of_year = {"held_id": held, "school_id": school, "academic_year_id": year["id"]}
        begins = year["starts_on"] + dice.choice((0, 30)) * DAY
        days = {"starts_on": begins, "ends_on": year["ends_on"], "grade_from": None, "grade_to": None}
        world.add("held_span", **of_year, is_year=True, **days)
        for _ in range(dice.randrange(3)):
            ends = date(begins.year + 1, 5, 31) - dice.choice((0, 0, 6, 60, -80)) * DAY
            days = {"starts_on": ends - 90 * DAY, "ends_on": ends} | dict(zip(SPAN, _grades(dice), strict=True))
            world.add("held_span", **of_year, is_year=False, **days)


SPAN = ("grade_from", "grade_to")


def _grades(dice: Random) -> tuple[int | None, int | None]:
    """Of all grades, or of some."""
    return dice.choice(((None, None), (None, None), (9, 9), (None, 9), (10, None)))


def _periods(dice: Random, world: World, school: int) -> None:
    """The school may have made no periods in a year, or some that end otherwise for some grades."""
    for year in [row["id"] for row in world.tables["academic_year"] if row["school_id"] == school]:
        start = world.row("academic_year", year)["start_year"]
        if dice.random() < 0.2:
            kept = [row for row in world.tables["study_period"] if row["academic_year_id"] != year]
            world.tables["study_period"] = [row | {"id": number} for number, row in enumerate(kept, 1)]
        if dice.random() < 0.3:
            ends = dice.choice((date(start + 1, 5, 20), date(start + 1, 6, 10), date(start + 1, 7, 3)))
            world.period(year, ends, *_grades(dice))


def _readings(dice: Random, world: World) -> None:
    """The region may have chosen otherwise than by default in a school year. Of what the statements are made by no more
    than two: each other choice is another statement."""
    known = load_regulation().readings.values()
    of_ground = [each for each in known if each.governs is Governs.GROUND]
    others = [each for each in known if each.governs is not Governs.GROUND]
    read = world.read
    chosen = [each for each in of_ground if each.id == read] or dice.sample(of_ground, dice.choice((0, 0, 1, 1, 2)))
    for reading in [*others, *chosen]:
        for start in (2024, 2025, 2026):
            if dice.random() < (0.9 if read == reading.id else 0.5 if reading in of_ground else 0.25):
                options = [each for each in reading.options if read != reading.id or each != reading.default]
                option = f"{reading.id}:{dice.choice(options)}"
                values = {"start_year": start, "reading": reading.id, "option": option}
                world.add("reading_choice", **values, act_number="1", act_date=date(start, 9, 1))


def _year_end_days(dice: Random, world: World) -> None:
    """The region may have set the last day of study where a school makes no periods."""
    for start in (2024, 2025):
        for grades in dice.sample(("9,11", "others"), dice.choice((0, 0, 1, 2))):
            day = dice.choice((date(start + 1, 5, 19), date(start + 1, 6, 6), date(start + 1, 7, 2)))
            world.year_end_day(start, grades, day)


def _day(dice: Random) -> date:
    first, last = dice.choice(SPANS)
    return first + dice.randrange((last - first).days + 1) * DAY


def _overrides(dice: Random, world: World, table: str, **owner: int) -> None:
    for offset in dice.sample(range(12), dice.randrange(3)):
        day = date(2025, 8, 25) + offset * DAY
        world.add(table, day=day, is_working=dice.random() < 0.5, act="Распоряжение", **owner)


def _pupils(dice: Random, world: World, school: int, number: int) -> None:
    starts = dice.choice(((2024,), (2025,), (2024, 2025)) if world.read is None else ((2025,), (2024, 2025)))
    years = [world.year(school, start, date(start + 1, 5, dice.randint(22, 31))) for start in starts]
    classes = [world.school_class(year, grade) for year in years for grade in GRADES]
    members = [
        member for _ in range(number) for member in _memberships(dice, world, world.pupil(school), years, classes)
    ]
    for _ in range(2 * number):
        _order(dice, world, members, years, classes)
    _in_place(dice, world, school)
    for member in members:
        own = [row["id"] for row in world.tables["movement_line"] if row["pupil_id"] == member["pupil_id"]]
        member["opened_by_id"], member["closed_by_id"] = dice.choice([None, *own]), dice.choice([None, *own])
    for member in members:
        _held(dice, world, member)


def _held(dice: Random, world: World, member: dict[str, Any]) -> None:
    """An act has bettered a duty of his, once or twice."""
    lines = {"order-departure": OrderKind.DEPARTURE, "order-enrolment": OrderKind.ENROLMENT}
    own = [row for row in world.tables["movement_line"] if row["pupil_id"] == member["pupil_id"]]
    for _ in range(dice.choice((0, 0, 0, 0, 1, 2))):
        rule = dice.choice(("order-promotion", "order-repeat", "order-graduation", "order-enrolment-10", *lines))
        fitting = [row["id"] for row in own if row["kind"] is lines.get(rule)] if rule in lines else [member["id"]]
        if fitting:
            opens, due, evidence, since, until = sorted(_day(dice) for _ in range(5))
            days = {"opens_on": opens, "due": due, "evidence": evidence, "since_on": since}
            detail = {"detail": None} if rule in lines else {}
            world.hold(rule, member, dice.choice(fitting), **days, **detail, until_on=dice.choice((None, until)))


def _memberships(dice: Random, world: World, pupil: int, years: list[int], classes: list[int]) -> list[dict[str, Any]]:
    begins = [world.row("academic_year", year)["starts_on"] for year in years]
    if world.read == "new-tenth" and len(years) > 1 and dice.random() < 0.7:
        ninth, tenth = (
            next(key for key in classes if _is(world, key, *each)) for each in zip(years, (9, 10), strict=True)
        )
        world.member(pupil, ninth, begins[0], begins[0] + 260 * DAY)
        world.member(pupil, tenth, begins[1])
        return world.tables["class_membership"][-2:]
    starts = sorted({dice.choice([*begins * 2, begins[0] - 12 * DAY, _day(dice)]) for _ in range(dice.randint(1, 2))})
    for number, first in enumerate(starts):
        is_open = number == len(starts) - 1 and dice.random() < 0.7
        ends = None if is_open else max(first, _day(dice))
        world.member(
            pupil, dice.choice(classes), first, ends, outcome=dice.choice(list(Outcome)), initial=dice.random() < 0.3
        )
    return world.tables["class_membership"][-len(starts) :]


def _is(world: World, key: int, year: int, grade: int) -> bool:
    found = world.row("school_class", key)
    return bool(found["academic_year_id"] == year and found["grade"] == grade)


def _order(dice: Random, world: World, members: list[dict[str, Any]], years: list[int], classes: list[int]) -> None:
    """An order on one or two pupils: fitting the class more often than not."""
    member = dice.choice(members)
    by_line = [kind for kind in OrderKind if kind.rules.trigger]
    kind = dice.choice(
        [*_fitting(world, member), OrderKind.DEPARTURE, *OrderKind, *by_line * (0 if not world.read else 9)]
    )
    own_class = dice.choice([member["class_id"]] * 3 + classes)
    year = dice.choice([world.row("school_class", own_class)["academic_year_id"]] * 3 + years)
    decision = _day(dice) if kind is OrderKind.ENROLMENT_1 else None
    order = world.order(year, kind, _day(dice) if dice.random() < 0.25 else None, decision)
    world.row("movement_order", order)["order_date"] = _day(dice)
    for pupil in sorted({member["pupil_id"], dice.choice(members)["pupil_id"]}):
        *earlier, entered = sorted(_day(dice) for _ in range(dice.choice((1, 1, 2, 3))))
        line = world.line(order, pupil, own_class, _event(dice, world), entered)
        for day, until in zip(earlier, [*earlier, entered][1:], strict=True):
            if kind.rules.trigger is not None:
                world.past(line, _day(dice), day, until)
        _corrections(dice, world, line)
        known = [row["entered_on"] for row in world.tables["past_entry"] if row["subject_id"] == line]
        day = min([*known, entered])
        made = world.row("movement_order", order)
        made["entered_on"] = day if made["entered_on"] == STAMP["entered_on"] else min(made["entered_on"], day)


def _event(dice: Random, world: World) -> date:
    """Any day, or the last one of a term that ends a year."""
    if world.read == "leaving-on-due-day" and dice.random() < 0.7:
        return dice.choice((date(2025, 9, 1), date(2026, 7, 1), date(2026, 8, 31)))
    return _day(dice)


def _in_place(dice: Random, world: World, school: int) -> None:
    """Orders entered in place of others: of a kind whose lines are owed by themselves, on the same pupil."""
    begun: dict[tuple[int, OrderKind], int] = {}
    own = [row for row in world.tables["movement_line"] if row["school_id"] == school and row["kind"].rules.trigger]
    for line in own:
        first = begun.setdefault((line["pupil_id"], line["kind"]), line["id"])
        if first != line["id"] and dice.random() < 0.5:
            line["continues_id"] = first


def _corrections(dice: Random, world: World, line: int) -> None:
    """Asked for, confirmed or refused, whatever it is."""
    for kind in dice.sample(list(CorrectionKind), dice.choice((0, 0, 1, 1, 2))):
        asked, decided = sorted((_day(dice), _day(dice)))
        state = dice.choice(("confirmed", "confirmed", "refused", "waiting"))
        key = world.correction(line, kind, asked, None if state == "waiting" else decided, state)
        if state == "confirmed":
            to = dice.choice((CorrectedTo.ENTRY, CorrectedTo.ENTRY, *CorrectedTo))
            # What it is judged by was entered before the correction was asked for.
            named = (_day(dice), min(_day(dice), asked)) if to is CorrectedTo.ENTRY else ()
            world.set_right(key, line, to, *named)


def _fitting(world: World, member: dict[str, Any]) -> list[OrderKind]:
    grade = world.row("school_class", member["class_id"])["grade"]
    repeats = world.outcome(member) in (Outcome.REPEAT, Outcome.REPEAT_9)
    if grade == 9:
        kinds = [OrderKind.REPEAT_9 if repeats else OrderKind.GRADUATION]
    elif repeats:
        kinds = [OrderKind.REPEAT]
    else:
        kinds = [OrderKind.GRADUATION if grade == 11 else OrderKind.PROMOTION]
    return kinds * 9 + [OrderKind.ENROLMENT_10] * 9 * (grade == 10)
