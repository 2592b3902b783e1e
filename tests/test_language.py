import pytest

from service.language import WORDS, from_locale, say, words


def keys(entry: object) -> object:
    return {key: keys(value) for key, value in entry.items()} if isinstance(entry, dict) else None


def test_both_languages_have_the_same_words() -> None:
    assert keys(words("ko")) == keys(words("en"))


@pytest.mark.parametrize(("locale", "language"), [("ko_KR.UTF-8", "ko"), ("en_US.UTF-8", "en"), ("C", "en")])
def test_the_language_follows_the_locale(locale: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert from_locale() == language


def test_sentences_are_filled_in() -> None:
    assert say("en", "by", day="2 May 2026") == "by 2 May 2026"


def test_every_word_is_said_somewhere() -> None:
    source = "".join(path.read_text() for path in WORDS.parent.glob("*.py"))
    assert [key for key in words("en") if f'"{key}"' not in source and f"'{key}'" not in source] == []
