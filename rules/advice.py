"""What an advice says: the answer, why, what must be done by when, what is open and what would change it.

An advice is never a decision: a committee decides (공직자윤리위원회).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Generic, Literal, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from engine import VERSION
from engine.changes import Change, next_day, smallest
from engine.errors import InputError
from engine.execution import World, label_of
from engine.expressions import Interval
from engine.facts import CaseModel, Spot
from engine.proof import Explainer, Failure, Step
from engine.rulebook import Rule
from engine.speech import known_of
from engine.values import Domain, Known, plain
from engine.worlds import Answer, answer
from rules.citations import in_korean
from rules.facts import EmploymentCase
from rules.holdings import TrustCase
from rules.items import Following, following
from rules.law import UNDETERMINED, Law
from rules.speech import LawSpeaker

MAX_PROOFS = 6
LANGUAGES = ("ko", "en")
DATE = Domain("date")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Text(_Part):
    """A sentence in both languages."""

    ko: str
    en: str

    def in_(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


class Citation(_Part):
    """Which version of which rule, from which article, and how sure its reading is (V, P, I, U)."""

    rule: str
    cite: str
    shown: Text
    picked_by: str
    first: str | None
    last: str | None
    when: Text | None
    confidence: Literal["V", "P", "I", "U"]
    facts: tuple[str, ...]
    reading: Text | None = None


class UsedValue(_Part):
    """A value of the case that a step read, or that a world assumes."""

    spot: str
    label: Text
    shown: Text


class ProofStep(_Part):
    """One step of a proof, and the steps it rests on."""

    says: Text
    citation: Citation
    certain: bool
    values: tuple[UsedValue, ...] = ()
    because: tuple["ProofStep", ...] = ()


class Proof(_Part):
    """A proof of one outcome; `where` says in which world, if the case was split.

    `alike` counts the further worlds in which the outcome comes about for the same reasons.
    """

    outcome: str
    title: Text
    where: tuple[UsedValue, ...] = ()
    alike: int = 0
    step: ProofStep


class NotThis(_Part):
    """Why another outcome does not apply: the nearest condition that failed."""

    outcome: str
    title: Text
    says: Text
    citation: Citation


class Item(_Part):
    """Something that follows: a duty, a route, a ground. Days and amounts are exact or a range.

    `by_on` is the day by which something is due, `from_on` and `until_on` are the ends of a period.
    """

    kind: str
    label: Text
    says: Text
    certain: bool
    citation: Citation
    by_on: Any = None
    by_shown: Text | None = None
    from_on: Any = None
    from_shown: Text | None = None
    until_on: Any = None
    until_shown: Text | None = None
    up_to: int | None = None
    up_to_shown: Text | None = None


class Question(_Part):
    """An unknown fact that can still change the outcome."""

    spot: str
    label: Text
    question: Text
    why: Text
    where: Text


class UnclearLaw(_Part):
    """A point on which the law itself is unclear and the answer turns."""

    citation: Citation
    says: Text


class WouldChange(_Part):
    """If `spot` were `value`, the answer would be `outcomes`."""

    spot: str
    label: Text
    value: Any
    shown: Text
    outcomes: tuple[str, ...]
    titles: tuple[Text, ...]


class Identity(_Part):
    """What the advice rests on: equal identities give equal advice, byte for byte."""

    rulebook: str
    register_version: str | None
    register_year: int | None
    register_synthetic: bool
    engine: str
    facts: str


class RegisterVersion(_Part):
    """The register of employers that a case was looked up in."""

    version: str
    year: int | None
    synthetic: bool


class Advice(_Part):
    """Advice on one case, whatever the rulebook. Not a decision: a committee decides."""

    outcome: str = Field(description="the outcome, or 'undetermined'")
    possible: tuple[str, ...] = Field(description="every outcome that is still possible")
    title: Text
    sentence: Text
    todo: Text
    proofs: tuple[Proof, ...]
    why_not: tuple[NotThis, ...]
    questions: tuple[Question, ...]
    unclear: tuple[UnclearLaw, ...]
    next_day: WouldChange | None
    changes: tuple[WouldChange, ...]
    identity: Identity
    notice: Text


class EmploymentAdvice(Advice):
    """Advice on a planned employment (취업제한), and what follows from it."""

    duties: tuple[Item, ...]
    routes: tuple[Item, ...]
    committees: tuple[Item, ...]
    clocks: tuple[Item, ...]
    penalties: tuple[Item, ...]
    after_joining: tuple[Item, ...]
    grounds: tuple[Item, ...]
    binding_grounds: tuple[Item, ...]
    decided: tuple[Item, ...]
    other: tuple[Item, ...]


class TrustAdvice(Advice):
    """Advice on stock, blind trust and recusal (주식백지신탁, 직무관여 금지), and what follows from it."""

    duties: tuple[Item, ...]
    recusals: tuple[Item, ...]
    keep_out: tuple[Item, ...]
    conduct: tuple[Item, ...]
    clocks: tuple[Item, ...]
    penalties: tuple[Item, ...]
    during_trust: tuple[Item, ...]
    publication: tuple[Item, ...]
    other: tuple[Item, ...]


A = TypeVar("A", bound=Advice)


@dataclass(frozen=True)
class _Form(Generic[A]):
    """What the advice on a kind of case looks like: the predicates that each group of items tells."""

    kind: type[A]
    notice: Text
    groups: Mapping[str, tuple[str, ...]]


_EMPLOYMENT = _Form(
    EmploymentAdvice,
    Text(
        ko="이 결과는 안내일 뿐이며 공직자윤리위원회의 결정이 아닙니다.",
        en="This is advice, not the decision of the ethics committee, and does not bind it.",
    ),
    {
        "duties": ("duty",),
        "routes": ("route",),
        "committees": ("committee",),
        "clocks": ("clock",),
        "penalties": ("penalty", "measure"),
        "after_joining": ("after",),
        "grounds": ("ground",),
        "binding_grounds": ("binding_ground",),
        "decided": ("sanction", "rereview", "publication", "published"),
        "other": ("standard", "likely_listed", "while_serving", "staff_duty", "head_check", "check_source"),
    },
)
_TRUST = _Form(
    TrustAdvice,
    Text(
        ko="이 결과는 안내일 뿐이며 주식백지신탁 심사위원회나 공직자윤리위원회의 결정이 아닙니다.",
        en="This is advice. It is not the decision of the stock review committee or of an ethics committee "
        "and binds neither.",
    ),
    {
        "duties": ("duty", "route"),
        "recusals": ("recusal", "ended_recusal"),
        "keep_out": ("keep_out", "relevance"),
        "conduct": ("conduct",),
        "clocks": ("clock",),
        "penalties": ("penalty", "measure"),
        "during_trust": ("trust_end", "limit"),
        "publication": ("publisher", "notice"),
        "other": ("arisen", "office"),
    },
)


def advise(law: Law, case: EmploymentCase, register: RegisterVersion | None = None) -> EmploymentAdvice:
    """Evaluate one employment and explain it. Raises InputError for a case that contradicts itself."""
    refuse_contradiction(case)
    return _Adviser(law, case, _EMPLOYMENT, register).advice()


def advise_holder(law: Law, case: TrustCase) -> TrustAdvice:
    """Evaluate one household's stock and explain it. Raises InputError for a case that contradicts itself."""
    refuse_contradiction(case)
    return _Adviser(law, case, _TRUST).advice()


