"""How a property on a real database is tried: the same examples every time, or others and more of them.

`make test` gives one answer to one state of the code, so its examples are the same on every run. The library mixes in
constants of the modules that are loaded: a file run alone may draw others than the whole suite. What failed only there
is looked for with `make prove`: other examples each time, and several times as many (`SGO_PROVE`, the factor).
"""

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("SGO_PROVE", "0"))


def prove(examples: int) -> settings:
    """The database is shared by all examples of a property, each is rolled back: how long one lasts says nothing."""
    return settings(
        max_examples=examples * max(FACTOR, 1),
        derandomize=not FACTOR,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
