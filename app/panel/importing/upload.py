"""One file between its sending and its end: what it held, what the check found, what the run did."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.choices import Choice
from app.exchange.reader import Row
from app.extensions import db
from app.panel.editing import doubts
from app.panel.importing.rows import Outcome, State
from app.services.engine import uploads
from app.services.engine.warnings import Confirmed, Doubt


class Stage(Choice):
    CHECKING = "checking", "проверяется"
    CHECKED = "checked", "проверен"
    RUNNING = "running", "загружается"
    DONE = "done", "загружен"


@dataclass
class Upload:
    """A file of one view, kept sealed for the one who sent it."""

    route: str
    file_name: str
    columns: dict[str, str]
    """Heading → name of the field, in the order of the file."""
    rows: list[Row]
    account: int | None = None
    stage: Stage = Stage.CHECKING
    outcomes: list[Outcome] = field(default_factory=list)
    """Of the check, until the run has ended; then of the run, as far as it came."""
    answers: list[str] = field(default_factory=list)
    """What was ticked: `doubts.answer` of a row's number and a warning."""
    job: int | None = None
    token: str = ""
    marked: bool = False
    """Whether the new records get the mark of the view (`Imports.mark`)."""

    @property
    def counts(self) -> dict[State, int]:
        found = Counter(each.state for each in self.outcomes)
        return {state: found[state] for state in State}

    @property
    def refused(self) -> list[Outcome]:
        return [each for each in self.outcomes if each.is_refused]

    @property
    def doubts(self) -> list[tuple[int, str, Doubt]]:
        """The warnings of the rows that could be saved, as `doubts.grouped` takes them."""
        fine = (each for each in self.outcomes if not each.is_refused)
        return [(each.number, f"Строка {each.number} ({each.name})", doubt) for each in fine for doubt in each.warnings]

    def confirmed(self) -> dict[int, Confirmed]:
        """Row → the warnings of it that were ticked."""
        ticked, found = frozenset(self.answers), defaultdict(set)
        for number, _, doubt in self.doubts:
            if doubts.answer(number, doubt) in ticked:
                found[number].add(doubt.key)
        return {number: Confirmed(frozenset(keys)) for number, keys in found.items()}

    def keep(self) -> str:
        """Keep it, the first time under a new token."""
        content = self._content()
        if self.token:
            uploads.write(self.token, content)
        else:
            self.token = uploads.keep(db.session, content)
        return self.token

    def _content(self) -> dict[str, Any]:
        return {
            "account": self.account,
            "route": self.route,
            "file_name": self.file_name,
            "columns": self.columns,
            "rows": [[row.number, dict(row.values)] for row in self.rows],
            "stage": self.stage.value,
            "outcomes": [each.packed() for each in self.outcomes],
            "answers": self.answers,
            "job": self.job,
            "marked": self.marked,
        }


def found(route: str, token: str) -> Upload | None:
    """The actor's own file of this view, or None."""
    kept = uploads.own(db.session, token)
    if kept is None or kept["route"] != route:
        return None
    read = {
        "rows": [Row(number, values) for number, values in kept["rows"]],
        "stage": Stage(kept["stage"]),
        "outcomes": [Outcome.unpacked(each) for each in kept["outcomes"]],
    }
    return Upload(**{**kept, **read}, token=token)


def returned_rows(upload: Upload, headings: Sequence[str]) -> Iterable[list[str]]:
    """The rows of the file with what is wrong with each."""
    told = {each.number: each for each in upload.outcomes}
    for row in upload.rows:
        outcome = told.get(row.number)
        yield [*(row.values.get(heading, "") for heading in headings), words_of(outcome) if outcome is not None else ""]


def words_of(outcome: Outcome) -> str:
    """The errors of a row in one cell."""
    return " ".join(f"{label}: {words}" if label else words for label, words in outcome.errors)
