"""Small rulebooks and cases made up by hypothesis, over fact types of no meaning."""

from copy import deepcopy
from datetime import date
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import strategies as st

from engine.facts import CaseModel, Fact, Listed
from engine.loader import load
from engine.rows import encode
from engine.rulebook import Rulebook
from engine.values import UNKNOWN, Grade, Known, OrderedEnum, Won


class Colour(OrderedEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Shape(StrEnum):
    ROUND = "round"
    SQUARE = "square"
    FLAT = "flat"


class Root(Fact):
    day: Known[date] = UNKNOWN
    until: Known[date] = UNKNOWN
    size: Known[int] = UNKNOWN
    grade: Known[Grade] = UNKNOWN
    colour: Known[Colour] = UNKNOWN
    flag: Known[bool] = UNKNOWN


class Thing(Fact):
    day: Known[date] = UNKNOWN
    size: Known[int] = UNKNOWN
    shape: Known[Shape] = UNKNOWN
    tag: Known[str] = UNKNOWN


class Link(Fact):
    size: Known[int] = UNKNOWN
    cost: Known[Won] = UNKNOWN
    colour: Known[Colour] = UNKNOWN
    tag: Known[str] = UNKNOWN


class MadeCase(CaseModel):
    root: Root
    things: Listed[Thing] = Listed[Thing]()
    links: Listed[Link] = Listed[Link]()


TYPES: dict[str, type[Fact]] = {"root": Root, "thing": Thing, "link": Link}
DAYS = ["2020-01-30", "2020-01-31", "2020-02-01", "2020-02-29", "2020-03-01"]
SIZES = [-2, 0, 1, 2, 3]
GRADES = [1, 2, 98, 99]
COSTS = [0, 1, 2, 3_000_000_000]
TAGS = ["x", "y", "z"]
LIKELY: dict[str, list[Any]] = {
    "int": [-1, *SIZES, 4, 5, 99],
    "won": [*COSTS, 5],
    "date": [date(2019, 12, 1), *map(date.fromisoformat, DAYS), date(2020, 5, 1)],
    "text": [*TAGS, "p", "q"],
}
PARAMETERS = {
    "least": [{"on": "..2020-01-31", "value": 1}, {"on": "2020-02-01..", "value": 2}],
    "gap": [{"on": "2020-01-31..2020-02-29", "value": 1}],
}
# each predicate with its arguments; a rule may deny only those of an earlier row
LAYERS: list[dict[str, dict[str, str]]] = [
    {"near": {}, "marked": {"thing": "thing"}, "sized": {"n": "size"}, "step": {"n": "number"}},
    {"weight": {"n": "size"}},
    {"sort": {"kind": "label", "thing": "thing"}, "stage": {"kind": "label"}},
    {"joined": {"thing": "thing", "link": "link"}, "pair": {"one": "thing", "two": "thing"}},
    {"named": {"tag": "tag"}},
    {"load": {"n": "size"}},
    {"shut": {"thing": "thing"}, "ready": {}},
]
# the predicates that may be totals: each is derived by one rule alone
SUMS = ["weight", "load"]
NUMBERS = ["sized", "step", *SUMS]
# the labels that rules derive
LABELS = {"sort": ["p", "q", "r"], "stage": ["p", "q"], "outcome": ["a", "b", "c"]}
ARGUMENTS = {name: arguments for layer in LAYERS for name, arguments in layer.items()}
LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}
TOTAL = [
    {"rule": "a", "confidence": "V", "where": ["ready()"], "then": "outcome(kind='a')"},
    {"rule": "b", "confidence": "V", "where": ["shut()"], "unless": ["ready()"], "then": "outcome(kind='b')"},
    {"rule": "c", "confidence": "V", "unless": ["ready()", "shut()"], "then": "outcome(kind='c')"},
]
SHIFTS = [
    *("", " + months(1)", " - days(gap)", " + years(least)", " + days(1)", " + quarter_ends(least)"),
    *(
        " - months(gap)",
        " + full_months(least)",
        " + full_years(1)",
        " + year_ends(gap)",
        " + days(4_000_000)",
    ),
    *(" + full_months(gap)", " - years(1)", " - days(4_000_000)"),
]
NUMBER_SHIFTS = ["", "", " + 1", " - least", " + 98", " - 2", " - 3_000_000_000", " + gap"]
# the fields that compare with one another, by kind
ALIKE = {"day": ["day", "until"], "size": ["size", "grade"], "amount": ["size", "grade", "cost"]}
DERIVED = {"size": ["size", "number"], "amount": ["size", "number"], "tag": ["tag"], "label": ["label"]}
OPERATORS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
EQUALITY = st.sampled_from(["==", "!="])


