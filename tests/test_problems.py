import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from typer.testing import CliRunner

from cases.files import find_cases, parse_case, read_cases, read_one
from cases.published import read_published, write_cases
from engine.errors import InputError, Problem, nearest
from engine.values import MAX_OPTIONS, Domain, parse_known
from rules.advice import refuse_contradiction
from rules.facts import EmploymentCase
from rules.lexicon import Lexicon
from service.cli import app
from service.problems import spoken
from tests import test_cli, test_files

ROOT = Path(__file__).parent.parent
PLAIN = test_files.PLAIN
TERMS = {
    "x0001",
    "YAML",
    "UTF",
    "CSV",
    "CP949",
    "psea",
    "cases",
    "schema",
    "run",
    "docs",
    "rule",
    "language",
    "md",
}
KEYS = {"at_least", "at_most", "true", "false", "official", "employer", "grade", "decision"}
SPOKEN_SOURCES = (
    "engine/errors.py",
    "engine/values.py",
    "engine/documents.py",
    "engine/facts.py",
    "cases/files.py",
    "cases/published/imports.py",
    "cases/published/months.py",
    "cases/published/results.py",
    "cases/published/table.py",
    "rules/facts.py",
    "rules/holdings.py",
    "service/console.py",
    "service/publication/commands.py",
    "service/publication/decided.py",
    "service/publication/files.py",
    "service/publication/meetings.py",
    "service/publication/personal.py",
    "service/publication/reasons.py",
    "service/publication/records.py",
    "service/replay/commands.py",
    "service/rules.py",
)
HEADING = "id,month,agency,grade,retired_on,employer,employer_position,start_on,decision,ground,source\n"
ROW = "a1,2025-01,국세청,4급,2024-12,㈜가,,2025-02,possible,,\n"


def korean(message: str, remedy: str = "Write digits") -> tuple[str, str]:
    return spoken(Problem(message, remedy), "ko")


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", text))


def assert_spoken(problem: Problem, *sources: str) -> None:
    """Korean, and Latin words only where the input, the facts of a case or the names of formats have them."""
    message, remedy = spoken(problem, "ko")
    assert message != problem.message
    assert remedy != problem.remedy
    allowed = TERMS | KEYS | words_of(" ".join(sources)) | offered(problem.remedy)
    for said in (message, remedy):
        assert re.search("[가-힣]", said), said
        assert not words_of(said) - allowed, said
        assert not said.endswith("."), said


def offered(remedy: str) -> set[str]:
    """The known words that a remedy offers."""
    listed = remedy.removeprefix("Write one of ")
    return words_of(listed if listed != remedy else " ".join(re.findall("'([^']*)'", remedy)))


def given_texts() -> Iterator[str]:
    functions: tuple[Any, ...] = (
        test_files.test_bad_input_names_its_place_and_its_remedy,
        test_cli.test_bad_cases_end_with_place_and_remedy_and_exit_2,
    )
    for function in functions:
        yield from (text for text, _ in function.pytestmark[0].args[1])
    yield "official: {retired_on: 2025-13-01, grade: x}\nengagement: {}\nemployer: {kind: firm}\n"


def further_texts() -> Iterator[str]:
    yield "official: 3\nengagement: []\nemployer: {}\nworks: 5\n"
    yield PLAIN + "title: 4\nexpect: {fires: x, by: [1], outcome: 4}\n"
    yield PLAIN + "works: {items: [{}], complete: perhaps, extra: 1}\n"
    yield PLAIN + f"works: [{','.join(['{}'] * 201)}]\n"
    yield PLAIN.replace("grade: 4", "rank: 없음직")
    yield "case: near\nlike: nearr\n" + PLAIN
    yield PLAIN + "---\n" + PLAIN
    yield "{a: 1, a: 2, b: !c 1, d: !!int e}\n"
    yield "[" * 40
    yield "a: \x01\n"
    yield from ("'a", "a: b: c", "a:\n\t- b", "a: [1\nb: 2", "a: {b: }}", '"\\q"', "- a\nb: 1", "%a", "a: &")


