"""The region and its municipalities for a new installation; from then on they are edited as any data."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.territory import Municipality, MunicipalityCode, Region
from app.services.engine.transaction import transaction

REGION = "Сахалинская область"
MINISTRY = "Министерство образования Сахалинской области"
CODES_VALID_FROM = date(2014, 1, 1)
"""The day ОКТМО replaced ОКАТО. No end is set: 17 municipalities became okrugs in 2025, but their new codes could not
be confirmed."""
MUNICIPALITIES = {
    "64701000": "Южно-Сахалинск",
    "64704000": "Александровск-Сахалинский",
    "64708000": "Анивский",
    "64712000": "Долинский",
    "64716000": "Корсаковский",
    "64720000": "Курильский",
    "64724000": "Макаровский",
    "64728000": "Невельский",
    "64732000": "Ногликский",
    "64736000": "Охинский",
    "64740000": "Поронайский",
    "64743000": "Северо-Курильский",
    "64746000": "Смирныховский",
    "64748000": "Томаринский",
    "64750000": "Тымовский",
    "64752000": "Углегорский",
    "64754000": "Холмский",
    "64756000": "Южно-Курильский",
}


def load(session: Session) -> int:
    """Add the region and the municipalities whose codes are not there yet. Returns how many were added."""
    region = session.scalar(select(Region).limit(1)) or Region(name=REGION, authority=MINISTRY)
    known = set(session.scalars(select(MunicipalityCode.oktmo)))
    missing = {code: name for code, name in MUNICIPALITIES.items() if code not in known}
    with transaction(session):
        for code, name in missing.items():
            municipality = Municipality(region=region, name=name, authority=f"Управление образования: {name}")
            municipality.codes = [MunicipalityCode(oktmo=code, valid_from=CODES_VALID_FROM)]
            session.add(municipality)
        session.add(region)
    return len(missing)
