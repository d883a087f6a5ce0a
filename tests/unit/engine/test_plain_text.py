"""HTML as plain text."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.markup import to_html
from docassemble_lite.engine.plain_text import text_of_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One\n two</p><p>Three</p>", "One two\n\nThree"),
        ("<h1>Head</h1>Text<br>more", "Head\n\nText\nmore"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "* a\n* b\n  * c"),
        ("<ol><li>a</li><li>b</li></ol><p>x</p>", "1. a\n2. b\n\nx"),
        (
            "<p>See <a href='https://a.b/c'>this</a>, <a href='https://a.b'>https://a.b</a></p>",
            "See this <https://a.b/c>, https://a.b",
        ),
        ("<a href='mailto:a@b.c'>a@b.c</a> <a href='#x'>up</a>", "a@b.c up"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A | B\n1 | 2"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("<style>p {}</style><script>x</script><p>a &lt;b&gt; <img alt='pic'></p>", "a <b> pic"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("", ""),
        ("</p></ul></a></pre><p>a", "a"),
    ],
)
def test_html_can_be_read_without_it(markup: str, text: str) -> None:
    assert text_of_html(markup) == text


def test_markdown_becomes_text_that_can_be_read() -> None:
    markdown = "# Title\n\nSome *words* and `code`.\n\n1. One\n2. Two\n\n   * three\n\n> Said\n\nEnd[BR]of it"
    assert text_of_html(to_html(markdown)) == "Title\n\nSome words and code.\n\n1. One\n2. Two\n  * three\n\nSaid\n\nEnd\nof it"
