"""A page that shows no table of records: it declares its place in the menu, its chapter, and whom it is open to."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_appbuilder import BaseView

from app.panel import registry
from app.panel.menu import Menu
from app.web.open_to import OpenTo


class Page(BaseView):
    """Base of every such page; a subclass with a `route_base` is found and served.

    Its routes need a right (`class_permission_name`, `method_permission_name`) or are open (`open_to`).
    """

    menu: ClassVar[Menu | None] = None
    guide: ClassVar[str]
    """The place in the guide that this page's help opens: `chapter#anchor` of docs/guide."""
    clause: ClassVar[str]
    """The clause of the regulation that this page serves."""
    open_to: ClassVar[OpenTo | Mapping[str, OpenTo] | None] = None
    is_index: ClassVar[bool] = False
    """The page at `/`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "route_base" in vars(cls):
            registry.register_page(cls)
