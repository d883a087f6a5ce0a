"""The people who start tasks and post words, and the book of what they were told."""

from __future__ import annotations

import http.client
import itertools
import re
import threading
import time
import urllib.error
import urllib.parse
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from docassemble_lite.visit.addresses import encoded_action
from fire.place import INTERVIEW
from fire.plan import Deed, deeds
from fire.relays import DOMAIN, Letter, Relay
from tests.acceptance.visitor import Page, Visitor

NAME = INTERVIEW.name
#: What a person knows of something that they sent: it was accepted, it was refused, or no answer said which.
Told = Literal["accepted", "refused", "unknown"]

# deeds that a person does in a session before they begin or join another one
_DEEDS = 15
# seconds between two tries, and by which people are slower when they are ahead
_PAUSE, _SLOWER = 0.3, 0.5
# seconds after which a person gives up on a page, e.g. as the machine is gone that had it
_PATIENCE = 15.0
# characters in the addresses of links that the server shows
_SESSION = re.compile(r"session=(\w+)")
_ADDRESS = re.compile(rf"[a-z2-7]{{16}}@{re.escape(DOMAIN)}")
_BROKEN = (urllib.error.URLError, http.client.HTTPException, OSError)


@dataclass
class Book:
    """What the people in one session were told. `words` and `kinds` go by the word that was posted."""

    session: str
    shared: bool
    visitors: list[Visitor] = field(default_factory=list)
    words: dict[str, Told] = field(default_factory=dict)
    # of words that are the numbers of tasks
    kinds: dict[str, str] = field(default_factory=dict)
    called_off: set[str] = field(default_factory=set)
    letters: list[Letter] = field(default_factory=list)
    # the moment (seconds since 1970) from which the session is known to be saved; None: it isn't
    saved: float | None = None

    @property
    def secret(self) -> bytes:
        """What opens the session, of the person who began it."""
        text = self.visitors[0].cookie("secret")
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Ledger:
    """The books of all sessions, and how many tasks are known to have been started."""

    def __init__(self) -> None:
        self.books: list[Book] = []
        self.started = 0
        # what people have tried: each page that they asked for, each form, each e-mail
        self.operations = 0
        # those that came to something
        self.acknowledged = 0
        self.statuses: Counter[str] = Counter()
        # no page came, or one about the server's troubles; that somebody else was faster is none of them
        self.failed = 0
        # of the page for which somebody waited longest
        self.longest_wait = 0.0
        self._lock = threading.Lock()

    def begin(self, book: Book) -> None:
        """Open the book of a new session."""
        with self._lock:
            self.books.append(book)

    def write(self, book: Book, word: str, kind: str, told: Told) -> None:
        """Write down what became of a word, which with a kind is the number of a task."""
        with self._lock:
            book.words[word] = told
            if told == "accepted":
                book.saved = book.saved or time.time()
            if kind:
                book.kinds[word] = kind
                self.started += told == "accepted"

    def enclose(self, book: Book, letter: Letter) -> None:
        """Write down that an e-mail is on its way."""
        with self._lock:
            self.operations += 1
            self.acknowledged += 1
            book.letters.append(letter)

    def saw(self, status: str, seconds: float) -> None:
        """A page came, or didn't, after so many seconds."""
        with self._lock:
            self.operations += 1
            self.acknowledged += status == "200"
            self.statuses[status] += 1
            self.failed += status not in ("200", "409")
            self.longest_wait = max(self.longest_wait, seconds)


class Circle:
    """People who meet in the same sessions; one alone has theirs for themselves."""

    def __init__(self, shared: bool) -> None:
        self.shared = shared
        self.lock = threading.Lock()
        self.book: Book | None = None


class Browser:
    """A browser that goes to the next address when one doesn't answer, as a load balancer would have it do."""

    def __init__(self, addresses: Sequence[str], ledger: Ledger, first: int) -> None:
        self._addresses = itertools.cycle([*addresses[first:], *addresses[:first]])
        self._ledger = ledger
        self.visitor = Visitor(next(self._addresses), patience=_PATIENCE)

    def sent(self, request: Callable[[Visitor], Page]) -> Page | None:
        """The page that came; None if none did."""
        begun = time.monotonic()
        try:
            page = request(self.visitor)
        except _BROKEN:
            self._ledger.saw("broken off", time.monotonic() - begun)
            self.visitor.url = next(self._addresses)
            self._take_cookies_along()
            return None
        self._ledger.saw(str(page.status), time.monotonic() - begun)
        return page

    def _take_cookies_along(self) -> None:
        # behind a load balancer, all web processes are one host
        cookies = list(self.visitor.cookies)
        self.visitor.cookies.clear()
        for cookie in cookies:
            cookie.domain = urllib.parse.urlsplit(self.visitor.url).hostname or ""
            self.visitor.cookies.set_cookie(cookie)


