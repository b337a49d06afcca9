"""The region and its municipalities as they are shipped (`territory.yaml`); on from there they are edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "territory.yaml"


@dataclass(frozen=True)
class Place:
    """A municipality: its ОКТМО and its name in full."""

    oktmo: str
    name: str
    genitive: str


@dataclass(frozen=True)
class Territory:
    region: str
    region_genitive: str
    ministry: str
    codes_valid_from: date
    municipalities: Mapping[str, Place]
    """By ОКТМО."""


@cache
def territory() -> Territory:
    """The shipped territory."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    places = {each["oktmo"]: Place(**each) for each in found.pop("municipalities")}
    return Territory(**found, municipalities=places)
