"""What every directory has in common: the right on it."""

from app.models.shared import SharedDirectory
from app.regulation.rights import Resource


class Directory(SharedDirectory):
    """A directory that nothing else brings along."""

    __abstract__ = True
    __rights__ = (Resource.DIRECTORIES,)
