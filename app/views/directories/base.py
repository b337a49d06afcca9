"""What the views of all directories have in common."""

from app.panel.directory import DirectoryView
from app.regulation.rights import Resource


class Directory(DirectoryView):
    resource = Resource.DIRECTORIES
    guide, clause = "administrator#настройки-и-справочники", "3.3.2.2"
