"""What is owed in a small world, worked out row by row from the decisions in the regulation's words.

Written apart from the panel's selects and slower than a school could bear: it is what they are compared with.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from app.compliance.terms import compute_term
from app.models.engine.entries import CorrectedTo
from app.models.movement.kinds import OrderKind as Kind
from app.models.movement.outcomes import Outcome
from app.regulation import Override, WorkCalendar, load_regulation
from tests.compliance.worlds import DAY, World


class Owed(NamedTuple):
    rule: str
    subject: int
    status: str
    due: date
    evidence: date | None


YEAR_END = ("order-promotion", "order-repeat", "order-graduation", "order-repeat-9")
ENROLMENTS = ("order-enrolment", "order-enrolment-1", "order-enrolment-10")
BEFORE_START = "before the start of use"
"""Told to nobody: it is counted nowhere."""
BY_LINE = ("order-departure", "order-enrolment", "order-enrolment-1")


def owed(world: World, on: date) -> list[Owed]:
    """Everything opened by the day, with its status on it."""
    region = _Region(world, on)
    counted = [each for each in region.all() if each.status != BEFORE_START]
    return sorted(region.with_held(counted))


class _Region:
    def __init__(self, world: World, on: date) -> None:
        self.on, self.world = on, world
        self.lines = world.tables["movement_line"]

    def all(self) -> Iterator[Owed]:
        yield from self.of_lines()
        for member in self.world.tables["class_membership"]:
            yield from self.of_year_end(member)
            yield from self.of_year_start(member)
            yield from self.of_beginning(member)
            yield from self.of_end(member)

    def with_held(self, told: list[Owed]) -> list[Owed]:
        """Of what is held the worst of each duty, where the tables do not tell that duty as bad."""
        held: dict[tuple[Any, ...], Owed] = {}
        for row in self.world.tables["held_fact"]:
            if row["rule"].startswith("account-") or row["due"] < self.start(row["school_id"]):
                continue
            if row["opens_on"] <= self.on and (row["until_on"] is None or row["until_on"] > self.on):
                entered = row["evidence"] if row["evidence"] <= self.on else None
                status = self.status(row["due"], entered)
                fact = Owed(row["rule"], row["subject_id"], status, row["due"], entered)
                year = load_regulation().rules[row["rule"]].year_starts.school_year(row["anchor"])
                duty = self.duty(row["rule"], row["subject_id"], row["about_id"], year)
                if duty not in held or self.days(fact) > self.days(held[duty]):
                    held[duty] = fact
        for fact in told:
            duty = self.duty_of(fact)
            if duty in held and self.days(fact) >= self.days(held[duty]):
                del held[duty]
        return [*held.values(), *(fact for fact in told if self.duty_of(fact) not in held)]

    def duty_of(self, fact: Owed) -> tuple[Any, ...]:
        if fact.rule in BY_LINE:
            return self.duty(fact.rule, fact.subject, 0, 0)
        member = self.world.row("class_membership", fact.subject)
        # An order before the year is owed in August: in the year before.
        year = self.place(member)[1]["start_year"] - (fact.rule == "order-enrolment-10")
        return self.duty(fact.rule, 0, member["pupil_id"], year)

    @staticmethod
    def duty(rule: str, subject: int, pupil: int, year: int) -> tuple[Any, ...]:
        """A line, or the pupil's order of the year: whichever membership stands and whichever order is owed."""
        if rule in BY_LINE:
            return rule, subject
        return "year-end" if rule in YEAR_END else rule, pupil, year

    def days(self, fact: Owed) -> float:
        if fact.status == "not_applicable":
            return float("-inf")
        return ((fact.evidence or self.on) - fact.due).days

    def of_lines(self) -> Iterator[Owed]:
        rules = {
            Kind.DEPARTURE: "order-departure",
            Kind.ENROLMENT: "order-enrolment",
            Kind.ENROLMENT_1: "order-enrolment-1",
        }
        for line in self.lines:
            rule = rules.get(line["kind"])
            if rule is None or line["continues_id"]:
                continue  # in place of another one: its entries are of that one's duty
            if rule == "order-enrolment-1" and self.is_general(line["event_date"], line["academic_year_id"]):
                rule = "order-enrolment"
            opened = [entry for entry in self.entries(rule, line) if entry[0] <= self.on]
            judged = [self.by_entry(rule, line, *entry) for entry in opened]
            judged = [each for each in judged if each[1].status != BEFORE_START]
            if judged:
                worst = max(judged, key=lambda found: found[0])[1]
                freed = self.corrected(line, CorrectedTo.FREED)
                yield worst._replace(status="not_applicable") if freed else worst

    def is_general(self, day: date, year: int) -> bool:
        """Who comes into grade 1 when the year has begun may fall under the general rule."""
        return day > self.year(year)["starts_on"] and self.reading("first-grade-mid-year", day) == "general"

    def entries(self, rule: str, line: dict[str, Any]) -> list[tuple[date, date, bool]]:
        """(the date from which the term runs, entered on, whether it stands), all that the line ever had, and the lines
        in its place; a reading may have the last of those that stand count alone."""
        in_place = [row for row in self.lines if row["continues_id"] == line["id"]]
        alone = [row for row in in_place if self.counts_alone(row)]
        last = max((row["id"] for row in alone), default=0)
        made = [each for row in (line, *in_place) if row["id"] >= last for each in self.made(rule, row)]
        right = self.corrected(line, CorrectedTo.ENTRY)
        if not right:
            return [entry for _, entry in made]
        asked = right[-1]["until_at"]
        later = [entry for at, entry in made if at > asked]
        if any(row["entered_at"] > asked for row in alone):
            return later
        return [(self.runs_from(rule, line, right[-1]["trigger_on"]), right[-1]["entered_on"], False), *later]

    def counts_alone(self, line: dict[str, Any]) -> bool:
        """It stands on the day, and is read so in the school year of its event."""
        known = self.world.row("movement_order", line["order_id"])["entered_on"] <= self.on
        return known and not self.annulled(line) and self.reading("replaced-order", line["event_date"]) == "alone"

    def made(self, rule: str, line: dict[str, Any]) -> Iterator[tuple[datetime, tuple[date, date, bool]]]:
        """Each entry of a line, with the instant of its entry."""
        for row in self.world.tables["past_entry"]:
            if row["subject"] == "movement_line" and row["subject_id"] == line["id"]:
                named = self.runs_from(rule, line, row["trigger_on"])
                yield row["entered_at"], (named, row["entered_on"], False)
        decided = self.world.row("movement_order", line["order_id"])["decision_date"]
        trigger = decided if rule == "order-enrolment-1" else line["event_date"]
        yield line["entered_at"], (self.runs_from(rule, line, trigger), line["entered_on"], True)

    def runs_from(self, rule: str, line: dict[str, Any], named: date) -> date:
        """The day named, or the date of the order, as it is read."""
        order_date: date = self.world.row("movement_order", line["order_id"])["order_date"]
        by_order = rule != "order-enrolment-1" and self.reading("event-day", order_date) == "order_date"
        return order_date if by_order else named

    def corrected(self, line: dict[str, Any], to: CorrectedTo) -> list[dict[str, Any]]:
        """What confirmed corrections known on the day make of a line, the latest last."""
        return [
            row
            for row in self.world.tables["corrected_entry"]
            if row["subject_id"] == line["id"] and row["corrected"] is to and row["since_on"] <= self.on
        ]

    def by_entry(
        self, rule: str, line: dict[str, Any], trigger: date, day: date, stands: bool
    ) -> tuple[tuple[Any, ...], Owed]:
        """How the line stands by one entry, and how bad that is. An annulment takes what was in time, or of its day."""
        entered = day if day <= self.on else None
        owed = self.judge(rule, line, trigger, entered)
        annulled = self.withdrawn(line)
        went = annulled is not None and annulled <= self.on and not day < annulled
        if owed.status == BEFORE_START:
            return (), owed
        if annulled is not None and annulled <= self.on and (went or owed.status != "late"):
            owed = owed._replace(status="not_applicable")
        days = ((entered or self.on) - owed.due).days
        return (not went, entered is not None, days, stands, day, trigger), owed

    def withdrawn(self, line: dict[str, Any]) -> date | None:
        """The day on which its order was annulled; where others came in its place, the last of all of them."""
        gone = self.world.row("movement_order", line["order_id"])["annulled_on"]
        if gone is None or gone > self.on or self.corrected(line, CorrectedTo.STANDING):
            return None
        orders = [self.world.row("movement_order", row["order_id"]) for row in self.lines if self.is_after(row, line)]
        days = [order["annulled_on"] for order in orders if order["entered_on"] <= self.on]
        if any(day is None or day > self.on for day in days):
            return None
        return max([gone, *days])

    @staticmethod
    def is_after(row: dict[str, Any], line: dict[str, Any]) -> bool:
        return bool(row["continues_id"] == line["id"])

    def of_year_end(self, member: dict[str, Any]) -> Iterator[Owed]:
        school_class, year = self.place(member)
        repeats = self.world.outcome(member) in (Outcome.REPEAT, Outcome.REPEAT_9)
        if school_class["grade"] == 9:
            rule, kind = ("order-repeat-9", Kind.REPEAT_9) if repeats else ("order-graduation", Kind.GRADUATION)
        elif repeats:
            rule, kind = "order-repeat", Kind.REPEAT
        elif school_class["grade"] == 11:
            rule, kind = "order-graduation", Kind.GRADUATION
        else:
            rule, kind = "order-promotion", Kind.PROMOTION
        last = self.year_end(year, school_class["grade"])
        due = self.due(rule, member["school_id"], last)
        opens = min(last, due) if due >= self.start(member["school_id"]) else last
        ends = member["ends_on"] or date.max
        if self.reading("year-end-members", last) == "due_day":
            closed = self.line(member["closed_by_id"])
            summer = opens <= ends and not (closed and closed["kind"] is Kind.TRANSFER)
            owes = member["starts_on"] <= due and (due <= ends or summer)
            opens = max(opens, member["starts_on"])
        else:
            owes = member["starts_on"] <= opens <= ends
        if owes and opens <= self.on:
            yield self.judge(rule, member, last, self.first_entry(member, kind, year), left_from=opens)

    def of_year_start(self, member: dict[str, Any]) -> Iterator[Owed]:
        school_class, year = self.place(member)
        opens = date(year["start_year"], 8, 1)
        if school_class["grade"] != 10 or member["is_initial"]:
            return
        if member["starts_on"] > year["starts_on"] or opens > self.on:
            return
        closed, opened = self.line(member["closed_by_id"]), self.line(member["opened_by_id"])
        if closed and closed["kind"] is Kind.TRANSFER and member["ends_on"] and member["ends_on"] < year["starts_on"]:
            return
        entered = self.first_entry(member, Kind.ENROLMENT_10, year)
        repeated = bool(opened) and opened["kind"] is Kind.REPEAT
        repeated = repeated or (self.reading("new-tenth", opens) == "from_outside" and self.was_in_ninth(member, year))
        rule = "order-enrolment-10"
        began = member["starts_on"]
        yield self.judge(rule, member, opens, entered, none_owed=repeated, left_from=began, began=began)

    def was_in_ninth(self, member: dict[str, Any], year: dict[str, Any]) -> bool:
        places = map(self.place, self.stays(member))
        return any(one["grade"] == 9 and own["start_year"] == year["start_year"] - 1 for one, own in places)

    def of_beginning(self, member: dict[str, Any]) -> Iterator[Owed]:
        school_class, year = self.place(member)
        if member["opened_by_id"] or member["is_initial"] or member["starts_on"] > self.on:
            return
        if school_class["grade"] == 10 and member["starts_on"] <= year["starts_on"]:
            return
        earlier = [row for row in self.stays(member) if row["starts_on"] < member["starts_on"] and not self.closed(row)]
        if not any(self.unbroken(row["school_id"], row["ends_on"], member["starts_on"]) for row in earlier):
            special = school_class["grade"] == 1 and not self.is_general(member["starts_on"], year["id"])
            rule = "order-enrolment-1" if special else "order-enrolment"
            yield self.judge(rule, member | {"id": -member["id"]}, member["starts_on"], None)

    def of_end(self, member: dict[str, Any]) -> Iterator[Owed]:
        if self.ends_by_hand(member):
            yield self.judge("order-departure", member | {"id": -member["id"]}, member["ends_on"], None)

    def ends_by_hand(self, member: dict[str, Any]) -> bool:
        """Whether the stay ended with it by the day, within the school year, and no order says so."""
        school_class, year = self.place(member)
        day = member["ends_on"]
        if day is None or member["closed_by_id"] or day > self.on:
            return False
        later = [row for row in self.stays(member) if row["starts_on"] > member["starts_on"]]
        goes_on = any(self.unbroken(row["school_id"], day, row["starts_on"]) for row in later)
        within_year: bool = year["starts_on"] <= day < self.year_end(year, school_class["grade"])
        return within_year and not goes_on

    def stays(self, member: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for row in self.world.tables["class_membership"] if row["pupil_id"] == member["pupil_id"]]

    def closed(self, member: dict[str, Any]) -> bool:
        """By an order of leaving."""
        line = self.line(member["closed_by_id"])
        return line is not None and line["kind"] in (Kind.DEPARTURE, Kind.GRADUATION)

    def unbroken(self, school: int, gone: date | None, back: date) -> bool:
        """No study day lies between: none from the next working day on is a day of a study period."""
        if gone is None:
            return True
        now, before = self.calendar(school), self.calendars_before(school)
        days = [
            self.following(gone, now),
            *(day for changed, each in before if (day := self.following(gone, each)) < changed),
        ]
        day = min(days)
        years = [row["id"] for row in self.world.tables["academic_year"] if row["school_id"] == school]
        periods = [each for year in years for each in self.periods(year)]
        while day < back:
            if any(row["starts_on"] <= day <= row["ends_on"] for row in periods):
                return False
            day += DAY
        return True

    def judge(
        self,
        rule: str,
        about: dict[str, Any],
        anchor: date,
        entered: date | None,
        none_owed: bool = False,
        left_from: date | None = None,
        began: date | None = None,
    ) -> Owed:
        due, start = self.due_of(rule, about, anchor), self.start(about["school_id"])
        if due < start or (rule in ENROLMENTS and (began or anchor) < start):
            status = BEFORE_START
        elif none_owed or (
            left_from and entered is None and self.left(rule, about["pupil_id"], left_from, anchor, due)
        ):
            status = "not_applicable"
        else:
            status = self.status(due, entered)
        return Owed(rule, about["id"], status, due, entered)

    @staticmethod
    def following(day: date, calendar: WorkCalendar) -> date:
        day += DAY
        while not calendar.is_working(day):
            day += DAY
        return day

    def due_of(self, rule: str, about: dict[str, Any], anchor: date) -> date:
        """By the days of the office or of the class; of who comes into grade 10 in mid-year by the term of the grade,
        as it is read."""
        special = self.reading("tenth-grade-mid-year", anchor) == "special"
        if rule == "order-enrolment" and special and self.is_late_tenth(about):
            return self.due("order-enrolment-10", about["school_id"], anchor)
        by_class = rule in BY_LINE and self.reading("whose-working-days", anchor) == "class"
        return self.due(rule, about["school_id"], anchor, self.grade(about) if by_class else None)

    def is_late_tenth(self, about: dict[str, Any]) -> bool:
        if "order_id" not in about:
            return self.grade(about) == 10
        later: bool = about["event_date"] > self.year(about["academic_year_id"])["starts_on"]
        return about["kind"] is Kind.ENROLMENT and self.grade(about) == 10 and later

    def grade(self, about: dict[str, Any]) -> int:
        """Of the class of a membership, or of that which a line leads to or from."""
        key = about["class_id"] if "class_id" in about else about["to_class_id"] or about["from_class_id"]
        grade: int = self.world.row("school_class", key)["grade"]
        return grade

    def due(self, rule: str, school: int, anchor: date, grade: int | None = None) -> date:
        """By what is set now; of a term that was over on the day of an unconfirmed change also by what was set then."""
        terms = [(None, self.calendar(school, grade)), *self.calendars_before(school, grade)]
        days = [
            (changed, compute_term(load_regulation().rules[rule], anchor, calendar, self.readings(anchor)).due)
            for changed, calendar in terms
        ]
        return min(day for changed, day in days if changed is None or day < changed)

    def calendars_before(self, school: int, grade: int | None = None) -> list[tuple[date, WorkCalendar]]:
        found = []
        for row in self.standing("calendar"):
            if row["school_id"] == school:
                days = {d["day"]: Override(d["is_working"], d["act"]) for d in self.world.tables["region_calendar_day"]}
                days |= {date.fromisoformat(d): Override(working, act) for d, working, act in row["stood"]["days"]}
                settings = row["stood"]["settings"][0]
                own = [week for first, last, week in settings["grades"] if first <= (grade or 0) <= last]
                found.append((row["since_on"], WorkCalendar([*own, settings["week"]][0], days)))
        return found

    def standing(self, setting: str) -> list[dict[str, Any]]:
        rows = [row for row in self.world.tables["held_setting"] if row["setting"] == setting and row["holds"]]
        return [row for row in rows if row["until_on"] is None or row["until_on"] > self.on]

    def year(self, key: int) -> dict[str, Any]:
        """As the first change that is not confirmed has found it."""
        year = self.world.row("academic_year", key)
        spans = [each for each in self.spans_before(key) if each["is_year"]]
        return year | {name: each[name] for each in spans for name in ("starts_on", "ends_on")}

    def spans_before(self, year: int) -> list[dict[str, Any]]:
        held = [row["id"] for row in self.standing("year") if row["key"] == year][:1]
        return [each for each in self.world.tables["held_span"] if each["held_id"] in held]

    def periods(self, year: int) -> list[dict[str, Any]]:
        if spans := self.spans_before(year):
            return [each for each in spans if not each["is_year"]]
        return [row for row in self.world.tables["study_period"] if row["academic_year_id"] == year]

    def year_end(self, year: dict[str, Any], grade: int) -> date:
        """The last day of the grade's last study period; without any the region's day for these grades, or 25 May for 9
        and 11, 31 May for the others."""
        own = [
            each["ends_on"]
            for each in self.periods(year["id"])
            if (each["grade_from"] or 1) <= grade <= (each["grade_to"] or 11)
        ]
        grades, usual = ("9,11", 25) if grade in (9, 11) else ("others", 31)
        rows = [row for row in self.world.tables["year_end_day"] if row["start_year"] == year["start_year"]]
        by_act = [row["day"] for row in rows if row["grades"] == grades]
        return max(own, default=[*by_act, date(year["start_year"] + 1, 5, usual)][0])

    def status(self, due: date, entered: date | None) -> str:
        if entered is not None:
            return "on_time" if entered <= due else "late"
        return "pending" if self.on <= due else "overdue"

    def start(self, school: int) -> date:
        """The day from which the school keeps its records: set for it, of its first record, set for silent schools."""
        tables = self.world.tables
        set_for_it = [row["since"] for row in tables["school_start"] if row["school_id"] == school]
        first = [row["starts_on"] for row in tables["class_membership"] if row["school_id"] == school]
        for order in tables["movement_order"]:
            if order["school_id"] == school:
                first += [order["order_date"], *([order["decision_date"]] if order["decision_date"] else [])]
        by_event = (Kind.DEPARTURE, Kind.ENROLMENT)
        first += [row["event_date"] for row in self.lines if row["school_id"] == school and row["kind"] in by_event]
        kept = [row for row in tables["past_entry"] if row["subject"] in ("movement_line", "class_membership")]
        past = [row["trigger_on"] for row in kept if row["school_id"] == school]
        first += [day for day in past if day is not None]
        silent = [row["since"] for row in tables["region_start"]]
        return [*set_for_it, *sorted(first), *silent, date.min][0]

    def reading(self, name: str, day: date) -> str:
        """The option of a reading that was chosen for the school year of a day."""
        return self.readings(day).get(name, load_regulation().readings[name].default)

    def readings(self, anchor: date) -> dict[str, str]:
        """What was chosen for the school year of a day."""
        start = anchor.year if anchor.month >= 9 else anchor.year - 1
        rows = [row for row in self.world.tables["reading_choice"] if row["start_year"] == start]
        return {row["reading"]: row["option"].split(":")[1] for row in rows}

    def calendar(self, school: int, grade: int | None = None) -> WorkCalendar:
        """Of the office, or of a grade, which may have a week of its own while some settings hold."""
        tables = self.world.tables
        days = {d["day"]: Override(d["is_working"], d["act"]) for d in tables["region_calendar_day"]}
        for day in tables["school_calendar_day"]:
            if day["school_id"] == school:
                days[day["day"]] = Override(day["is_working"], day["act"])
        periods = [s for s in tables["school_settings"] if s["school_id"] == school]
        own = {
            row["settings_id"]: row["work_week"]
            for row in tables["grade_week"]
            if row["grade_from"] <= (grade or 0) <= row["grade_to"]
        }
        first, *later = sorted((s["valid_from"], own.get(s["id"], s["work_week"])) for s in periods)
        return WorkCalendar(first[1], days, tuple(later))

    def place(self, member: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        school_class = self.world.row("school_class", member["class_id"])
        return school_class, self.year(school_class["academic_year_id"])

    def line(self, key: int | None) -> dict[str, Any] | None:
        return self.world.row("movement_line", key) if key else None

    def annulled(self, line: dict[str, Any]) -> bool:
        day = self.world.row("movement_order", line["order_id"])["annulled_on"]
        return day is not None and day <= self.on

    def known(self, pupil: int, kind: Kind) -> list[dict[str, Any]]:
        return [
            line
            for line in self.lines
            if line["pupil_id"] == pupil
            and line["kind"] is kind
            and line["entered_on"] <= self.on
            and not self.annulled(line)
        ]

    def first_entry(self, member: dict[str, Any], kind: Kind, year: dict[str, Any]) -> date | None:
        found = [
            self.entry(line)
            for line in self.lines
            if line["pupil_id"] == member["pupil_id"]
            and line["kind"] is kind
            and line["academic_year_id"] == year["id"]
            and not self.corrected(line, CorrectedTo.FREED)
            and (not self.annulled(line) or self.corrected(line, CorrectedTo.STANDING))
        ]
        return min((day for day in found if day <= self.on), default=None)

    def entry(self, line: dict[str, Any]) -> date:
        """The day on which it was entered, or the one that a correction has put in its place."""
        right = self.corrected(line, CorrectedTo.ENTRY)
        day: date = right[-1]["entered_on"] if right else line["entered_on"]
        return day

    def left(self, rule: str, pupil: int, since: date, anchor: date, due: date) -> bool:
        last = due - DAY if self.reading("leaving-on-due-day", anchor) == "owes" else due
        gone = [line for line in self.known(pupil, Kind.DEPARTURE) if since <= line["event_date"] <= last]
        return any(not (rule in YEAR_END and self.is_back(line, due)) for line in gone)

    def is_back(self, gone: dict[str, Any], due: date) -> bool:
        """Within 30 days of the due day."""
        return any(
            gone["event_date"] <= row["starts_on"] <= due + 30 * DAY and row["closed_by_id"] != gone["id"]
            for row in self.stays(gone)
        )
