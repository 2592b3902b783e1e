"""A rulebook: dated rules and parameters by provision, read from YAML, typed, stratified, with one digest."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import rfc8785
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine import expressions as ex
from engine.documents import Document, Key, read, read_all
from engine.errors import InputError, Place, Problem, nearest, refuse
from engine.facts import CaseModel, Section, problems_of
from engine.values import Domain, Kind, parse_known
from engine.words import Words, read_words

Confidence = Literal["V", "P", "I", "U"]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Period:
    """A closed range of days; an open end is None."""

    first: date | None
    last: date | None

    def __str__(self) -> str:
        return f"{self.first or ''}..{self.last or ''}"

    def __contains__(self, day: date) -> bool:
        return (self.first or date.min) <= day <= (self.last or date.max)

    @property
    def numbers(self) -> tuple[int, int]:
        return (self.first or date.min).toordinal(), (self.last or date.max).toordinal()


def _period(raw: Any) -> Any:
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?", str(raw).strip())
    if not match:
        raise ValueError(
            f"{raw!r} is not a period; write it as 2020-06-04..2025-12-31, an end may be left out"
        )
    try:
        first, last = (date.fromisoformat(end) if end else None for end in match.groups())
    except ValueError:
        raise ValueError(f"{raw!r} names a day that the calendar does not have") from None
    if first and last and last < first:
        raise ValueError(f"{raw!r} ends before it begins")
    return Period(first, last)


Periods = dict[str, Annotated[Period, BeforeValidator(_period)]]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class _RuleShape(_Shape):
    rule: str = Field(pattern=r"^[a-z][a-z0-9_.-]*$")
    cite: str = ""
    facts: tuple[str, ...] = ()
    confidence: Confidence
    in_force: Periods = Field(default_factory=dict, max_length=1)
    when: dict[str, str] = Field(default_factory=dict)
    where: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    then: str


class _ProvisionShape(_Shape):
    provision: str
    cite: str
    parameters: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    rules: list[_RuleShape] = Field(default_factory=list)


class _ManifestShape(_Shape):
    rulebook: str
    dates: dict[str, str]
    supported: Periods = Field(min_length=1, max_length=1)
    goal: str
    outcomes: list[str]
    outputs: list[str]
    levers: list[str] = Field(default_factory=list)
    moves: str


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One dated value of a parameter, with its source."""

    selector: str
    period: Period
    number: int
    cite: str
    confidence: Confidence
    place: Place


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    provision: str
    domain: Domain
    values: tuple[ParameterValue, ...]


@dataclass(frozen=True)
class Rule:
    """One version of one rule, typed: `binds` maps variables to fact types or predicates."""

    id: str
    version: int
    provision: str
    cite: str
    facts: tuple[str, ...]
    confidence: Confidence
    selector: str
    period: Period
    binds: Mapping[str, str]
    conditions: tuple[ex.Condition, ...]
    atoms: tuple[ex.Atom, ...]
    unless: tuple[ex.Atom, ...]
    head: ex.Atom
    shape: Mapping[str, Any]
    place: Place = field(compare=False)

    @property
    def key(self) -> str:
        return f"{self.id}#{self.version}" if self.version else self.id

    @cached_property
    def constant_fact(self) -> tuple[str, tuple[tuple[str, tuple[int, int]], ...]] | None:
        """What follows, where that is the same in every case."""
        arguments = [(name, value) for name, value in self.head.arguments if isinstance(value, ex.Constant)]
        if len(arguments) < len(self.head.arguments):
            return None
        return self.head.predicate, tuple((name, (value.number, value.number)) for name, value in arguments)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        terms: list[ex.Argument] = [term for condition in self.conditions for term in ex.terms_of(condition)]
        terms += [
            argument for atom in (*self.atoms, *self.unless, self.head) for _, argument in atom.arguments
        ]
        return tuple(dict.fromkeys(name for term in terms for name in ex.parameters_of(term)))


