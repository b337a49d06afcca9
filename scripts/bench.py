"""`make bench`: time, queries and bytes of the pages at a million pupils, against a bare page of the same rows.

The database is built once (instance/bench on SQLite, or DATABASE_URL when it names an empty one) and reused. Ends with
status 1 when a limit is broken. Floor and panel are measured in turns: a busy machine then slows both alike.
"""

import gzip
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SGO_INSTANCE", str(ROOT / "instance" / "bench"))
os.environ["SGO_DEMO"] = "1"

from flask import Flask  # noqa: E402 - the settings above must stand before the application is imported
from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import event, select, text  # noqa: E402

from app import create_app  # noqa: E402
from app.extensions import db  # noqa: E402
from app.models.accounts import Account  # noqa: E402
from app.security.actor import SYSTEM  # noqa: E402
from app.security.guard import acting  # noqa: E402
from app.security.manager import begun_session  # noqa: E402
from scripts import bench_data, bench_floor, bench_terms  # noqa: E402

RUNS = 7
RATIO, QUERIES, BYTES, FIRST_VISIT, DEEP = 15, 6, 100_000, 350_000, 1.3
"""Times the floor; statements; bytes of HTML; bytes over the wire on the first visit; page 1000 against page 1."""
PAGE_1000 = 999 * 25


@dataclass
class Measured:
    name: str
    ms: float
    floor_ms: float | None
    queries: int
    size: int
    problems: list[str]

    def line(self) -> str:
        ratio = f"{self.ms / self.floor_ms:6.1f}" if self.floor_ms else "     –"
        floor = f"{self.floor_ms:8.1f}" if self.floor_ms else "       –"
        verdict = "; ".join(self.problems) or "ok"
        return f"{self.name:<34}{self.ms:8.1f}{floor}{ratio}{self.queries:5d}{self.size / 1000:8.1f}  {verdict}"


class Bench:
    def __init__(self, app: Flask) -> None:
        self.app, self.statements, self.found = app, [], []
        with app.app_context():
            self.engine = db.engine
        event.listen(self.engine, "before_cursor_execute", lambda *args: self.statements.append(args[2]))

    def measure(
        self, name: str, client: FlaskClient, path: str, floor: Any = None, *, queries: int | None = QUERIES
    ) -> Measured:
        answer = client.get(path)
        self.statements.clear()
        answer = client.get(path)
        asked = len(self.statements)
        if answer.status_code != 200:
            sys.exit(f"{path}: {answer.status_code}")
        ms, floor_ms = in_turns(lambda: client.get(path), (lambda: floor.get("/")) if floor else None)
        measured = Measured(name, ms, floor_ms, asked, len(answer.data), [])
        checks = [
            (floor_ms is not None and ms > RATIO * floor_ms, f"> {RATIO} × floor"),
            (queries is not None and asked > queries, f"> {queries} запросов"),
            (len(answer.data) > BYTES and queries is not None, f"> {BYTES // 1000} КБ"),
        ]
        measured.problems = [words for broken, words in checks if broken]
        self.found.append(measured)
        return measured


def in_turns(work: Any, floor: Any) -> tuple[float, float | None]:
    """The quickest of several runs of each, in milliseconds."""
    taken: list[list[float]] = [[], []]
    for _ in range(RUNS):
        for times, action in zip(taken, (work, floor), strict=True):
            if action is not None:
                started = time.perf_counter()
                answer = action()
                times.append((time.perf_counter() - started) * 1000)
                if answer.status_code != 200:
                    sys.exit(f"{answer.request.path}: {answer.status_code}")
    return min(taken[0]), min(taken[1]) if floor else None


def client_of(app: Flask, login: str) -> FlaskClient:
    with app.app_context(), acting(db.session, SYSTEM):
        account = db.session.scalar(select(Account).where(Account.username == login))
        key, pk = account.session_key, account.id
    client = app.test_client()
    with client.session_transaction() as state:
        state["_user_id"], state["_fresh"] = str(pk), True
        state.update(begun_session(key))
    return client


