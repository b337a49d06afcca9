"""The rules about accounts: SQL, Python and a plain reading agree on any data, on each database (3.3.2.4)."""

from datetime import date
from typing import Any

from hypothesis import given
from sqlalchemy import Engine

from app.compliance import duties, evaluate, of_records, queries
from app.compliance.status import Status
from tests.compliance import oracle
from tests.compliance.account_oracle import Owed, owed
from tests.compliance.account_worlds import KINDS, RULE_OF, Accounts, account_worlds
from tests.compliance.worlds import DATES
from tests.support.proving import prove

RULES = tuple(RULE_OF.values())


def told(judged: Any) -> list[Owed]:
    found = (
        Owed(j.record.rule, j.record.subject_id, j.record.about_id, j.status.value, j.due, j.record.evidence)
        for j in judged
    )
    return sorted(found, key=str)


@prove(60)
@given(found=account_worlds(), on=DATES)
def test_sql_python_and_the_plain_reading_give_each_duty_the_same_status(engine: Engine, found: Accounts, on: date):
    with engine.connect() as connection, connection.begin() as transaction:
        found.store(connection)
        records = queries.records(connection, RULES, None, on, limit=1000)
        in_python = told(evaluate.judge_all(connection, records, on))
        of_cards = []
        for kind in KINDS:
            table = found.world.tables[kind] if kind == "pupil" else found.tables[kind]
            keys = [row["id"] for row in table]
            about = of_records.facts_about(connection, kind, keys, None, on, {RULE_OF[kind]})
            of_cards += [each for each in evaluate.judge_all(connection, about, on) if not each.before_start]
        transaction.rollback()
    by_sql = sorted(
        (Owed(r.rule, r.subject_id, r.about_id, str(r.status), r.due, r.evidence) for r in records), key=str
    )
    assert by_sql == in_python
    assert by_sql == owed(found, on)
    assert told(of_cards) == by_sql, "the cards tell the same"


@prove(20)
@given(found=account_worlds(), on=DATES)
def test_beside_the_other_rules_nothing_is_lost_and_nothing_counted_twice(engine: Engine, found: Accounts, on: date):
    with engine.connect() as connection, connection.begin() as transaction:
        found.store(connection)
        every = queries.records(connection, duties.rules(), None, on, limit=2000)
        counted = queries.counts(connection, duties.rules(), None, on)
        failing = queries.failing(connection, duties.rules(), None, on)
        transaction.rollback()
    expected = sorted([(each.rule, each.status) for each in (*owed(found, on), *oracle.owed(found.world, on))])
    assert sorted((each.rule, str(each.status)) for each in every) == expected
    told = sorted((each.rule, str(each.status)) for each in counted for _ in range(each.number))
    assert told == expected
    bad = (Status.LATE, Status.OVERDUE)
    assert len(failing) == sum(1 for _, status in expected if status in bad)
