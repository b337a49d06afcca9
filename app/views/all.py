"""Every view of the panel. The views of records are found in this folder; the pages of other kinds stand here."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from app import views
from app.views.auth import PasswordView
from app.views.base import RecordView
from app.views.compliance import ComplianceView
from app.views.find import FavouriteView, FindView
from app.views.forms_page import FormsView
from app.views.help import HelpView
from app.views.home import HomeView
from app.views.profile import ProfileView
from app.views.registry import BY_RESOURCE
from app.views.rights import RightsView
from app.views.saved import SavedListView

INDEX = HomeView
PAGES = (
    PasswordView,
    ProfileView,
    HelpView,
    SavedListView,
    FindView,
    FavouriteView,
    ComplianceView,
    FormsView,
    RightsView,
)


def record_views() -> list[type[RecordView]]:
    """The view classes that the files of this folder declare, in a fixed order."""
    for file in iter_modules(views.__path__):
        import_module(f"{views.__name__}.{file.name}")
    return list(BY_RESOURCE.values())


VIEWS: tuple[type[Any], ...] = (*PAGES, *record_views())
