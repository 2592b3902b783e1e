"""Loads a rulebook from its folder: reads, types, stratifies, and takes its digest."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine import expressions as ex
from engine.documents import Document, Key, read, read_all
from engine.errors import InputError, Problem, nearest, refuse
from engine.facts import CaseModel, problems_of
from engine.periods import Period, parse_period
from engine.rulebook import Parameter, ParameterValue, Provision, Rulebook
from engine.shapes import ManifestShape, ProvisionShape
from engine.strata import stratify
from engine.typist import Typist
from engine.values import Domain, Kind, parse_known
from engine.words import Words, read_words

M = TypeVar("M", bound=BaseModel)


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
        manifest = self._shaped(ManifestShape, manifest_document, manifest_document.data, ())
        self._stop()
        assert manifest is not None
        sources_path = self.folder / manifest.sources
        sources = self._sources(sources_path, manifest_document)
        pairs = list(self._provisions(sources_path))
        self._stop()
        dates = {
            name: self._spot(path, manifest_document, ("dates", name), "date", listed=True)
            for name, path in manifest.dates.items()
        }
        supported = self._supported(manifest, dates, manifest_document)
        parameters = self._parameters(pairs, dates)
        self._stop()
        typist = Typist(self.sections, parameters, dates, pairs, self.problems)
        rules = typist.rules()
        self._stop()
        strata = stratify(rules)
        words = {path.stem: read_words(path) for path in sorted((self.folder / "words").glob("*.yaml"))}
        return Rulebook(
            name=manifest.rulebook,
            model=self.model,
            dates=dates,
            orders=tuple(
                (
                    self._spot(earlier, manifest_document, ("orders", index, 0), "date"),
                    self._spot(later, manifest_document, ("orders", index, 1), "date"),
                )
                for index, (earlier, later) in enumerate(manifest.orders)
            ),
            supported=supported,
            goal=manifest.goal,
            outcomes=self._outcomes(manifest, typist.predicates, manifest_document),
            outputs=tuple(manifest.outputs),
            levers=tuple(
                self._spot(path, manifest_document, ("levers", index), "bool", "enum", listed=True)
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
            digest=digest_of(manifest, pairs, words, _cited(pairs, sources), self.model),
        )

    def _stop(self) -> None:
        if self.problems:
            raise InputError(self.problems)

    def _provisions(self, sources: Path) -> Iterator[tuple[ProvisionShape, Document]]:
        files: dict[str, str] = {}
        for shape, document in self._documents(sources):
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

    def _documents(self, sources: Path) -> Iterator[tuple[ProvisionShape, Document]]:
        for path in sorted(self.folder.glob("*.yaml")):
            if path.name == "rulebook.yaml" or path.resolve() == sources.resolve():
                continue
            try:
                documents = read_all(path)
            except InputError as error:
                self.problems += error.problems
                continue
            for document in documents:
                shape = self._shaped(ProvisionShape, document, document.data, ())
                if shape is not None:
                    yield shape, document

    def _sources(self, path: Path, document: Document) -> Mapping[str, Mapping[str, str]]:
        """The lines of the fact base; none where the manifest names no file and there is none."""
        if path.exists():
            lines: Mapping[str, Mapping[str, str]] = read(path).data
            return lines
        if ("sources",) in document.lines:
            self.problems.append(
                Problem(
                    f"There is no file {path}",
                    "Name the lines of the fact base by their path from this folder",
                    document.place(("sources",)),
                )
            )
        return {}

    def _supported(
        self, manifest: ManifestShape, dates: Mapping[str, tuple[str, str]], document: Document
    ) -> tuple[str, Period]:
        ((name, period),) = manifest.supported.items()
        place = document.place(("supported", name))
        if name not in dates:
            raise refuse(f"{name!r} is not a date that picks a version", nearest(name, dates), place)
        if self.sections[dates[name][0]].listed:
            raise refuse(f"{name} is a date of a fact that a case has several times",
                         "Name a date of a fact that a case has once", place)  # fmt: skip
        return name, period

    def _shaped(self, shape: type[M], document: Document, data: Any, at: Key) -> M | None:
        try:
            return shape.model_validate(data)
        except ValidationError as error:
            for problem in problems_of(error, shape, document, at):
                self.problems.append(problem)
            return None

    def _spot(
        self, path: str, document: Document, key: Key, *kinds: Kind, listed: bool = False
    ) -> tuple[str, str]:
        """A field of one of some kinds; of a fact that a case has several times only where it is `listed`."""
        kind, _, name = path.partition(".")
        if kind not in self.sections:
            raise refuse(f"There is no fact type {kind!r}", nearest(kind, self.sections), document.place(key))
        domains = self.sections[kind].fact.domains()
        if name not in domains:
            raise refuse(f"{kind} has no field {name!r}", nearest(name, domains), document.place(key))
        if domains[name].kind not in kinds or (self.sections[kind].listed and not listed):
            raise refuse(
                f"{path} cannot serve here: it is a {domains[name].kind} of a fact that a case has "
                + ("several times" if self.sections[kind].listed else "once"),
                f"Name a {' or '.join(kinds)}" + ("" if listed else " of a fact that a case has once"),
                document.place(key),
            )
        return kind, name

    def _outcomes(
        self, manifest: ManifestShape, predicates: Mapping[str, ex.Signature], document: Document
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
        self, pairs: Sequence[tuple[ProvisionShape, Document]], dates: Mapping[str, tuple[str, str]]
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
            if self.sections[dates[selectors[0]][0]].listed:
                raise ValueError("A value is picked by a date of a fact that a case has once")
            if "cite" not in row or row.get("confidence") not in {"V", "P", "I", "U"}:
                raise ValueError("A value needs `cite` and `confidence` (V, P, I or U)")
            value = parse_known(row.get("value"), Domain("int"))
            if not value.exact:
                raise ValueError("A value must be one whole number")
            period = parse_period(row[selectors[0]])
        except ValueError as error:
            self.problems.append(Problem(str(error).split("\n")[0], "Correct this value", place))
            return None
        return ParameterValue(selectors[0], period, value.options[0], row["cite"], row["confidence"], place)


def _cited(
    pairs: Sequence[tuple[ProvisionShape, Document]], sources: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Mapping[str, str]]:
    """The lines of the fact base that rules and values of parameters name."""
    cited = {line for shape, _ in pairs for rule in shape.rules for line in rule.facts}
    for shape, _ in pairs:
        cited |= {line for rows in shape.parameters.values() for row in rows for line in row.get("facts", ())}
    return {line: said for line, said in sources.items() if line in cited}


def digest_of(
    manifest: ManifestShape,
    pairs: Sequence[tuple[ProvisionShape, Document]],
    words: Mapping[str, Words],
    sources: Any,
    model: type[CaseModel],
) -> str:
    def canonical(shape: BaseModel) -> Any:
        return shape.model_dump(mode="json", fallback=str, serialize_as_any=True)

    rules = sorted(
        (canonical(rule) | {"provision": shape.provision} for shape, _ in pairs for rule in shape.rules),
        key=canonical_json,
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
    return hashlib.sha256(canonical_json(whole)).hexdigest()


def canonical_json(data: Any) -> bytes:
    """JSON as RFC 8785 has it, of what a rulebook holds: texts, whole numbers, truth values and gaps."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
