import re
from collections.abc import Iterator
from typing import Any

from service.publication.counts import NAMES, RESULTS
from service.publication.reasons import MOST_ITEMS, Ground
from service.publication.tables import COLUMNS
from service.publication.words import month_name, say, words


def flat(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in pairs:
        if isinstance(value, dict | list):
            yield from flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", str(value)


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    korean, english = (dict(flat(words(language))) for language in ("ko", "en"))
    assert korean.keys() == english.keys()
    for key in korean:
        gaps = [sorted(re.findall(r"{(\w+)}", said[key])) for said in (korean, english)]
        assert gaps[0] == gaps[1], key


def test_everything_that_is_counted_and_told_has_words() -> None:
    for language in ("ko", "en"):
        said = words(language)
        assert {*NAMES, "passed", "refused"} <= said["counts"].keys()
        assert {*RESULTS} == said["results"].keys()
        assert {*Ground} <= {key.removesuffix("_items") for key in said["reasons"]} | {"not_items"}
        assert {f"{ground}_items" for ground in MOST_ITEMS} <= said["reasons"].keys()
        assert [*said["grounds"]] == [*range(1, MOST_ITEMS[Ground.APPROVAL] + 1)]
    assert tuple(words("ko")["columns"]) == COLUMNS


def test_months_have_names() -> None:
    assert [month_name(language, "2025-03") for language in ("ko", "en")] == ["2025년 3월", "March 2025"]
    assert [month_name(language, "2025-03", short=True) for language in ("ko", "en")] == ["3월", "March"]
    assert say("en", "notes.unread", rows=3).startswith("3 rows")
