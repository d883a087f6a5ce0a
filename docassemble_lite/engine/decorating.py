"""What the images of a screen bring along: decorations beside the question, and thanks to those who made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from docassemble_lite.engine.images import attributions, decoration_html
from docassemble_lite.engine.markup import to_html
from docassemble_lite.engine.screen import Screen


def with_images(screen: Screen, decoration: str) -> Screen:
    """The screen with decorations (names with commas between them) and with what its images owe to their makers."""
    if decoration.strip():
        screen = replace(screen, decoration_html=decoration_html(decoration))
    thanks = "\n\n".join(attributions(_texts(screen)))
    return replace(screen, attribution_html=to_html(thanks)) if thanks else screen


def _texts(screen: Screen) -> Iterator[str]:
    yield from (screen.decoration_html, screen.question_html, screen.subquestion_html, screen.under_html)
    yield from (screen.right_html, screen.pre_html, screen.post_html, screen.help_html)
    yield from (button.label_html for button in screen.buttons)
    for field in screen.fields:
        yield from (field.label_html, field.help_html, field.under_html)
        yield from (choice.label_html for choice in field.choices)
