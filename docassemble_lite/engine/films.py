"""`[YOUTUBE …]` and `[VIMEO …]`: films of other servers, on pages."""

from __future__ import annotations

import html
import re

from docassemble_lite.language.words import word

#: How a film stands in a text.
FILM = r"(?P<film>YOUTUBE|VIMEO)(?P<ratio>4:3|16:9)? +(?P<film_id>[\w-]{1,64}) *"
_ADDRESSES = {"YOUTUBE": "https://www.youtube-nocookie.com/embed/", "VIMEO": "https://player.vimeo.com/video/"}


def film_html(match: re.Match[str]) -> str:
    """The frame that shows a film."""
    narrow = " da-film-narrow" if match["ratio"] == "4:3" else ""
    address = f"{_ADDRESSES[match['film']]}{match['film_id']}"
    return (
        f'<iframe class="da-film{narrow}" src="{address}" title="{html.escape(word("Video"))}" loading="lazy" '
        'allow="fullscreen" referrerpolicy="strict-origin-when-cross-origin"></iframe>'
    )
