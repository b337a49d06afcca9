"""Where a view or a page stands in the menu and on the start page: declared on the class itself."""

from dataclasses import dataclass

from app.regulation.rights import Action


@dataclass(frozen=True)
class Menu:
    """An entry: under which heading, in what place, what it is for.

    Without `title` the view's own name stands there; `own` stands in place of it for whoever reads all of them briefly
    and only his own in full. `hint` says on the start page what one does here; whoever may
    only read gets `reader_hint`. `action` is the right without which the entry is not shown.
    """

    heading: str
    order: int = 100
    icon: str = "list"
    title: str = ""
    own: str = ""
    hint: str = ""
    reader_hint: str = ""
    action: Action = Action.VIEW
