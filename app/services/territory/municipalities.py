"""The region and its municipalities for a new installation; from then on they are edited as any data."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.territory import Municipality, MunicipalityCode, Region
from app.regulation.territory import Place, territory
from app.services.engine.transaction import transaction


def load(session: Session) -> int:
    """Add the region and the municipalities whose codes are not there yet. Returns how many were added."""
    shipped = territory()
    made = Region(name=shipped.region, name_genitive=shipped.region_genitive, authority=shipped.ministry)
    region = session.scalar(select(Region).limit(1)) or made
    known = set(session.scalars(select(MunicipalityCode.oktmo)))
    missing = [place for code, place in shipped.municipalities.items() if code not in known]
    with transaction(session):
        session.add(region)
        session.add_all(_municipality(region, place) for place in missing)
    return len(missing)


def _municipality(region: Region, place: Place) -> Municipality:
    """Its authority has a name of its own: until somebody writes it, it is called by what it governs."""
    code = MunicipalityCode(oktmo=place.oktmo, valid_from=territory().codes_valid_from)
    names = {"name": place.name, "name_genitive": place.genitive}
    return Municipality(region=region, **names, authority=f"Управление образования {place.genitive}", codes=[code])
