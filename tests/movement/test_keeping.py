"""What a card keeps of a history is true on every day, whenever it was written: held against the history itself."""

from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from app.models.movement.keeping import Span, kept, kept_on, standing
from app.models.people import PupilStatus

FIRST = date(2026, 9, 1)
LEFT = (None, None, PupilStatus.DEPARTED, PupilStatus.GRADUATED)


@st.composite
def histories(draw: st.DrawFn) -> list[Span]:
    """Memberships one after another, with and without days between them; the last one may be open."""
    spans, day = [], 0
    for number in range(draw(st.integers(0, 5))):
        day += draw(st.integers(1, 4))
        starts, day = day, day + draw(st.integers(0, 4))
        spans.append(Span(number, at(starts), at(day), draw(st.sampled_from(LEFT))))
    if spans and draw(st.booleans()):
        spans[-1] = Span(spans[-1].class_id, spans[-1].starts_on, None)
    return spans


def at(day: int) -> date:
    return FIRST + timedelta(days=day)


@given(histories(), st.integers(-2, 50), st.integers(-3, 60))
def test_what_is_kept_is_what_the_history_tells(spans: list[Span], written: int, asked: int) -> None:
    card = SimpleNamespace(**kept(spans, at(written)))
    found = kept_on(card, at(asked))
    assert found in (None, standing(spans, at(asked)))
    ends = {
        span.ends_on if span.left_as is not None else span.ends_on + timedelta(days=1) for span in spans if span.ends_on
    }
    turns = {span.starts_on for span in spans} | ends
    if asked >= written and len({day for day in turns if day >= at(written)}) < 2:
        assert found is not None, "a list need not read the history of whom few changes await"
