"""One file between its sending and its end: what it held, what the check found, what the run did."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.choices import Choice
from app.exchange.reader import Row
from app.extensions import db
from app.panel.importing.rows import Outcome, State
from app.services.engine import uploads


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
    job: int | None = None
    token: str = ""

    @property
    def counts(self) -> dict[State, int]:
        found = Counter(each.state for each in self.outcomes)
        return {state: found[state] for state in State}

    @property
    def refused(self) -> list[Outcome]:
        return [each for each in self.outcomes if each.is_refused]

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The warnings by code: one tick for each kind of them."""
        found: dict[str, list[tuple[Outcome, str]]] = {}
        for outcome in self.outcomes:
            for code, _, words in outcome.warnings if not outcome.is_refused else ():
                found.setdefault(code, []).append((outcome, words))
        return [{"code": code, "rows": rows} for code, rows in found.items()]

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
            "job": self.job,
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