def fields(binds: dict[str, str], kind: str) -> list[str]:
    """The fields of bound facts, given or derived, that have values of a kind."""
    given = [
        f"{variable}.{name}"
        for variable, source in binds.items()
        for name in (TYPES[source].domains() if source in TYPES else ())
        if name in ALIKE.get(kind, [kind])
    ]
    return given + [
        f"{variable}.{name}"
        for variable, source in binds.items()
        for name, what in ARGUMENTS.get(source, {}).items()
        if what in DERIVED.get(kind, [])
    ]


def usable(binds: dict[str, str], kind: str, predicate: str) -> list[str]:
    """What may stand as an argument of a kind: a bound fact, a field, a label, a number."""
    if kind == "label":
        return [repr(label) for label in LABELS[predicate]]
    if kind == "number":
        return ["0", "1", "2"]
    return [v for v, source in binds.items() if source == kind] if kind in TYPES else fields(binds, kind)


def constants(one: str, binds: dict[str, str]) -> list[str]:
    """Plain values with which a field may be compared."""
    variable, name = one.split(".")
    if name in {"day", "until"}:
        return [repr(day) for day in DAYS]
    if name == "kind":
        return [repr(label) for label in LABELS[binds[variable]]]
    options: dict[str, list[Any]] = {"shape": [*map(str, Shape)], "colour": [*map(str, Colour)]}
    sizes = [0, 1, 2, 3] if name == "size" or binds[variable] == "step" else [1, 2, 3]
    numbers = {"grade": GRADES, "cost": COSTS}.get(name, sizes)
    return [repr(value) for value in options.get(name, numbers)]


@st.composite
def comparisons(draw: Any, binds: dict[str, str]) -> str:
    """One comparison over bound facts."""
    kinds = ("day", "amount", "colour", "shape", "tag", "flag", "label")
    kind = draw(st.sampled_from([kind for kind in kinds if fields(binds, kind)]))
    one, other = (draw(st.sampled_from(fields(binds, kind))) for _ in range(2))
    joined = draw(st.booleans()) and one != other
    match kind:
        case "flag":
            return draw(st.sampled_from([one, f"not {one}"]))
        case "tag":
            return f"{one} {draw(EQUALITY)} {other}"
        case "label":
            joined = joined and binds[one.split(".")[0]] == binds[other.split(".")[0]]
    constant = st.sampled_from(constants(one, binds))
    if not joined and draw(st.integers(0, 3)) == 0:
        some = draw(st.lists(constant, min_size=1, max_size=2, unique=True))
        return f"{one} {draw(st.sampled_from(['in', 'not in']))} [{', '.join(some)}]"
    operator = draw(EQUALITY if kind in {"shape", "label"} else OPERATORS)
    if kind == "amount":
        constant |= st.just("least")
    if kind in {"day", "amount"}:
        shift = draw(st.sampled_from(SHIFTS if kind == "day" else NUMBER_SHIFTS))
        if joined:
            return f"{one} {operator} {other}{shift}"
        match draw(st.integers(0, 5)):
            case 0 if kind == "amount":
                return f"{draw(st.sampled_from(constants(one, binds)))} {operator} {one}"
            case 1:
                return f"{one}{shift} {operator} {other}"
            case 2 if kind == "amount":
                return f"{one} <= {other} < {one}{shift}"
    return f"{one} {operator} {other if joined else draw(constant)}"