@dataclass(frozen=True)
class Provision:
    name: str
    cite: str
    file: str


@dataclass(frozen=True)
class Rulebook:
    """The law as loaded. Equal contents give an equal digest, whatever the order of files, rules and keys."""

    name: str
    model: type[CaseModel]
    dates: Mapping[str, tuple[str, str]]
    supported: tuple[str, Period]
    goal: str
    outcomes: tuple[str, ...]
    outputs: tuple[str, ...]
    levers: tuple[tuple[str, str], ...]
    moves: tuple[str, str]
    provisions: Mapping[str, Provision]
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    predicates: Mapping[str, ex.Signature]
    strata: Mapping[str, int]
    words: Mapping[str, Words]
    sources: Mapping[str, Mapping[str, str]]
    digest: str

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        return self.model.sections()

    @cached_property
    def by_predicate(self) -> Mapping[str, tuple[Rule, ...]]:
        grouped: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            grouped[rule.head.predicate].append(rule)
        return {name: tuple(rules) for name, rules in grouped.items()}

    @cached_property
    def periods_read(self) -> Mapping[str, frozenset[tuple[str, Period]]]:
        """When each parameter is read: the dates and periods of the rules that name it."""
        return {
            name: frozenset((rule.selector, rule.period) for rule in self.rules if name in rule.parameters)
            for name in self.parameters
        }

    @cached_property
    def by_key(self) -> Mapping[str, Rule]:
        return {rule.key: rule for rule in self.rules}

    def label(self, predicate: str, argument: str, number: int) -> str:
        return self.predicates[predicate][argument].options[number]


def load(folder: Path, model: type[CaseModel]) -> Rulebook:
    """Read every YAML file of a folder as one rulebook. Raises InputError with all problems found."""
    return _Loader(folder, model).load()


