"""The floor: a bare Flask application: one page, raw SQL for the same rows and the same count, a plain table."""

from typing import Any

from flask import Flask, render_template_string
from sqlalchemy import Engine, text

ROWS = """
SELECT p.id, p.last_name, p.first_name, p.middle_name, c.grade, c.letter, p.birth_date, p.snils, p.kept_status, s.name
FROM (SELECT p.* FROM pupil p WHERE {where} ORDER BY p.search_text, p.id LIMIT 26) p
LEFT JOIN school_class c ON c.id = p.kept_class_id LEFT JOIN school s ON s.id = p.school_id
ORDER BY p.search_text, p.id
"""
COUNT = "SELECT count(*) FROM (SELECT p.id FROM pupil p WHERE {where} LIMIT 10001) AS counted"
BY_CLASS = """
SELECT p.id, p.last_name, p.first_name, p.middle_name, c.grade, c.letter, p.birth_date, p.snils, p.kept_status, s.name
FROM pupil p LEFT JOIN school_class c ON c.id = p.kept_class_id LEFT JOIN school s ON s.id = p.school_id
WHERE {where} ORDER BY c.grade, c.letter, p.search_text, p.id LIMIT 26
"""
PAGE = """<!doctype html><title>Обучающиеся</title><table>{% for row in rows[:25] %}<tr>
{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>{% endfor %}</table><p>{{ total }}</p>"""
COMPLIANCE = """
SELECT l.school_id, l.kind, count(*), sum(CASE WHEN l.entered_on <= l.event_date THEN 1 ELSE 0 END)
FROM movement_line l JOIN movement_order o ON o.id = l.order_id GROUP BY l.school_id, l.kind
UNION ALL
SELECT m.school_id, y.outcome, count(*), count(e.id)
FROM class_membership m JOIN year_outcome y ON y.membership_id = m.id JOIN school_class c ON c.id = m.class_id
LEFT JOIN movement_line e ON e.pupil_id = m.pupil_id AND e.academic_year_id = c.academic_year_id
  AND e.kind IN ('promotion', 'graduation', 'repeat', 'repeat_9')
GROUP BY m.school_id, y.outcome
UNION ALL
SELECT l.school_id, 'pupil', count(*), count(h.id)
FROM movement_line l LEFT JOIN account_person a ON a.pupil_id = l.pupil_id
LEFT JOIN handing_over h ON h.account_id = a.account_id
WHERE l.kind IN ('enrolment', 'enrolment_1', 'enrolment_10') GROUP BY l.school_id
UNION ALL
SELECT l.school_id, 'parent', count(*), count(h.id)
FROM movement_line l JOIN guardianship g ON g.pupil_id = l.pupil_id
LEFT JOIN account_person a ON a.parent_id = g.parent_id LEFT JOIN handing_over h ON h.account_id = a.account_id
WHERE l.kind IN ('enrolment', 'enrolment_1', 'enrolment_10') GROUP BY l.school_id
"""


def by_class(engine: Engine, where: str, **values: Any) -> Any:
    """A client of the bare page in the order of classes."""
    return listing(engine, where, rows=BY_CLASS, **values)


def listing(engine: Engine, where: str, count: str = "", rows: str = ROWS, **values: Any) -> Any:
    """A client of the bare page with the rows under this condition; `count` where it is counted without a cursor."""

    def page() -> str:
        with engine.connect() as connection:
            found = connection.execute(text(rows.format(where=where)), values).all()
            counted = {name: value for name, value in values.items() if f":{name}" in (count or where)}
            total = connection.execute(text(COUNT.format(where=count or where)), counted).scalar()
        return render_template_string(PAGE, rows=found, total=total)

    return _client(page)


def compliance(engine: Engine) -> Any:
    def page() -> str:
        with engine.connect() as connection:
            rows = connection.execute(text(COMPLIANCE)).all()
        return render_template_string(PAGE, rows=rows, total=len(rows))

    return _client(page)


def _client(page: Any) -> Any:
    app = Flask("floor")
    app.add_url_rule("/", "page", page)
    return app.test_client()
