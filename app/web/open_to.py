"""Routes that need no right of the regulation: each page declares whom it is open to (УПД.11)."""

from enum import Enum


class OpenTo(Enum):
    """`open_to` of a view class: one of these for all its routes, or method → one of these."""

    EVERYBODY = "before signing in"
    NEWCOMERS = "whoever has signed in, with an initial password too"
    WITHOUT_FACTOR = "whoever has signed in and chosen a password, without the second factor that the role needs too"
    SIGNED_IN = "whoever has signed in and chosen a password, and has the second factor that the role needs"