class _Loader:
    def __init__(self, folder: Path, model: type[CaseModel]) -> None:
        self.folder = folder
        self.model = model
        self.sections = model.sections()
        self.problems: list[Problem] = []

    def load(self) -> Rulebook:
        manifest_document = read(self.folder / "rulebook.yaml")
        manifest = self._shaped(_ManifestShape, manifest_document, manifest_document.data, ())
        sources = self._sources()
        pairs = list(self._provisions())
        self._stop()
        assert manifest is not None
        dates = {
            name: self._spot(path, manifest_document, ("dates", name), "date")
            for name, path in manifest.dates.items()
        }
        parameters = self._parameters(pairs, dates)
        self._stop()
        typist = _Typist(self.sections, parameters, dates, pairs, self.problems)
        rules = typist.rules()
        self._stop()
        strata = stratify(rules)
        words = {path.stem: read_words(path) for path in sorted((self.folder / "words").glob("*.yaml"))}
        supported = next(iter(manifest.supported.items()))
        return Rulebook(
            name=manifest.rulebook,
            model=self.model,
            dates=dates,
            supported=supported,
            goal=manifest.goal,
            outcomes=self._outcomes(manifest, typist.predicates, manifest_document),
            outputs=tuple(manifest.outputs),
            levers=tuple(
                self._spot(path, manifest_document, ("levers", index), "bool", "enum")
                for index, path in enumerate(manifest.levers)
            ),
            moves=self._spot(manifest.moves, manifest_document, ("moves",), "date"),
            provisions={
                shape.provision: Provision(shape.provision, shape.cite, document.file)
                for shape, document in pairs
            },
            parameters=parameters,
            rules=rules,
            predicates=typist.predicates,
            strata=strata,
            words=words,
            sources=sources,
            digest=_digest(manifest, pairs, words, sources, self.model),
        )

    def _stop(self) -> None:
        if self.problems:
            raise InputError(self.problems)

    def _provisions(self) -> Iterator[tuple[_ProvisionShape, Document]]:
        files: dict[str, str] = {}
        for shape, document in self._documents():
            if shape.provision in files:
                self.problems.append(
                    Problem(
                        f"The provision {shape.provision!r} stands in {files[shape.provision]} as well",
                        "Put both into one, or rename one",
                        document.place(("provision",)),
                    )
                )
            files[shape.provision] = document.file
            yield shape, document

    def _documents(self) -> Iterator[tuple[_ProvisionShape, Document]]:
        for path in sorted(self.folder.glob("*.yaml")):
            if path.name in {"rulebook.yaml", "sources.yaml"}:
                continue
            try:
                documents = read_all(path)
            except InputError as error:
                self.problems += error.problems
                continue
            for document in documents:
                shape = self._shaped(_ProvisionShape, document, document.data, ())
                if shape is not None:
                    yield shape, document

    def _sources(self) -> Mapping[str, Mapping[str, str]]:
        path = self.folder / "sources.yaml"
        return read(path).data if path.exists() else {}

    def _shaped(self, shape: type[M], document: Document, data: Any, at: Key) -> M | None:
        try:
            return shape.model_validate(data)
        except ValidationError as error:
            for problem in problems_of(error, shape, document, at):
                self.problems.append(problem)
            return None

    def _spot(self, path: str, document: Document, key: Key, *kinds: Kind) -> tuple[str, str]:
        kind, _, name = path.partition(".")
        if kind not in self.sections:
            raise refuse(f"There is no fact type {kind!r}", nearest(kind, self.sections), document.place(key))
        domains = self.sections[kind].fact.domains()
        if name not in domains:
            raise refuse(f"{kind} has no field {name!r}", nearest(name, domains), document.place(key))
        if domains[name].kind not in kinds or ("date" in kinds and self.sections[kind].listed):
            raise refuse(
                f"{path} cannot serve here: it is a {domains[name].kind} of a fact that a case has "
                + ("several times" if self.sections[kind].listed else "once"),
                f"Name a {' or '.join(kinds)}"
                + (" of a fact that a case has once" if "date" in kinds else ""),
                document.place(key),
            )
        return kind, name

    def _outcomes(
        self, manifest: _ManifestShape, predicates: Mapping[str, ex.Signature], document: Document
    ) -> tuple[str, ...]:
        derived = predicates.get(manifest.goal, {}).get("kind")
        if derived is None or set(derived.options) != set(manifest.outcomes):
            found = ", ".join(derived.options) if derived else "no rule at all"
            raise refuse(
                f"The outcomes do not agree with the labels that rules derive ({found})",
                f"Let `outcomes` list each label of {manifest.goal}(kind=...) once",
                document.place(("outcomes",)),
            )
        return tuple(manifest.outcomes)

    def _parameters(
        self, pairs: Sequence[tuple[_ProvisionShape, Document]], dates: Mapping[str, tuple[str, str]]
    ) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        for shape, document in pairs:
            for name, rows in shape.parameters.items():
                key: Key = ("parameters", name)
                if name in found:
                    self.problems.append(
                        Problem(f"The parameter {name!r} is defined twice", "Rename one", document.place(key))
                    )
                values = tuple(
                    value
                    for index, row in enumerate(rows)
                    if (value := self._parameter_value(row, dates, document, (*key, index))) is not None
                )
                found[name] = Parameter(name, shape.provision, Domain("int"), values)
        return found

    def _parameter_value(
        self, row: dict[str, Any], dates: Mapping[str, tuple[str, str]], document: Document, key: Key
    ) -> ParameterValue | None:
        known = {"value", "cite", "facts", "confidence", "note"}
        selectors = [name for name in row if name not in known]
        place = document.place(key)
        try:
            if len(selectors) != 1 or selectors[0] not in dates:
                raise ValueError("A value needs exactly one date that picks it, one of " + ", ".join(dates))
            if "cite" not in row or row.get("confidence") not in {"V", "P", "I", "U"}:
                raise ValueError("A value needs `cite` and `confidence` (V, P, I or U)")
            value = parse_known(row.get("value"), Domain("int"))
            if not value.exact:
                raise ValueError("A value must be one whole number")
            period = _period(row[selectors[0]])
        except ValueError as error:
            self.problems.append(Problem(str(error).split("\n")[0], "Correct this value", place))
            return None
        return ParameterValue(selectors[0], period, value.options[0], row["cite"], row["confidence"], place)