class Person:
    """Somebody who does one deed after the other, in a thread."""

    def __init__(
        self, number: int, seed: int, circle: Circle, ledger: Ledger, addresses: Sequence[str], relay: Relay | None = None
    ) -> None:
        """`relay`: who brings what this person writes; None: there are no machines, and nobody writes."""
        self.name = f"p{number}"
        self._number = number
        self._deeds = deeds(seed, number, machines=relay is not None)
        self._relay = relay
        self._circle = circle
        self._ledger = ledger
        self._addresses = addresses
        self._words = (f"{self.name}n{count}" for count in itertools.count())
        self._browser = Browser(addresses, ledger, 0)
        self._page: Page | None = None
        self.over = threading.Event()
        # while it is set, this person is ahead of what else is to happen
        self.slower = threading.Event()
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Wait until they have stopped; raises what ended them before."""
        self.over.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        try:
            book = None
            while not self.over.is_set():
                book = self._next_session(book)
                if book is not None:
                    self._act_in(book)
        except BaseException as error:  # noqa: BLE001 - it is raised again by `join`
            self.failure = error

    # --- sessions --------------------------------------------------------------------------------------------------------

    def _next_session(self, last: Book | None) -> Book | None:
        """The session of the circle if this person hasn't been there, or else a new one; None when it can't be had."""
        self._browser = Browser(self._addresses, self._ledger, self._number % len(self._addresses))
        self._page = None
        with self._circle.lock:
            book = self._circle.book
            if book is None or book is last or not self._circle.shared:
                book = self._circle.book = self._begun()
                return book
        self._page = self._browser.sent(lambda visitor: visitor.show(NAME, session=book.session))
        if not _is_fine(self._page):
            self.over.wait(_PAUSE)
            return None
        with self._circle.lock:
            book.visitors.append(self._browser.visitor)
        return book

    def _begun(self) -> Book | None:
        wanted = {"shared": self._circle.shared, "mail": self._relay is not None}
        arguments = {name: "1" for name, is_wanted in wanted.items() if is_wanted}
        page = self._browser.sent(lambda visitor: visitor.show(NAME, **arguments))
        if page is None or not _is_fine(page):
            self.over.wait(_PAUSE)
            return None
        self._page = page
        book = Book(session_on(page), self._circle.shared, [self._browser.visitor])
        self._ledger.begin(book)
        return book

    # --- deeds -----------------------------------------------------------------------------------------------------------

    def _act_in(self, book: Book) -> None:
        for deed in itertools.islice(self._deeds, _DEEDS):
            if self.slower.is_set():
                self.over.wait(_SLOWER)
            if self.over.is_set():
                return
            match deed:
                case Deed("post", kind):
                    self._post(book, kind)
                case Deed("link", kind):
                    self._follow_link(book, kind)
                case Deed("call off"):
                    self._call_off(book)
                case Deed("look"):
                    self._look()
                case Deed("mail"):
                    self._write_to(book)

    def _look(self) -> Page | None:
        page = self._browser.sent(lambda visitor: visitor.show(NAME))
        self._page = page if _is_fine(page) else None
        if self._page is None:
            self.over.wait(_PAUSE)
        return self._page

    def _post(self, book: Book, kind: str) -> None:
        page = self._page or self._look()
        if page is None:
            return
        word = next(self._words)
        self._send(book, word, kind, lambda visitor: visitor.answer(page, entry=word, kind=kind))

    def _follow_link(self, book: Book, kind: str) -> None:
        word = next(self._words)
        action = encoded_action("add", {"word": word, "kind": kind})
        self._send(book, word, kind, lambda visitor: visitor.show(NAME, action=action))

    def _write_to(self, book: Book) -> None:
        """Send an e-mail to the session, by its address on the page."""
        page = self._page or self._look()
        if page is None or self._relay is None or book.saved is None:
            return
        letter = Letter(next(self._words), _address_on(page))
        self._ledger.enclose(book, letter)
        self._relay.take(letter)

    def _send(self, book: Book, word: str, kind: str, request: Callable[[Visitor], Page]) -> None:
        # if the server is killed in the middle, nobody can tell
        self._ledger.write(book, word, kind, "unknown")
        page = self._browser.sent(request)
        self._page = page if _is_fine(page) else None
        if self._page is not None:
            self._ledger.write(book, word, kind, "accepted")
        elif page is not None and page.status == 409:
            self._ledger.write(book, word, kind, "refused")
        else:
            self.over.wait(_PAUSE)
        if kind == "called_off" and self._page is not None:
            self._call_off(book, word)

    def _call_off(self, book: Book, number: str = "") -> None:
        """Call off that task, or the latest that was started here."""
        known = [word for word, told in list(book.words.items()) if told == "accepted" and word in book.kinds]
        if not known:
            return
        number = number or known[-1]
        book.called_off.add(number)
        action = encoded_action("call_off", {"number": number})
        page = self._browser.sent(lambda visitor: visitor.show(NAME, action=action))
        self._page = page if _is_fine(page) else None


def session_on(page: Page) -> str:
    """The session that the page of a question tells."""
    found = _SESSION.search(page.words)
    if found is None:
        raise ValueError(f"There is no session on the page “{page.heading}”.")
    return found[1]


def _address_on(page: Page) -> str:
    found = _ADDRESS.search(page.words)
    if found is None:
        raise ValueError(f"There is no address for e-mails on the page “{page.heading}”.")
    return found[0]


def _is_fine(page: Page | None) -> bool:
    return page is not None and page.status == 200 and "daform" in page.forms
