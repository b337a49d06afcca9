"""study periods: a year has the dates of its number, periods lie in it one after another under numbers of their kind

What breaks this already is listed for its school and left alone.

Revision ID: 20261126_75
Revises: 20261126_71
Create Date: 2026-11-26 19:00:00

"""

from collections import defaultdict
from itertools import combinations

import sqlalchemy as sa
from alembic import op

revision = "20261126_75"
down_revision = "20261126_71"
branch_labels = None
depends_on = None

NUMBER = "number BETWEEN 1 AND CASE kind WHEN 'quarter' THEN 4 WHEN 'trimester' THEN 3 ELSE 2 END"
KIND = "CASE kind WHEN 'quarter' THEN 1 WHEN 'trimester' THEN 2 ELSE 3 END"
DATES = {
    "sqlite": "starts_on BETWEEN start_year || '-09-01' AND start_year || '-12-31'"
    " AND ends_on BETWEEN (start_year + 1) || '-01-01' AND (start_year + 1) || '-08-31'",
    "postgresql": "EXTRACT(YEAR FROM starts_on) = start_year AND EXTRACT(MONTH FROM starts_on) >= 9"
    " AND EXTRACT(YEAR FROM ends_on) - 1 = start_year AND EXTRACT(MONTH FROM ends_on) <= 8",
}
TITLES = {"quarter": "четверть", "trimester": "триместр", "half_year": "полугодие"}
MOST = {"quarter": 4, "trimester": 3, "half_year": 2}


def _table(name, *columns):
    days = sa.column("starts_on", sa.Date), sa.column("ends_on", sa.Date)
    return sa.table(name, sa.column("id"), *map(sa.column, columns), *days)


YEAR = _table("academic_year", "school_id", "start_year")
PERIOD = _table("study_period", "academic_year_id", "kind", "number")
SCHOOL = sa.table("school", sa.column("id"), sa.column("code"))


def upgrade():
    years = {row.id: row for row in op.get_bind().execute(sa.select(YEAR))}
    by_year = defaultdict(list)
    for row in op.get_bind().execute(sa.select(PERIOD).order_by(PERIOD.c.starts_on, PERIOD.c.id)):
        by_year[row.academic_year_id].append(row)
    wrong_years = _wrong_years(years)
    wrong_numbers, clashing = _wrong_periods(years, by_year)
    with op.batch_alter_table("academic_year") as table:
        table.create_check_constraint(
            op.f("ck_academic_year_dates"), _but(DATES[op.get_bind().dialect.name], wrong_years)
        )
    with op.batch_alter_table("study_period") as table:
        table.drop_constraint(op.f("ck_study_period_number"), type_="check")
        table.create_check_constraint(op.f("ck_study_period_number"), _but(NUMBER, wrong_numbers))
    if op.get_bind().dialect.name == "postgresql":
        _exclude(clashing)


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE study_period DROP CONSTRAINT ex_study_period_period")
    with op.batch_alter_table("study_period") as table:
        table.drop_constraint(op.f("ck_study_period_number"), type_="check")
        table.create_check_constraint(op.f("ck_study_period_number"), "number BETWEEN 1 AND 8")
    with op.batch_alter_table("academic_year") as table:
        table.drop_constraint(op.f("ck_academic_year_dates"), type_="check")


def _but(condition, rows):
    return f"{condition} OR id IN ({', '.join(map(str, sorted(rows)))})" if rows else condition


def _exclude(clashing):
    """SQLite has one writer at a time, whom the panel's session holds. Periods may change places in a transaction."""
    but = f" WHERE (id NOT IN ({', '.join(map(str, sorted(clashing)))}))" if clashing else ""
    same = f"int4range(academic_year_id, academic_year_id, '[]') WITH &&, int4range({KIND}, {KIND}, '[]') WITH &&"
    op.execute(
        f"ALTER TABLE study_period ADD CONSTRAINT ex_study_period_period EXCLUDE USING gist ({same},"
        f" daterange(starts_on, ends_on, '[]') WITH &&){but} DEFERRABLE INITIALLY DEFERRED"
    )


def _wrong_years(years):
    wrong = [
        year
        for year in years.values()
        if (year.starts_on.year, year.ends_on.year) != (year.start_year, year.start_year + 1)
        or year.starts_on.month < 9
        or year.ends_on.month > 8
    ]
    for year in wrong:
        _tell(year, f"даты не его номера: {_days(year)}")
    return {year.id for year in wrong}


def _wrong_periods(years, by_year):
    """Periods with a number that the kind has not, and periods that meet others of the kind."""
    numbers, clashing = set(), set()
    for key, periods in by_year.items():
        year = years[key]
        for each in periods:
            if not 1 <= each.number <= MOST[each.kind]:
                numbers.add(each.id)
                _tell(year, f"такого номера не бывает: {_name(each)}")
            if each.starts_on < year.starts_on or each.ends_on > year.ends_on:
                _tell(year, f"период за пределами года: {_name(each)}")
        for one, other in combinations(periods, 2):
            if one.kind == other.kind and other.starts_on <= one.ends_on:
                clashing |= {one.id, other.id}
                _tell(year, f"периоды пересекаются: {_name(one)} и {_name(other)}")
            elif one.kind == other.kind and other.number < one.number:
                _tell(year, f"номера идут не по порядку дат: {_name(one)} и {_name(other)}")
    return numbers, clashing


def _name(period):
    return f"{period.number} {TITLES[period.kind]} ({_days(period)})"


def _days(row):
    return f"{row.starts_on:%d.%m.%Y} – {row.ends_on:%d.%m.%Y}"


def _tell(year, what):
    code = op.get_bind().execute(sa.select(SCHOOL.c.code).where(SCHOOL.c.id == year.school_id)).scalar()
    named = f"{year.start_year}/{(year.start_year + 1) % 100:02d}"
    print(f"Школа {code}, {named} учебный год: {what}. Оставлено как есть: исправьте в панели.")