class _Typist:
    """Turns shapes into typed rules; predicates take their signature from the rules that derive them."""

    def __init__(
        self,
        sections: Mapping[str, Section],
        parameters: Mapping[str, Parameter],
        dates: Mapping[str, tuple[str, str]],
        pairs: Sequence[tuple[_ProvisionShape, Document]],
        problems: list[Problem],
    ) -> None:
        self.types: dict[str, ex.Signature] = {
            name: section.fact.domains() for name, section in sections.items()
        }
        self.parameters = {name: parameter.domain for name, parameter in parameters.items()}
        self.dates = dates
        self.problems = problems
        self.shapes = [
            (shape, provision, document, index)
            for provision, document in pairs
            for index, shape in enumerate(provision.rules)
        ]
        self.labels: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.predicates: dict[str, ex.Signature] = {}
        self._infer()

    def _place(self, document: Document, index: int, *rest: str | int) -> Place:
        return document.place(("rules", index, *rest))

    def _scope(self, shape: _RuleShape, place: Place) -> ex.Scope | None:
        """The scope of a rule, or None as long as a predicate it binds has no signature yet."""
        variables: dict[str, tuple[str, ex.Signature]] = {}
        for variable, source in shape.when.items():
            if source in self.types:
                variables[variable] = (source, self.types[source])
            elif source in self.predicates:
                variables[variable] = (source, self.predicates[source])
            else:
                return None
        return ex.Scope(variables, self.parameters, self.predicates, place)

    def _infer(self) -> None:
        waiting = list(self.shapes)
        heads: list[tuple[str, dict[str, ex.Argument | str], Place]] = []
        while waiting:
            later = []
            for entry in waiting:
                shape, _, document, index = entry
                scope = self._scope(shape, self._place(document, index, "then"))
                if scope is None:
                    later.append(entry)
                    continue
                self._infer_head(shape, scope, heads)
            if len(later) == len(waiting):
                self._refuse_unbound(later)
                break
            waiting = later
        self._close_labels()
        self._agree(heads)

    def _infer_head(
        self, shape: _RuleShape, scope: ex.Scope, heads: list[tuple[str, dict[str, ex.Argument | str], Place]]
    ) -> None:
        try:
            name, arguments = ex.parse_head(shape.then, scope)
        except InputError as error:
            self.problems += error.problems
            return
        heads.append((name, arguments, scope.place))
        signature = dict(self.predicates.get(name, {}))
        for argument, value in arguments.items():
            if isinstance(value, str):
                self.labels[name, argument].add(value)
                signature.setdefault(argument, Domain("enum", (), name=f"{name}.{argument}"))
            else:
                known = signature.get(argument)
                if known is None or (known.kind == "enum" and not known.options):
                    signature[argument] = value.domain
        self.predicates[name] = signature

    def _close_labels(self) -> None:
        for (name, argument), labels in self.labels.items():
            signature = dict(self.predicates[name])
            if not signature[argument].options:
                signature[argument] = Domain("enum", tuple(sorted(labels)), name=f"{name}.{argument}")
                self.predicates[name] = signature
        closed = {
            domain.name: domain
            for arguments in self.predicates.values()
            for domain in arguments.values()
            if domain.options
        }
        for name, arguments in self.predicates.items():
            self.predicates[name] = {
                argument: domain if domain.options else closed.get(domain.name, domain)
                for argument, domain in arguments.items()
            }

    def _agree(self, heads: Iterable[tuple[str, dict[str, ex.Argument | str], Place]]) -> None:
        for name, arguments, place in heads:
            if name in self.types:
                self.problems.append(
                    Problem(f"{name!r} is a fact type", "Give the derived fact another name", place)
                )
            missing = set(self.predicates[name]) - set(arguments)
            if missing:
                self.problems.append(
                    Problem(
                        f"{name} is derived elsewhere with {', '.join(sorted(missing))} as well",
                        "Give every rule that derives it the same arguments",
                        place,
                    )
                )

    def _refuse_unbound(self, entries: Sequence[tuple[_RuleShape, _ProvisionShape, Document, int]]) -> None:
        known = [*self.types, *self.predicates]
        for shape, _, document, index in entries:
            for variable, source in shape.when.items():
                if source not in known:
                    place = self._place(document, index, "when", variable)
                    self.problems.append(
                        Problem(f"There are no facts {source!r}", nearest(source, known), place)
                    )

    def rules(self) -> tuple[Rule, ...]:
        counts: dict[str, int] = defaultdict(int)
        typed = []
        for shape, provision, document, index in sorted(self.shapes, key=_shape_order):
            version = counts[shape.rule]
            counts[shape.rule] += 1
            try:
                typed.append(self._rule(shape, provision, document, index, version))
            except InputError as error:
                self.problems += error.problems
        return tuple(typed)

    def _rule(
        self, shape: _RuleShape, provision: _ProvisionShape, document: Document, index: int, version: int
    ) -> Rule:
        scope = self._scope(shape, self._place(document, index))
        if scope is None:
            raise InputError([])
        conditions: list[ex.Condition] = []
        atoms: list[ex.Atom] = []
        for number, text in enumerate(shape.where):
            item = ex.parse_condition(text, self._at(scope, document, index, "where", number))
            if isinstance(item, ex.Atom):
                atoms.append(item)
            else:
                conditions.append(item)
        unless = [
            ex.parse_atom(text, self._at(scope, document, index, "unless", number))
            for number, text in enumerate(shape.unless)
        ]
        selector, period = next(iter(shape.in_force.items()), ("", Period(None, None)))
        if selector and selector not in self.dates:
            raise refuse(
                f"{selector!r} is not a date that picks a version",
                nearest(selector, self.dates),
                self._place(document, index, "in_force"),
            )
        return Rule(
            id=shape.rule,
            version=version,
            provision=provision.provision,
            cite=shape.cite or provision.cite,
            facts=shape.facts,
            confidence=shape.confidence,
            selector=selector,
            period=period,
            binds=dict(shape.when),
            conditions=tuple(conditions),
            atoms=tuple(atoms),
            unless=tuple(unless),
            head=self._head(shape, self._at(scope, document, index, "then")),
            shape=shape.model_dump(mode="json", exclude_defaults=True, serialize_as_any=True, fallback=str),
            place=self._place(document, index),
        )

    def _at(self, scope: ex.Scope, document: Document, index: int, *rest: str | int) -> ex.Scope:
        return ex.Scope(
            scope.variables, scope.parameters, self.predicates, self._place(document, index, *rest)
        )

    def _head(self, shape: _RuleShape, scope: ex.Scope) -> ex.Atom:
        name, arguments = ex.parse_head(shape.then, scope)
        signature = self.predicates[name]
        typed: list[tuple[str, ex.Argument]] = []
        for argument, value in sorted(arguments.items()):
            domain = signature[argument]
            if isinstance(value, str):
                if value not in domain.options:
                    raise scope.refuse(
                        f"{value!r} is not an option of {argument}", nearest(value, domain.options)
                    )
                typed.append((argument, ex.Constant(domain.options.index(value), domain)))
                continue
            if (value.domain.kind, value.domain.name) != (domain.kind, domain.name):
                raise scope.refuse(
                    f"{argument} of {name} is {value.domain.kind} here and {domain.kind} elsewhere",
                    "Let it have one type",
                )
            typed.append((argument, value))
        return ex.Atom(name, tuple(typed))


