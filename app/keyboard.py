"""The two layouts of a Russian keyboard: what was typed with the wrong one."""

import re

ENGLISH = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~{}:\"<>"
RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбюёхъжэбю"
TO_RUSSIAN = str.maketrans(ENGLISH, RUSSIAN)
TO_ENGLISH = str.maketrans({theirs: ours for ours, theirs in reversed([*zip(ENGLISH, RUSSIAN, strict=True)])})
"""Small letters and their signs: of what a key gives with Shift only those that are letters in the other layout."""
LATIN, CYRILLIC = re.compile("[a-z]", re.IGNORECASE), re.compile("[а-яё]", re.IGNORECASE)


def in_other_layout(text: str) -> str | None:
    """«fdlttdf» → «авдеева»: Russian words typed with the other layout; None where there is nothing to read so."""
    if not LATIN.search(text) or CYRILLIC.search(text):
        return None
    return text.lower().translate(TO_RUSSIAN)
