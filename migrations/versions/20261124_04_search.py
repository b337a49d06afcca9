"""search

Trigram indexes over `search_text` of the tables whose models declare `__search_index__`.

SQLite: an FTS5 table beside each, kept by triggers. A later batch migration that makes such a table anew drops its
triggers: it must create them again (copy TRIGGERS), and tests/migrations fails until it does.
PostgreSQL: GIN over pg_trgm where the server has the extension and lets us create it; without it LIKE reads the table.

Revision ID: 20261124_04
Revises: 20261124_03
Create Date: 2026-11-24 10:04:00

"""

from alembic import op
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

revision = "20261124_04"
down_revision = "20261124_03"
branch_labels = None
depends_on = None

TABLES = ("pupil", "parent", "employee", "ab_user")
BY_NAME = ("parent", "employee")
INDEX = (
    "CREATE VIRTUAL TABLE {table}_search USING"
    " fts5(search_text, content='{table}', content_rowid='id', tokenize='trigram')"
)
REMOVE = "INSERT INTO {table}_search({table}_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);"
ENTER = "INSERT INTO {table}_search(rowid, search_text) VALUES (new.id, new.search_text);"
TRIGGERS = {
    "{table}_search_insert": f"AFTER INSERT ON {{table}} BEGIN {ENTER} END",
    "{table}_search_delete": f"AFTER DELETE ON {{table}} BEGIN {REMOVE} END",
    "{table}_search_update": (
        f"AFTER UPDATE OF search_text ON {{table}} WHEN old.search_text <> new.search_text BEGIN {REMOVE} {ENTER} END"
    ),
}
REBUILD = "INSERT INTO {table}_search({table}_search) VALUES ('rebuild')"
TRIGRAMS = "CREATE INDEX ix_{table}_search_text_trgm ON {table} USING gin (search_text gin_trgm_ops)"


def upgrade():
    for table in BY_NAME:
        op.create_index(f"ix_{table}_name", table, ["last_name", "first_name", "id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite and not has_trigrams():
        return
    for table in TABLES:
        if sqlite:
            index(table)
        else:
            op.execute(TRIGRAMS.format(table=table))


def index(table):
    op.execute(INDEX.format(table=table))
    op.execute(REBUILD.format(table=table))
    for name, body in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {body}".format(table=table))


def has_trigrams():
    """Whether pg_trgm is there, created now if it may be."""
    connection = op.get_bind()
    if not connection.scalar(text("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")):
        return False
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError:
        return False
    return True


def downgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        if sqlite:
            for name in TRIGGERS:
                op.execute(f"DROP TRIGGER IF EXISTS {name}".format(table=table))
            op.execute(f"DROP TABLE {table}_search")
        else:
            op.execute(f"DROP INDEX IF EXISTS ix_{table}_search_text_trgm")
    for table in BY_NAME:
        op.drop_index(f"ix_{table}_name", table)