def _shape_order(entry: tuple[_RuleShape, _ProvisionShape, Document, int]) -> tuple[str, date, str]:
    shape = entry[0]
    period = next(iter(shape.in_force.values()), Period(None, None))
    return shape.rule, period.first or date.min, str(period)


def stratify(rules: Sequence[Rule]) -> dict[str, int]:
    """The stratum of each predicate. Raises InputError naming a loop that goes through `unless`."""
    positive: dict[str, set[str]] = defaultdict(set)
    negative: dict[str, set[str]] = defaultdict(set)
    derived = {rule.head.predicate for rule in rules}
    for rule in rules:
        head = rule.head.predicate
        positive[head] |= (set(rule.binds.values()) & derived) | {a.predicate for a in rule.atoms}
        negative[head] |= {atom.predicate for atom in rule.unless}
    strata = dict.fromkeys(sorted(derived), 0)
    for _ in range(len(derived) + 1):
        raised = False
        for head in strata:
            need = max(
                [strata[name] for name in positive[head]] + [strata[name] + 1 for name in negative[head]],
                default=0,
            )
            if need > strata[head]:
                strata[head], raised = need, True
        if not raised:
            return strata
    raise _loop_error(rules, positive, negative)


def _loop_error(
    rules: Sequence[Rule], positive: Mapping[str, set[str]], negative: Mapping[str, set[str]]
) -> InputError:
    for rule in rules:
        for atom in rule.unless:
            path = _path(atom.predicate, rule.head.predicate, positive, negative)
            if path:
                shown = " -> ".join([rule.head.predicate, *path])
                return refuse(
                    f"This rule denies what rests on itself: {shown}",
                    "Take one step out of the loop, or split the predicate in two",
                    rule.place,
                )
    return refuse("The rules go in a loop through `unless`", "Take one step out of the loop")