@pytest.mark.parametrize("text", [*given_texts(), *further_texts()])
def test_every_problem_of_a_bad_case_is_told_in_korean(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_case(text, "case.yaml")
    for problem in caught.value.problems:
        assert_spoken(problem, text)


def bad_values() -> Iterator[tuple[Domain, Any]]:
    domains = (
        *(Domain(kind) for kind in ("bool", "int", "won", "date", "text")),
        Domain("enum", ("high", "low")),
        Domain("enum", ("low", "high"), ordered=True),
    )
    wrong: tuple[Any, ...] = (
        "",
        "lwo",
        "2025-02-30",
        "maybe",
        -1,
        2**60,
        1.5,
        True,
        "긴" * 300,
        [],
        [{}],
        [1] * (MAX_OPTIONS + 1),
    )
    ranges: tuple[Any, ...] = ({}, {"from": 1}, {"at_least": "lwo"}, {"at_least": 5, "at_most": 4})
    backwards = {"at_least": "2025-02", "at_most": "2025-01"}
    for domain in domains:
        yield from ((domain, raw) for raw in (*wrong, *ranges, backwards))


def test_every_value_that_cannot_be_read_is_refused_in_korean() -> None:
    told = set()
    for domain, raw in bad_values():
        try:
            parse_known(raw, domain)
        except PydanticCustomError as error:
            context = error.context or {}
            assert_spoken(Problem(context["message"], context["remedy"]), repr(raw))
            told.add((domain.kind, context["message"]))
    assert {kind for kind, _ in told} == {"bool", "int", "won", "date", "text", "enum"}
    assert len(told) > 50


def test_every_problem_with_a_file_is_told_in_korean(tmp_path: Path) -> None:
    huge, latin, two = (tmp_path / name for name in ("huge.yaml", "latin.yaml", "two.yaml"))
    huge.write_bytes(b" " * 1_000_001)
    latin.write_bytes("a: é".encode("latin-1"))
    two.write_text(f"{PLAIN}---\n{PLAIN}")
    for path in (huge, latin, two, tmp_path, tmp_path / "nowhere.yaml"):
        with pytest.raises(InputError) as caught:
            read_one(path, EmploymentCase)
        for problem in caught.value.problems:
            assert_spoken(problem)
    with pytest.raises(InputError) as caught:
        list(find_cases(tmp_path / "nowhere"))
    assert_spoken(caught.value.problems[0])


@pytest.mark.parametrize(
    "more",
    [
        "engagement: {start_on: 2025-01-01}\n",
        "engagement: {}\npostings: [{from_on: 2024-02-01, to_on: 2024-01-01}]\n",
    ],
)
def test_contradictions_are_told_in_korean(more: str) -> None:
    case = parse_case(PLAIN.replace("engagement: {}\n", more)).facts
    assert isinstance(case, EmploymentCase)
    with pytest.raises(InputError) as caught:
        refuse_contradiction(case)
    assert_spoken(caught.value.problems[0])


def test_every_problem_of_a_table_is_told_in_korean(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [
        ROW,
        ROW,
        "a b,2025-01,국세청,4급,,㈜가,,,possible,,\n",
        "a2,2025-13,국세청,4급,soon,㈜가,,,possibel,,\n",
        "a3,,,,,㈜가,,,,,\n",
        "a4,,국세청,4급,,㈜가,,,possible,,\n",
        "a5,2025-01,국세청\n",
        'a6,"2025-01"x,국세청,4급,2024-12,㈜가,,,possible,,\n',
        "a7,2015-01,국세청,4급,2014-12,㈜가,,2015-02,possible,,\n",
        "a8,2025-01,국세청,4급,2024-12,㈜가,,2024-02,possible,,\n",
    ]
    path.write_text(HEADING + "".join(rows))
    cases, problems = read_published(path)
    assert len(problems) >= 10
    for problem in problems:
        assert_spoken(problem, *rows)
    path.write_text("a,b\n")
    for unreadable in (path, tmp_path):
        with pytest.raises(InputError) as caught:
            read_published(unreadable)
        assert_spoken(caught.value.problems[0])
    with pytest.raises(InputError) as caught:
        write_cases(cases, path)
    assert_spoken(caught.value.problems[0])


def raised_sentences() -> Iterator[str]:
    """Message and remedy of every problem that the sources raise in so many words, with 7 in the gaps."""
    for source in SPOKEN_SOURCES:
        for call in ast.walk(ast.parse((ROOT / source).read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {
                "refuse", "Problem", "_wrong", "self.problem", "ValueError",
            }:  # fmt: skip
                yield from (text for argument in call.args[:2] if (text := written(argument)))


def written(argument: ast.expr) -> str:
    match argument:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
    return ""


def test_every_sentence_of_the_sources_has_a_korean_one() -> None:
    sentences = set(raised_sentences())
    assert len(sentences) > 80
    untold = {sentence for sentence in sentences if korean(sentence)[0] == sentence}
    assert untold == {"Correct this entry; 7 the form"}


def test_the_remedies_of_the_lexicon_are_told_in_its_own_words() -> None:
    remedies = Lexicon.load().entries.remedies
    for remedy in (remedies.unknown, remedies.at_odds):
        assert korean(remedy["en"].rstrip("."))[0] == remedy["ko"].rstrip(".")


def test_a_pair_has_the_same_gaps() -> None:
    import yaml

    from service.language import WORDS

    pairs = yaml.safe_load((WORDS / "problems.yaml").read_text(encoding="utf-8"))
    for pair in pairs:
        english, told = (re.findall(r"\{(\w+)\}", pair[language]) for language in ("en", "ko"))
        assert sorted(set(english) - {"_"}) == sorted(told), pair
    assert len({pair["en"] for pair in pairs}) == len(pairs)


@given(st.text(min_size=1), st.dates(), st.dates())
def test_gaps_are_carried_over(word: str, start: date, retired: date) -> None:
    assert repr(word) in korean(f"The case {word!r} stands twice")[0]
    said = korean(f"The job starts ({start}) before the retirement ({retired})")[0]
    assert said.index(str(start)) < said.rindex(str(retired))


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("grde", ["grade"], "혹시 'grade'인가요?"),
        ("grad", ["grade", "graded"], "혹시 'grade' 또는 'graded'인가요?"),
        ("grad", ["grade", "graded", "grads"], "혹시 'grads', 'grade' 또는 'graded'인가요?"),
        ("x", ["one", "two"], "다음 가운데 하나로 적으세요: one, two"),
        ("x", ["it's"], "다음 가운데 하나로 적으세요: it's"),
        ("its", ["it's"], '혹시 "it\'s"인가요?'),
    ],
)
def test_near_words_are_offered_in_korean(word: str, known: list[str], said: str) -> None:
    assert korean("x", nearest(word, known))[1] == said


def test_the_most_literal_sentence_is_taken() -> None:
    assert "직급" in korean("'a' is not a rank or agency that is known here")[0]
    assert "여기에서" in korean("'a' is not known here")[0]


def test_a_remedy_of_several_sentences_is_translated_whole() -> None:
    (problem,) = refused(PLAIN.replace("grade: 4", "rank: 경갑"))
    remedy = spoken(problem, "ko")[1]
    assert "경감" in remedy
    assert remedy.endswith("입력하십시오")


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        parse_case(text, "case.yaml")
    return caught.value.problems


def test_what_has_no_korean_stays_as_it_is() -> None:
    assert korean("Nobody wrote this", "Nor this") == ("Nobody wrote this", "Nor this")
    assert korean("Exchange them all")[0] == "Exchange them all"
    assert korean("This is not valid YAML: unheard of")[0].endswith(": unheard of")
    assert spoken(Problem("This file is empty", "Split it"), "en") == ("This file is empty", "Split it")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLAIN.replace("2025-12-31", "2025-02-30"), "달력에 없는 날입니다. 연, 월, 일을 확인하세요.\n"),
        (
            PLAIN.replace("grade: 4", "grde: 4"),
            "'grde'은(는) 여기에서 쓸 수 없는 말입니다. 혹시 'grade'인가요?\n",
        ),
    ],
)
def test_the_program_tells_place_and_remedy_in_korean(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    result = psea("check", path, "--lang", "ko")
    assert result.exit_code == 2
    assert result.stderr.endswith(said)
    assert "bad.yaml:1, official." in result.stderr


def test_json_keeps_to_english(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("")
    assert '"message": "This file is empty"' in psea("check", path, "--lang", "ko", "--json").stdout


def test_an_import_tells_its_problems_in_korean(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEADING + ROW + ROW)
    result = psea("cases", "import", path, "--out", tmp_path / "out", "--lang", "ko")
    assert result.exit_code == 1
    said = "table.csv:3, id: 같은 사례번호가 두 번 나옵니다: 'a1'. 다른 사례번호를 붙이세요."
    assert said in result.stdout
    assert len(read_cases(tmp_path / "out" / "a1.yaml")) == 1


def psea(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "400"})