def advice_schema(kind: type[Advice] = EmploymentAdvice) -> dict[str, Any]:
    """The JSON Schema of an advice, as `psea check --json` or `psea recusal --json` prints it."""
    return kind.model_json_schema(mode="serialization")


def refuse_contradiction(case: CaseModel) -> None:
    """Raise InputError where the facts of a case contradict each other."""
    if problems := list(case.contradictions()):
        raise InputError(problems)


class _Adviser(Generic[A]):
    def __init__(
        self, law: Law, case: CaseModel, form: _Form[A], register: RegisterVersion | None = None
    ) -> None:
        self.law = law
        self.form = form
        self.rulebook = law.rulebook
        self.case = case
        self.register = register
        self.law_speakers = {language: LawSpeaker(law.rulebook, language) for language in LANGUAGES}
        self.speakers = {language: speaker.speaker for language, speaker in self.law_speakers.items()}
        self.answer: Answer = answer(law.executor, case)

    def advice(self) -> A:
        outcome = self.answer.outcome or UNDETERMINED
        groups = {name: tuple(self.items(predicates)) for name, predicates in self.form.groups.items()}
        groups["clocks"] = tuple(item for item in groups["clocks"] if item.by_on is not None)
        return self.form.kind(
            outcome=outcome,
            possible=self.answer.outcomes,
            title=self.words("outcomes", outcome, "title"),
            sentence=self.words("outcomes", outcome, "sentence"),
            todo=self.words("outcomes", outcome, "todo"),
            proofs=tuple(self.proofs()),
            why_not=tuple(self.why_not()),
            questions=tuple(self.question(spot) for spot in self.answer.questions),
            unclear=tuple(self.unclear(rule) for rule in self.answer.unclear),
            next_day=self.change(next_day(self.law.executor, self.answer)),
            changes=tuple(self.changes()),
            identity=self.identity(),
            notice=self.form.notice,
            **groups,
        )

    def text(self, speak: Any) -> Text:
        return Text(**{language: speak(speaker) for language, speaker in self.speakers.items()})

    def words(self, part: str, key: str, kind: str = "") -> Text:
        return self.text(lambda speaker: speaker.words.text(part, key, kind) or key)

    def citation(self, rule: Rule) -> Citation:
        first, last = rule.period.first, rule.period.last
        return Citation(
            rule=rule.id,
            cite=rule.cite,
            shown=Text(ko=in_korean(rule.cite), en=rule.cite),
            picked_by=rule.selector,
            first=first.isoformat() if first else None,
            last=last.isoformat() if last else None,
            when=Text(
                **{name: one.picked(rule.selector, rule.period) for name, one in self.law_speakers.items()}
            )
            if rule.selector
            else None,
            confidence=rule.confidence,
            facts=rule.facts,
            reading=None if rule.confidence == "V" else self.words("rules", rule.id, "reading"),
        )

    def says(self, step: Step) -> Text:
        return self.text(
            lambda speaker: speaker.sentence(
                step.rule.id, "holds", speaker.premise_values(step.values, step.parameters)
            )
        )

    def step(self, step: Step) -> ProofStep:
        return ProofStep(
            says=self.says(step),
            citation=self.citation(step.rule),
            certain=step.certain,
            values=tuple(
                UsedValue(
                    spot=str(premise.spot),
                    label=self.label(premise.spot),
                    shown=self.text(lambda speaker, premise=premise: speaker.premise(premise)),
                )
                for premise in step.values
                if premise.spot.field
            ),
            because=tuple(self.step(below) for below in step.because),
        )

    def label(self, spot: Spot) -> Text:
        return self.text(lambda speaker: speaker.label(spot))

    def proofs(self) -> Iterator[Proof]:
        """Proofs of each outcome, one for all worlds in which it comes about for the same reasons."""
        for outcome in self.answer.outcomes:
            reasons: dict[Any, list[tuple[World, Step]]] = {}
            for world in self.answer.worlds:
                if outcome in world.outcomes:
                    step = self.outcome_step(world, outcome)
                    reasons.setdefault(_shape(step), []).append((world, step))
            most = max(1, MAX_PROOFS // len(self.answer.outcomes))
            for alike in list(reasons.values())[:most]:
                world, step = alike[0]
                yield Proof(
                    outcome=outcome,
                    title=self.words("outcomes", outcome, "title"),
                    where=tuple(self.assumed(spot, known) for spot, known in world.assumptions),
                    alike=len(alike) - 1,
                    step=self.step(step),
                )

    def outcome_step(self, world: World, outcome: str) -> Step:
        fact = next(
            fact
            for fact, _ in world.conclusions.of(self.rulebook.goal)
            if label_of(fact, self.rulebook) == outcome
        )
        return Explainer(world.conclusions, self.law.executor.program).proof(fact)

    def assumed(self, spot: Spot, known: Known[Any]) -> UsedValue:
        return UsedValue(
            spot=str(spot),
            label=self.label(spot),
            shown=self.text(
                lambda speaker: speaker.value(known, speaker.domain(spot), speaker.field_key(spot))
            ),
        )

    def why_not(self) -> Iterator[NotThis]:
        explainer = Explainer(self.answer.base.conclusions, self.law.executor.program)
        options = self.rulebook.predicates[self.rulebook.goal]["kind"].options
        for outcome in self.rulebook.outcomes:
            if outcome in self.answer.base.outcomes:
                continue
            failure = explainer.why_not(self.rulebook.goal, {"kind": options.index(outcome)})
            if failure is not None:
                yield self.not_this(outcome, failure)

    def not_this(self, outcome: str, failure: Failure) -> NotThis:
        deepest = _deepest(failure)
        if deepest.barred is not None:
            says, rule = self.says(deepest.barred), deepest.barred.rule
        else:
            rule = deepest.rule
            says = self.text(
                lambda speaker: speaker.sentence(
                    rule.id, "fails", speaker.premise_values(deepest.values, deepest.parameters)
                )
            )
        return NotThis(
            outcome=outcome,
            title=self.words("outcomes", outcome, "title"),
            says=says,
            citation=self.citation(rule),
        )

    def items(self, predicates: Sequence[str]) -> Iterator[Item]:
        """What follows in the worlds; certain where it certainly follows in every world."""
        for predicate in predicates:
            for found in self.following[predicate]:
                yield self.item(predicate, found)

    @cached_property
    def following(self) -> Mapping[str, Sequence[Following]]:
        worlds = [world.conclusions.facts() for world in self.answer.worlds]
        return following(self.rulebook, worlds, chain.from_iterable(self.form.groups.values()))

    def item(self, predicate: str, found: Following) -> Item:
        kind = found.kind
        number, fact = found.places[0]
        step = Explainer(self.answer.worlds[number].conclusions, self.law.executor.program).proof(fact)
        up_to = found.ends["up_to"][1] if "up_to" in found.ends else None
        return Item(
            kind=kind,
            label=self.text(
                lambda speaker: str(speaker.words.part("labels").get(predicate, {}).get(kind, kind))
            ),
            says=self.says(step),
            certain=found.certain,
            citation=self.citation(step.rule),
            **self.days(found.ends),
            up_to=up_to,
            up_to_shown=None if up_to is None else self.text(lambda speaker: speaker.money(up_to)),
        )

    def days(self, ends: Mapping[str, Interval]) -> dict[str, Any]:
        """The days of an item, plain and in words."""
        days: dict[str, Any] = {}
        for name in ("by", "from", "until"):
            if f"{name}_on" in ends:
                known = known_of(ends[f"{name}_on"], DATE)
                days[f"{name}_on"] = plain(known)
                days[f"{name}_shown"] = self.text(lambda speaker, known=known: speaker.value(known, DATE))
        return days

    def question(self, spot: Spot) -> Question:
        part, key = ("fields", self.speakers["ko"].field_key(spot)) if spot.field else ("facts", "")
        if not spot.field:
            return Question(spot=str(spot), label=self.label(spot), question=self.label(spot),
                            why=Text(ko="", en=""), where=Text(ko="", en=""))  # fmt: skip
        return Question(
            spot=str(spot),
            label=self.label(spot),
            question=self.words(part, key, "question"),
            why=self.words(part, key, "why"),
            where=self.words(part, key, "where"),
        )

    def unclear(self, rule: Rule) -> UnclearLaw:
        return UnclearLaw(citation=self.citation(rule), says=self.words("rules", rule.id, "reading"))

    def changes(self) -> Iterator[WouldChange]:
        for change in smallest(self.law.executor, self.answer):
            told = self.change(change)
            if told is not None:
                yield told

    def change(self, change: Change | None) -> WouldChange | None:
        if change is None:
            return None
        spot = change.spot
        return WouldChange(
            spot=str(spot),
            label=self.label(spot),
            value=plain(change.value),
            shown=self.text(
                lambda speaker: speaker.value(change.value, speaker.domain(spot), speaker.field_key(spot))
            ),
            outcomes=change.outcomes,
            titles=tuple(self.words("outcomes", outcome, "title") for outcome in change.outcomes),
        )

    def identity(self) -> Identity:
        facts = self.case.model_dump(mode="json", exclude_defaults=True)
        return Identity(
            rulebook=self.rulebook.digest,
            register_version=self.register.version if self.register else None,
            register_year=self.register.year if self.register else None,
            register_synthetic=self.register.synthetic if self.register else False,
            engine=VERSION,
            facts=hashlib.sha256(rfc8785.dumps(facts)).hexdigest(),
        )


def _shape(step: Step) -> tuple[Any, ...]:
    return step.rule.key, tuple(_shape(below) for below in step.because)


def _deepest(failure: Failure) -> Failure:
    while failure.deeper is not None:
        failure = failure.deeper
    return failure