def _path(start: str, goal: str, *edges: Mapping[str, set[str]]) -> list[str]:
    paths = {start: [start]}
    queue = [start]
    while queue:
        here = queue.pop(0)
        if here == goal:
            return paths[here]
        for there in sorted(set().union(*(edge.get(here, set()) for edge in edges))):
            if there not in paths:
                paths[there] = [*paths[here], there]
                queue.append(there)
    return []


def _digest(
    manifest: _ManifestShape,
    pairs: Sequence[tuple[_ProvisionShape, Document]],
    words: Mapping[str, Words],
    sources: Any,
    model: type[CaseModel],
) -> str:
    def canonical(shape: BaseModel) -> Any:
        return shape.model_dump(mode="json", fallback=str, serialize_as_any=True)

    rules = sorted(
        (canonical(rule) | {"provision": shape.provision} for shape, _ in pairs for rule in shape.rules),
        key=rfc8785.dumps,
    )
    whole = {
        "manifest": canonical(manifest),
        "provisions": {
            shape.provision: {"cite": shape.cite, "parameters": shape.parameters} for shape, _ in pairs
        },
        "rules": rules,
        "facts": {
            section.name: {
                name: [domain.kind, list(domain.options)] for name, domain in section.fact.domains().items()
            }
            for section in model.sections().values()
        },
        "words": {language: spoken.canonical for language, spoken in words.items()},
        "sources": sources,
    }
    return hashlib.sha256(rfc8785.dumps(whole)).hexdigest()


def gaps_and_overlaps(periods: Sequence[Period], within: Period) -> tuple[list[Period], list[Period]]:
    """Where periods leave days of `within` uncovered, and where two of them cover the same day."""
    first, last = within.numbers
    spans = sorted(period.numbers for period in periods)
    gaps, overlaps = [], []
    reached = first - 1
    for low, high in spans:
        if low > reached + 1 and reached < last:
            gaps.append(_days(reached + 1, min(low - 1, last)))
        if low <= reached and low >= first:
            overlaps.append(_days(low, min(high, reached)))
        reached = max(reached, high)
    if reached < last:
        gaps.append(_days(reached + 1, last))
    return gaps, overlaps


def _days(low: int, high: int) -> Period:
    return Period(date.fromordinal(low), date.fromordinal(high))
