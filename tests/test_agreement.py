"""Both executors must find the same: every conclusion, every fired rule, each with whether it is certain.

In a full run (PSEA_HYPOTHESIS=full) more than 100,000 generated cases are compared.
"""

import os
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.files import readable_below
from cases.published import read_published
from cases.published.survey import RESULTS
from engine.duck import Duck
from engine.execution import Conclusions, Fact
from engine.facts import CaseModel
from engine.found import Found
from engine.program import compile_program
from engine.rete import Rete
from rules.facts import EmploymentCase
from rules.holdings import TrustCase
from rules.law import FOLDER, law_for
from tests import generated
from tests.generated import COSTS, DAYS, GRADES, SIZES, TAGS, TYPES, Colour, MadeCase, Shape
from tests.reference import closed

FULL = os.environ.get("PSEA_HYPOTHESIS") == "full"
CASES = FOLDER.parent / "cases"
RULEBOOKS, CASES_EACH = (420, 250) if FULL else (12, 50)
VALUES: dict[str, list[Any]] = {
    "day": DAYS,
    "until": DAYS[1:],
    "size": SIZES,
    "grade": GRADES,
    "cost": COSTS,
    "colour": [str(option) for option in Colour],
    "shape": [str(option) for option in Shape],
    "flag": [True, False],
    "tag": TAGS,
}
RANGED = {"day", "until", "size", "grade", "cost"}


def made(random: Random) -> MadeCase:
    """A case of which everything is known, or only some of it."""
    share = random.choice([0, 0.1, 0.4])

    def value(name: str) -> Any:
        values = VALUES[name]
        if random.random() >= share:
            return random.choice(values)
        some = random.sample(values, 2)
        loose: list[Any] = [None, some]
        if name in {"day", "until"}:
            loose.append("2020-02")
        if name in RANGED:
            loose += [{"at_least": min(some), "at_most": max(some)}, {"at_least": some[0]}]
        return random.choice(loose)

    def fact(kind: str) -> dict[str, Any]:
        return {name: value(name) for name in TYPES[kind].domains()}

    def listed(kind: str) -> dict[str, Any]:
        return {
            "complete": random.random() >= share,
            "items": [fact(kind) for _ in range(random.randrange(4))],
        }

    return MadeCase.model_validate({"root": fact("root"), "things": listed("thing"), "links": listed("link")})


def told(conclusions: Conclusions) -> tuple[dict[Fact, bool], dict[str, bool]]:
    return conclusions.facts(), strongest(conclusions.rules_fired())


def strongest(fired: Any) -> dict[str, bool]:
    return {key: (key, True) in fired for key, _ in fired}


def same(rete: Rete, duck: Duck, cases: Sequence[CaseModel]) -> None:
    for case, found in zip(cases, duck.run(cases), strict=True):
        assert (found.facts, found.fired) == told(rete.run(case)), case


@settings(max_examples=RULEBOOKS, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(generated.documents(), st.integers(0, 2**32))
def test_generated_rulebooks_and_cases(files: Any, seed: int) -> None:
    random = Random(seed)
    program = compile_program(generated.loaded(files))
    cases = [made(random) for _ in range(CASES_EACH)]
    duck, rete = Duck(program), Rete(program)
    same(rete, duck, cases)
    same(rete, duck, [closed(case) for case in cases if _known(case)])


def _known(case: MadeCase) -> bool:
    return all(
        getattr(fact, name).exact
        for section in case.sections().values()
        for fact in case.facts(section)
        for name in fact.domains()
    )


@pytest.mark.parametrize("model", [EmploymentCase, TrustCase])
def test_every_case_file(model: type[CaseModel]) -> None:
    executor = law_for(model).executor
    cases = [case.facts for case in readable_below(CASES)[0] if type(case.facts) is model]
    assert len(cases) > 600
    same(executor, Duck(executor.program), cases)


def test_every_published_row() -> None:
    executor = law_for(EmploymentCase).executor
    cases = [row.facts for row in read_published(RESULTS)[0]]
    assert len(cases) == 465
    same(executor, Duck(executor.program), cases)


def test_a_difference_would_be_noticed() -> None:
    executor = law_for(TrustCase).executor
    cases = [case.facts for case in readable_below(CASES)[0] if isinstance(case.facts, TrustCase)][:3]

    class Forgetful(Duck):
        def found(self, count: int) -> list[Found]:
            return [Found(dict(list(found.facts.items())[1:]), found.fired) for found in super().found(count)]

    with pytest.raises(AssertionError):
        same(executor, Forgetful(executor.program), cases)
