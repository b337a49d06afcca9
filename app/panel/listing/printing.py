"""On paper: a list, all its rows under the right to print, and a card. Both are noted in the trail."""

from typing import Any

from app.extensions import db
from app.models.engine.audit import AuditAction
from app.panel import cells
from app.panel.declaration import Declaration
from app.panel.listing.listing import Listing
from app.panel.listing.page import asked_words, query_string, row_cells
from app.regulation.rights import Action
from app.russian import format_number, records_word
from app.services.engine import audit
from app.web.arguments import BadArgument

MOST_ROWS = 2_000
"""Some forty sheets; more is read from a file."""
UPRIGHT = 6
"""Columns that fit a sheet held upright."""


def paper(view: Declaration, args: Any) -> dict[str, Any]:
    """What the sheet shows; the act is in the trail. Raises BadArgument."""
    listing = Listing(view, args, Action.PRINT)
    total = listing.count()
    records = f"{format_number(total)} {records_word(total)}"
    if total > MOST_ROWS:
        most = f"{format_number(MOST_ROWS)} {records_word(MOST_ROWS)}"
        raise BadArgument(f"В списке {records}, на печать выводится до {most}. Уточните отбор или выгрузите таблицу.")
    audit.note(db.session, AuditAction.PRINT, f"{view.title_many}: {total}", dict(args))
    return {
        "asked": asked_words(listing),
        "columns": [cells.label_for(listing.model, name) for name in listing.columns],
        "rows": [row_cells(type(obj), obj, listing.columns) for obj in listing.every()],
        "total_text": records,
        "is_wide": len(listing.columns) > UPRIGHT,
        "list_url": f"{view.url('list')}?{query_string()}",
    }


def note_card(obj: Any) -> None:
    """Whose card was printed: the trail names it, and the history of the card."""
    audit.note(db.session, AuditAction.PRINT, f"Карточка: {obj}", obj=obj)
