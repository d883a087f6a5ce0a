"""How long documents take, and what they cost in memory.

`python tests/benchmarks/documents.py` makes letters of a page and of many, and prints each figure beside what it should be.
Cold is the first document of a fresh process; warm is any later one. Then a real server makes many at once in the background, and
long ones, while others answer screens.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import documents_served
import psutil

from docassemble_lite.documents import FORMATS, Document, make
from docassemble_lite.documents.pdf import page_count

SENTENCE = "The **parties** agree that *everything* said in § {} holds, and that nothing else does. "
# paragraphs that fill a page, single-spaced
ON_A_PAGE = 9
AIM = "<= 100 ms"


@dataclass(frozen=True)
class Effort:
    """How much is measured: pages of the documents, rounds of each, and fresh processes."""

    pages: tuple[int, ...]
    rounds: int
    starts: int
    served: documents_served.Effort


def letter(pages: int) -> Document:
    """A document of about so many pages, with headings, lists and a table."""
    parts = ["# Agreement\n\n- first\n- second\n\n| Item | Price |\n|------|------:|\n| Rent | 900 |\n"]
    parts += [SENTENCE.format(number) * 4 for number in range(pages * ON_A_PAGE - 3)]
    return Document("\n\n".join(parts), title="Agreement", metadata={"SingleSpacing": True})


def milliseconds(document: Document, formats: Sequence[str]) -> float:
    """How long it takes to make the document."""
    begun = time.perf_counter()
    make(document, formats)
    return (time.perf_counter() - begun) * 1000


def processor_milliseconds() -> float:
    """Of this process and of the programs that it has run; on a machine that others use too, it says more than the clock."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both) * 1000


def cold_milliseconds() -> float:
    """The same for one page as PDF, in a process that hasn't made any."""
    command = [sys.executable, __file__, "--once"]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)


def say(name: str, value: str, aim: str = "") -> None:
    """Print one figure."""
    print(f"{name:62} {value:>10}   {aim}".rstrip(), flush=True)


def report(effort: Effort) -> None:
    """Measure everything, and print each figure as soon as it is known."""
    print(f"{'':62} {'measured':>10}   aim")
    say("PDF of a page, cold", f"{statistics.median(cold_milliseconds() for _ in range(effort.starts)):.0f} ms", AIM)
    for pages in effort.pages:
        document = letter(pages)
        before = processor_milliseconds()
        times = [milliseconds(document, ["pdf"]) for _ in range(effort.rounds)]
        processor = (processor_milliseconds() - before) / effort.rounds
        real = page_count(make(document, ["pdf"])["pdf"]) or 1
        name = f"PDF of {real} page{'s' if real > 1 else ''}, warm"
        say(f"{name}: median", f"{statistics.median(times):.0f} ms")
        say(f"{name}: for each page", f"{statistics.median(times) / real:.1f} ms", AIM)
        say(f"{name}: processor time", f"{processor:.0f} ms")
    for formats in (*((name,) for name in FORMATS), ("pdf", "rtf"), ("pdf", "rtf", "docx")):
        times = [milliseconds(letter(1), formats) for _ in range(effort.rounds)]
        say(f"a page as {', '.join(formats)}, warm: median", f"{statistics.median(times):.0f} ms")
    say("memory of pandoc and Typst: largest", f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")
    say("memory of the process that had them made", f"{psutil.Process().memory_info().rss / 1e6:.0f} MB")
    documents_served.report(effort.served, say)


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="see that everything works, in a few seconds")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(milliseconds(letter(1), ["pdf"]))
        return
    served = documents_served.Effort
    full = Effort((1, 5, 25, 100), rounds=15, starts=7, served=served(at_once=50, one_by_one=10, pages=5, long=200, seconds=20))
    short = Effort((1, 3), rounds=1, starts=1, served=served(at_once=2, one_by_one=1, pages=1, long=2, seconds=0.5))
    report(short if options.short else full)


if __name__ == "__main__":
    main()
