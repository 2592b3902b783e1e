"""Search for employers in a synthetic list of 26,285 institutions, by kind of query."""

from service.register.models import Listing
from service.register.names import initials
from service.register.search import Index
from service.register.synthesis import MARK, listings, totals
from tests.benchmarks.conftest import Figure, Report
from tests.benchmarks.measuring import HEAD, in_turn, percentile, shown

SIZE = 26_285
QUERIES = 250
REACHED = ("initial consonants", "one letter of a syllable wrong")


def test_search(report: Report, figure: Figure) -> None:
    total = next(total for total in totals() if total.total == SIZE)
    institutions = listings(total)
    assert len(institutions) == SIZE
    index = Index(institutions)
    some = institutions[:: SIZE // QUERIES][:QUERIES]
    rows = []
    for kind, queries in _queries(some).items():
        times = in_turn({"": index.search}, queries, 2)
        found = sum(bool(index.search(query)) for query in queries)
        rows.append([kind, f"{found} of {len(queries)}", *times[""].row()])
        if kind in REACHED:
            taken = times[""].wall
            worst = percentile(taken, 99)
            figure(f"search over {SIZE:,} names: {kind}", "p99 < 5 ms", shown(worst), worst < 5_000, taken)
    times = in_turn({"": lambda _: Index(institutions)}, [None], 5)
    rows.append(["building the index", "", *times[""].row()])
    report(f"Search over {SIZE:,} names (synthetic)", [HEAD[0], "found", *HEAD[1:]], rows,
           ["found: how many of the queries come back with at least one match."])  # fmt: skip


def _queries(some: list[Listing]) -> dict[str, list[str]]:
    names = [one.name.removesuffix(MARK) for one in some]
    return {
        "business number": [one.number or "" for one in some],
        "whole name": [one.name for one in some],
        "beginning of a name": [name[:3] for name in names],
        "one letter": [name[0] for name in names],
        "part of a name": [name[2:6] for name in names],
        "initial consonants": [initials(name)[:4] for name in names],
        "one letter of a syllable wrong": [name[:2] + _misspelt(name[2]) + name[3:] for name in names],
        "one syllable wrong": [name[:2] + "가" + name[3:] for name in names],
        "one syllable missing": [name[:2] + name[3:] for name in names],
        "two syllables exchanged": [name[:1] + name[2] + name[1] + name[3:] for name in names],
        "nothing like it": [name[::-1] + "퓸퀭" for name in names],
    }


def _misspelt(syllable: str) -> str:
    """The syllable with the next vowel or, where there is none, with the one before it."""
    place = ord(syllable) - ord("가")
    if not 0 <= place < 11_172:
        return syllable
    return chr(ord(syllable) + (28 if place // 28 % 21 < 20 else -28))