@st.composite
def conditions(draw: Any, binds: dict[str, str]) -> str:
    one = draw(comparisons(binds))
    match draw(st.integers(0, 5)):
        case 0:
            return f"{one} or {draw(comparisons(binds))}"
        case 1:
            return f"not ({one} and {draw(comparisons(binds))})"
        case 2:
            return f"{one} and ({draw(comparisons(binds))} or {draw(comparisons(binds))})"
    return str(one)


@st.composite
def atoms(draw: Any, binds: dict[str, str], below: int) -> str | None:
    """An atom over a predicate of a level below the one given, with some of its arguments."""
    name = draw(st.sampled_from([name for name, level in LEVEL.items() if level < below]))
    arguments = []
    for argument, kind in ARGUMENTS[name].items():
        values = usable(binds, kind, name)
        if values and draw(st.booleans()):
            arguments.append(f"{argument}={draw(st.sampled_from(values))}")
    return f"{name}({', '.join(arguments)})"


@st.composite
def rules(draw: Any, identity: str, predicate: str, level: int, label: str = "") -> dict[str, Any]:
    given = draw(st.lists(st.sampled_from(["root", "thing", "link", "thing"]), max_size=3))
    binds = {f"v{n}": source for n, source in enumerate(given)}
    needs = ARGUMENTS.get(predicate, {"kind": "label"})
    for kind in needs.values():
        wanted = kind if kind in TYPES else "thing"
        if wanted not in binds.values() and kind not in {"label", "number"}:
            binds[f"v{len(binds)}"] = wanted
    total = predicate in SUMS and draw(st.booleans())
    below = [name for name, at in LEVEL.items() if at < level]
    below += [name for name in below if name in NUMBERS or name in LABELS]
    if level:
        for number in range(draw(st.sampled_from([0, 1, 1] if total else [0, 0, 1, 2]))):
            binds[f"s{number}"] = draw(st.sampled_from(below))
    written: list[str] = []
    if any(fields(binds, kind) for kind in ("amount", "tag", "label")):
        written += draw(st.lists(conditions(binds), max_size=2))
    reached = level if predicate == "outcome" or predicate in SUMS else level + 1
    written += draw(st.lists(atoms(binds, reached), max_size=2)) if level else []
    arguments = [
        f"{name}={label!r}" if kind == "label" else f"{name}={draw(st.sampled_from(usable(binds, kind, '')))}"
        for name, kind in needs.items()
    ]
    if total:
        arguments = [f"n=total({draw(st.sampled_from(fields(binds, 'size')))})"]
    rule: dict[str, Any] = {
        "rule": identity,
        "confidence": draw(st.sampled_from("VVVVVPIU")),
        "when": binds,
        "where": written,
        "then": f"{predicate}({', '.join(arguments)})",
    }
    if level:
        rule["unless"] = draw(st.lists(atoms(binds, level), max_size=2))
    if draw(st.integers(0, 5)) == 0:
        picks = ["on", "at"] if list(binds.values()).count("thing") == 1 and not total else ["on"]
        periods = ["2020-02-01..", "..2020-01-31", "2020-01-31..2020-02-29"]
        rule["in_force"] = {draw(st.sampled_from(picks)): draw(st.sampled_from(periods))}
    return rule


@st.composite
def versions(draw: Any, rule: dict[str, Any]) -> dict[str, Any]:
    """Another version of a rule, in force before or after it."""
    ((_, period),) = rule["in_force"].items()
    other = {"2020-02-01..": "..2020-01-31", "..2020-01-31": "2020-02-01.."}.get(period, "2020-03-01..")
    where = rule["where"][: draw(st.integers(0, 2))]
    return deepcopy(rule) | {"in_force": {"on": other}, "where": where}


