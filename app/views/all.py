"""Every view of the panel. The views of records are found in this folder; the pages of other kinds stand here."""

from typing import Any

from app.discovery import modules_of
from app.panel.registry import BY_RESOURCE
from app.panel.view import RecordView
from app.views.accounts.rights import RightsView
from app.views.monitoring.compliance import ComplianceView
from app.views.monitoring.forms import FormsView
from app.views.pages.find import FavouriteView, FindView
from app.views.pages.help import HelpView
from app.views.pages.home import HomeView
from app.views.pages.profile import ProfileView
from app.views.pages.saved_lists import SavedListView
from app.views.pages.sign_in import PasswordView

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
    modules_of("app.views")
    return list(BY_RESOURCE.values())


VIEWS: tuple[type[Any], ...] = (*PAGES, *record_views())
