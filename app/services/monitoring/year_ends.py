"""The last day of study where schools made no periods, set by an act of the region: told of every school it touches."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.monitoring.year_ends import YearEndDay, year_ends
from app.regulation import load_regulation
from app.services.engine import coherence
from app.services.monitoring import effects


@coherence.alone(YearEndDay, "start_year", "day")
def _within_its_year(row: YearEndDay) -> Iterator[tuple[str, str]]:
    starts = load_regulation().year_starts
    if isinstance(row.start_year, int) and row.day is not None and starts.school_year(row.day) != row.start_year:
        yield "day", f"Это день другого учебного года: ожидается {row.start_year}/{row.start_year + 1}."


def save(session: Session, row: YearEndDay) -> list[int]:
    """The schools whose numbers it changed. Errors are those of `records.save`."""

    def act(school_id: int) -> effects.Act:
        about = f"Конец учебного года: {row.caption}"
        return effects.Act(row.__tablename__, row.id, about, row.act_text, row.act_number, row.act_date, utc_now())

    return effects.save(session, row, None, act)


def offered() -> list[tuple[str, str]]:
    """The grades that end together, each with its day by default."""
    known = year_ends().items()
    return [(key, f"{one.title} (по умолчанию {one.day.day:02d}.{one.day.month:02d})") for key, one in known]
