"""How often an address was refused (УПД.6). Only refusals count: a whole school signs in through one address."""

import math
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.engine.sign_in import refused_sign_in as table
from app.russian import counted

MOST = 20
WINDOW = timedelta(minutes=1)
DEVICE = "device "
"""Before the name of a device (devices.py): those are counted here too, and for longer. No address begins so."""
OF_DEVICE = timedelta(hours=1)


class TooOften(Exception):
    """The address has to wait. `seconds`: how long."""

    def __init__(self, until: datetime) -> None:
        self.seconds = max(1, math.ceil((until - utc_now()).total_seconds()))
        told = counted(self.seconds, "секунду", "секунды", "секунд")
        super().__init__(f"С вашего адреса слишком много неверных попыток подряд. Попробуйте снова через {told}.")


def require_few(session: Session, address: str | None) -> None:
    """Raises TooOften for an address that was refused MOST times within the last WINDOW."""
    of_it = select(table.c.at).where(table.c.address == _known_as(address), table.c.at > utc_now() - WINDOW)
    found = session.scalars(of_it.order_by(table.c.at.desc()).limit(MOST)).all()
    if len(found) == MOST:
        raise TooOften(found[-1] + WINDOW)


def count(session: Session, address: str | None) -> None:
    """One more, in the caller's transaction; what is old goes."""
    now, is_device = utc_now(), table.c.address.startswith(DEVICE, autoescape=True)
    old = or_(table.c.at < now - OF_DEVICE, and_(~is_device, table.c.at < now - WINDOW))
    session.execute(delete(table).where(old))
    _note(session, _known_as(address))


def count_of_device(session: Session, name: str) -> None:
    _note(session, DEVICE + name)


def are_many_of_device(session: Session, name: str, most: int) -> bool:
    """Were there that many from this device within OF_DEVICE?"""
    of_it = select(table.c.id).where(table.c.address == DEVICE + name, table.c.at > utc_now() - OF_DEVICE)
    return len(session.scalars(of_it.limit(most)).all()) == most


def _note(session: Session, name: str) -> None:
    session.execute(insert(table).values(address=name, at=utc_now()))


def _known_as(address: str | None) -> str:
    """Whoever has an IPv6 address has a whole network of them."""
    try:
        given = ip_address(address or "")
    except ValueError:
        return (address or "")[:60]
    return str(ip_network(f"{given}/64", strict=False)) if isinstance(given, IPv6Address) else str(given)
