"""How many were reviewed, and with which results: as a committee counts them, or as rows are counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from service.publication.decided import Decided

PASSED = ("possible", "approved", "possible_or_approved")
REFUSED = ("restricted", "disapproved", "restricted_or_disapproved")
RESULTS = PASSED + REFUSED


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of a month; None is not known. `a_or_b` holds those that are not told apart.

    `fined` counts fines asked for (과태료), `unauthorised_found` jobs found without review (임의취업).
    """

    reviewed: int | None = None
    possible: int | None = None
    approved: int | None = None
    possible_or_approved: int | None = None
    restricted: int | None = None
    disapproved: int | None = None
    restricted_or_disapproved: int | None = None
    deferred: int | None = None
    fined: int | None = None
    unauthorised_found: int | None = None

    def of(self, name: str) -> int | None:
        count: int | None = getattr(self, name)
        return count

    @property
    def passed(self) -> int | None:
        return self._together(*PASSED)

    @property
    def refused(self) -> int | None:
        """Restricted and disapproved: those who may not take the job."""
        return self._together(*REFUSED)

    @property
    def adds_up(self) -> bool:
        """Whether results and reviewed agree as far as told; the deferred may be among the reviewed."""
        if self.reviewed is None:
            return True
        told = sum(self.of(name) or 0 for name in RESULTS)
        if self.passed is None or self.refused is None:
            return told <= self.reviewed
        return self.reviewed in {told, told + (self.deferred or 0)}

    @property
    def told_apart(self) -> "Counts":
        """The same, with none that are not told apart where both results are told."""
        found = self
        for one, other, either in (PASSED, REFUSED):
            if self.of(either) is None and None not in (self.of(one), self.of(other)):
                found = replace(found, **{either: 0})
        return found

    def _together(self, one: str, other: str, either: str) -> int | None:
        """The sum of two results; the ones not told apart stand in for a result that is not told."""
        apart, joint = (self.of(one), self.of(other)), self.of(either)
        if joint is None and None in apart:
            return None
        return sum(count or 0 for count in (*apart, joint))


NAMES = tuple(field.name for field in fields(Counts))


def count_rows(rows: Iterable[Decided]) -> Counts:
    """The numbers of rows by result; what no row tells of the deferred and the fined is not known."""
    found = Counter(row.result for row in rows)
    return Counts(
        reviewed=sum(found[name] for name in RESULTS),
        deferred=found["deferred"] or None,
        fined=found["fined"] or None,
        **{name: found[name] for name in RESULTS},
    )


def overrun(rows: Counts, announced: Counts) -> tuple[str, ...]:
    """The numbers of which there are more rows than were announced: the two cannot both be right."""
    apart = {
        "possible": announced.possible_or_approved,
        "approved": announced.possible_or_approved,
        "restricted": announced.restricted_or_disapproved,
        "disapproved": announced.restricted_or_disapproved,
    }
    pairs = {
        "reviewed": (rows.reviewed, announced.reviewed),
        "passed": (rows.passed, announced.passed),
        "refused": (rows.refused, announced.refused),
        **{name: (rows.of(name), announced.of(name)) for name, joint in apart.items() if not joint},
    }
    return tuple(
        name
        for name, (listed, most) in pairs.items()
        if None not in (listed, most) and (listed or 0) > (most or 0)
    )