def lists(bench: Bench, client: FlaskClient, one: Any) -> None:
    engine = bench.engine
    first = bench.measure("обучающиеся", client, "/pupils/list/", bench_floor.listing(engine, "1 = 1"))
    school = one("SELECT max(id) FROM school")
    floor = bench_floor.listing(engine, "p.school_id = :school", school=school)
    bench.measure("отбор по школе", client, f"/pupils/list/?school={school}", floor)
    for word in ("иванов", "волангоров", "горанилин"):
        floor = bench_floor.listing(engine, searched(engine), word=pattern(engine, word))
        bench.measure(f"поиск «{word}»", client, f"/pupils/list/?q={word}", floor)
    after = one(f"SELECT id FROM pupil ORDER BY search_text, id LIMIT 1 OFFSET {PAGE_1000 - 1}")
    name = one(f"SELECT search_text FROM pupil WHERE id = {after}")
    floor = bench_floor.listing(engine, "(p.search_text, p.id) > (:name, :after)", "1 = 1", name=name, after=after)
    deep = bench.measure("страница 1000", client, f"/pupils/list/?page=1000&after={after}", floor)
    if deep.ms > DEEP * first.ms:
        deep.problems.append(f"> {DEEP} × страница 1")


def by_class(bench: Bench, client: FlaskClient, one: Any) -> None:
    """The order by another record's columns, over the region and in a school."""
    region = bench_floor.by_class(bench.engine, "1 = 1")
    bench.measure("по классам, регион", client, "/pupils/list/?order=school_class", region)
    login = one("SELECT username FROM ab_user WHERE username LIKE 'secretary.%' ORDER BY id LIMIT 1")
    school = one(f"SELECT school_id FROM ab_user WHERE username = '{login}'")
    secretary = client_of(bench.app, login)
    own = bench_floor.by_class(bench.engine, "p.school_id = :school", school=school)
    bench.measure("по классам, школа", secretary, "/pupils/list/?order=school_class", own)


def searched(engine: Any) -> str:
    """The panel's own predicate (app/panel/listing/searching.py)."""
    if engine.dialect.name == "sqlite":
        return "p.id IN (SELECT rowid FROM pupil_search WHERE pupil_search MATCH :word)"
    return "p.search_text LIKE :word"


def pattern(engine: Any, word: str) -> str:
    return f'"{word}"' if engine.dialect.name == "sqlite" else f"%{word}%"


def one_row(engine: Any, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(statement)).one()


def forms(bench: Bench, one: Any) -> None:
    """A secretary's forms: the queries do not depend on the number of classes."""
    login = one("SELECT username FROM ab_user WHERE username LIKE 'secretary.%' ORDER BY id LIMIT 1")
    client = client_of(bench.app, login)
    pupil = one(
        "SELECT min(p.id) FROM pupil p JOIN ab_user a ON a.school_id = p.school_id"
        f" WHERE a.username = '{login}' AND p.kept_status = 'enrolled'"
    )
    bench.measure("внесение", client, "/pupils/add")
    bench.measure("изменение", client, f"/pupils/edit/{pupil}")


def first_visit(client: FlaskClient) -> int:
    """Bytes over the wire of the first page with all its files, each compressed."""
    answer = client.get("/pupils/list/")
    html = answer.get_data(as_text=True)
    files = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    return sum(len(gzip.compress(body)) for body in [answer.data, *(client.get(file).data for file in files)])


def main() -> None:
    app = create_app()
    rows = bench_data.prepare(app)
    bench = Bench(app)
    print(f"{bench.engine.dialect.name}: {rows}")
    print(f"{'страница':<34}{'мс':>8}{'пол':>8}{'×':>6}{'запр':>5}{'КБ':>8}")
    client, one = client_of(app, "regional"), lambda statement: one_row(bench.engine, statement)[0]
    lists(bench, client, one)
    by_class(bench, client, one)
    forms(bench, one)
    for text_ in ("иванов", "волангорович", "5а"):
        bench.measure(f"найти всё: «{text_}»", client, f"/find/?q={text_}", queries=None)
    bench.measure("сроки региона", client, "/compliance/", bench_floor.compliance(bench.engine), queries=None)
    for measured in bench.found:
        print(measured.line())
    weight = first_visit(client)
    print(f"первое посещение: {weight / 1000:.0f} КБ по сети (не больше {FIRST_VISIT // 1000})")
    terms = bench_terms.measure(app)
    print("\n".join(terms))
    broken = any(measured.problems for measured in bench.found) or any(line.startswith("!") for line in terms)
    sys.exit(weight > FIRST_VISIT or broken)


if __name__ == "__main__":
    main()
