"""Status of an obligation on a date, and the share on time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compliance.status import Status, judge, share

DUE = date(2026, 3, 10)
DAY = timedelta(days=1)
dates = st.dates(date(2020, 1, 1), date(2030, 12, 31))
totals = st.integers(0, 10_000)


@pytest.mark.parametrize(("evidence", "on", "status", "days"), [
    (DUE - DAY, DUE, Status.ON_TIME, 0),
    (DUE, DUE, Status.ON_TIME, 0),
    (DUE + 2 * DAY, DUE + 9 * DAY, Status.LATE, 2),
    (None, DUE - 3 * DAY, Status.PENDING, 3),
    (None, DUE, Status.PENDING, 0),
    (None, DUE + DAY, Status.OVERDUE, 1),
    (DUE + 5 * DAY, DUE + 4 * DAY, Status.OVERDUE, 4),  # entered after the date asked for
    (DUE - DAY, DUE - 2 * DAY, Status.PENDING, 2),
])  # fmt: skip
def test_judge(evidence, on, status, days):
    assert judge(DUE, evidence, on) == (status, days)


@given(dates, dates, dates)
def test_evidence_of_the_future_is_none(due, evidence, on):
    if evidence > on:
        assert judge(due, evidence, on) == judge(due, None, on)
    else:
        assert judge(due, evidence, on)[0] in (Status.ON_TIME, Status.LATE)


@given(dates, st.none() | dates, dates)
def test_days_are_never_negative(due, evidence, on):
    assert judge(due, evidence, on)[1] >= 0


@given(dates, dates, dates, dates)
def test_a_judgement_once_made_does_not_change(due, evidence, one, other):
    early, late = sorted((one, other))
    if evidence <= early:
        assert judge(due, evidence, early) == judge(due, evidence, late)


def test_share():
    assert share(3, 1, 0) == 0.75
    assert share(0, 1, 1) == 0.0
    assert share(5, 0, 0) == 1.0


def test_nothing_due_is_no_data():
    assert share(0, 0, 0) is None


@given(totals, totals, totals)
def test_share_is_between_nothing_and_all(on_time, late, overdue):
    found = share(on_time, late, overdue)
    assert found is None or 0 <= found <= 1


def test_labels_are_russian():
    assert [status.label for status in Status] == [
        "в срок",
        "с опозданием",
        "ожидается",
        "просрочено",
        "не применимо",
    ]
