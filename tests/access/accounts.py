"""Which account walks on which database."""

import pytest

from tests.access.expected import LOGINS, MUNICIPALITY, SCHOOL
from tests.support.databases import BACKENDS

OF_EACH_SCOPE = {
    "operator",
    "regional",
    f"municipal.{MUNICIPALITY}",
    f"secretary.{SCHOOL}",
    f"deputy.{SCHOOL}",
    f"teacher.{SCHOOL}",
    f"student.{SCHOOL}",
    f"parent.{SCHOOL}",
}
"""A right is one row of data on every database; the SQL of a scope is what a database may read differently."""

PAIRS = [(backend, login) for login in LOGINS for backend in BACKENDS if backend == "sqlite" or login in OF_EACH_SCOPE]
each_account = pytest.mark.parametrize(
    ("read_only_site", "login"), PAIRS, indirect=["read_only_site"], scope="module", ids=map("-".join, PAIRS)
)
"""Every account on SQLite, and on PostgreSQL one of each scope."""
