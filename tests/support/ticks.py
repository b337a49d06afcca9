"""Questions that a form comes back with, answered with «Всё верно»."""

import html
import re
from typing import Any


def ticked(client: Any, address: str, data: Any, **more: Any) -> Any:
    """Send a form; where it comes back with questions, tick them all and send it again."""
    answer = client.post(address, data=data, **more)
    keys = re.findall(r'name="confirm" value="([^"]+)"', answer.text) if answer.status_code == 422 else []
    answers = data | {"confirm": [html.unescape(key) for key in keys]}
    return client.post(address, data=answers, **more) if keys else answer