@st.composite
def documents(draw: Any, total: bool = False) -> dict[str, dict[str, Any]]:
    """The files of a rulebook, by name; a `total` one gives every case just one outcome."""
    levels = LEVEL if total else LEVEL | {"outcome": len(LAYERS)}
    wanted = [(name, level, label) for name, level in levels.items() for label in LABELS.get(name, [""])]
    wanted += draw(st.lists(st.sampled_from([row for row in wanted if row[0] not in SUMS]), max_size=4))
    made = [draw(rules(f"r{n}", name, level, label)) for n, (name, level, label) in enumerate(wanted)]
    made += [draw(versions(rule)) for rule in made if "total(" in rule["then"] and "in_force" in rule]
    made += TOTAL if total else []
    parameters = {
        name: [value | {"cite": "Law 1", "confidence": "V"} for value in values]
        for name, values in PARAMETERS.items()
    }
    half = draw(st.integers(0, len(made)))
    return {
        "one": {"provision": "one", "cite": "Art 1", "parameters": parameters, "rules": made[:half]},
        "two": {"provision": "two", "cite": "Art 2", "rules": made[half:]},
        "rulebook": {
            "rulebook": "made",
            "dates": {"on": "root.day", "at": "thing.day"},
            "orders": draw(st.sampled_from([[], [["root.day", "root.until"]]])),
            "supported": {"on": "2020-01-31..2020-02-29"},
            "goal": "outcome",
            "outcomes": ["a", "b", "c"],
            "outputs": ["outcome"],
            "moves": "root.day",
        },
    }


def loaded(files: dict[str, dict[str, Any]]) -> Rulebook:
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
        return load(Path(folder), MadeCase)


def in_order(rulebook: Rulebook, some_case: CaseModel) -> bool:
    """Whether a case may be one in which the dates of the manifest follow one another."""
    single = {row.source: row.values for row in encode(some_case, rulebook).rows}
    return all(
        single[source][earlier][0] <= single[other][later][1]
        for (source, earlier), (other, later) in rulebook.orders
    )


def known(values: list[Any], ordered: bool, share: int) -> st.SearchStrategy[Any]:
    """What a case says of a value: mostly exact; `share` in ten are not."""
    exact = st.sampled_from(values)
    several = st.lists(exact, min_size=2, max_size=2, unique=True)
    loose: list[st.SearchStrategy[Any]] = [st.none(), several]
    if ordered:
        loose.append(several.map(lambda two: {"at_least": min(two), "at_most": max(two)}))
        loose.append(exact.map(lambda one: {"at_least": one}))
    return st.integers(0, 9).flatmap(lambda n: st.one_of(loose) if n < share else exact)


def facts(kind: type[Fact], share: int) -> st.SearchStrategy[dict[str, Any]]:
    ranges: dict[str, tuple[list[Any], bool]] = {
        "day": ([*DAYS, "2020-02"], True),
        "until": ([*DAYS[1:], "2020-02"], True),
        "size": (SIZES, True),
        "grade": (GRADES, True),
        "cost": (COSTS, True),
        "colour": ([str(o) for o in Colour], False),
        "shape": ([str(o) for o in Shape], False),
        "flag": ([True, False], False),
        "tag": (TAGS, False),
    }
    if not share:
        ranges["day"] = ranges["until"] = DAYS, True
    return st.fixed_dictionaries({name: known(*ranges[name], share) for name in kind.domains()})


def cases(share: int = 3, items: int = 2, complete: bool | None = None) -> st.SearchStrategy[MadeCase]:
    """Cases with `share` in ten of the values not exact."""
    whole = st.booleans() if complete is None else st.just(complete)

    def listed(kind: type[Fact]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries(
            {"complete": whole, "items": st.lists(facts(kind, share), max_size=items)}
        )

    return st.fixed_dictionaries(
        {"root": facts(Root, share), "things": listed(Thing), "links": listed(Link)}
    ).map(MadeCase.model_validate)
