"""Directories that the region and the schools share, held by the database. Used by migration scripts, so nothing here
is ever changed in meaning.

A composite key with the school cannot hold them: the region's entries have no school. Triggers do, on both databases.
"""

from alembic import op

REACH, NAME, OWNER = "reach", "name", "owner"


def hold_reach(table: str, key: str, directory: str) -> None:
    """From here on `table.key` names an entry of the row's own school or of the region."""
    found = (
        f"SELECT 1 FROM {directory} entry WHERE entry.id = new.{key}"
        " AND (entry.school_id IS NULL OR entry.school_id = new.school_id)"
    )
    condition = f"new.{key} IS NOT NULL AND NOT EXISTS ({found})"
    _hold(table, f"sd_{table}_{key}_{REACH}", condition, f"INSERT OR UPDATE OF {key}, school_id")


def hold_directory(directory: str) -> None:
    """A school's own entry is not called as one of the region's; an entry never changes its owner."""
    found = (
        f"SELECT 1 FROM {directory} entry WHERE entry.school_id IS NULL AND entry.id <> new.id"
        " AND entry.search_text = new.search_text"
    )
    name = f"new.school_id IS NOT NULL AND EXISTS ({found})"
    _hold(directory, f"sd_{directory}_{NAME}", name, "INSERT OR UPDATE OF search_text")
    owner = "old.school_id IS DISTINCT FROM new.school_id"
    if op.get_bind().dialect.name == "sqlite":
        owner = "old.school_id IS NOT new.school_id"
    _hold(directory, f"sd_{directory}_{OWNER}", owner, "UPDATE OF school_id")


def release_reach(table: str, key: str) -> None:
    _release(table, f"sd_{table}_{key}_{REACH}")


def release_directory(directory: str) -> None:
    _release(directory, f"sd_{directory}_{NAME}")
    _release(directory, f"sd_{directory}_{OWNER}")


def _hold(table: str, name: str, broken: str, events: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for number, event in enumerate(events.split(" OR ")):
            # `new.id` of a row that is still to be inserted is unknown in SQLite, and equal to nothing.
            op.execute(
                f"CREATE TRIGGER {name}_{number} BEFORE {event} ON {table} WHEN "
                + broken.replace("entry.id <> new.id", "entry.id IS NOT new.id")
                + f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {broken} THEN "
        f"RAISE EXCEPTION '{name}' USING ERRCODE = '23514', CONSTRAINT = '{name}'; END IF; RETURN new; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _release(table: str, name: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for number in range(2):
            op.execute(f"DROP TRIGGER IF EXISTS {name}_{number}")
        return
    op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    op.execute(f"DROP FUNCTION IF EXISTS {name}()")
