"""What is wrong with an input, where it is and what to do, in Korean and English."""

from dataclasses import dataclass, field

from service.register.words import say


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: `code` picks the words; row and column count from 1 as a spreadsheet shows them."""

    code: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def what(self, lang: str) -> str:
        return say(lang, f"problems.{self.code}.what", **self.values)

    def remedy(self, lang: str) -> str:
        return say(lang, f"problems.{self.code}.remedy", **self.values)

    def where(self, lang: str) -> str:
        places = [self.file, self.sheet]
        if self.row is not None:
            places.append(say(lang, "place.row", row=str(self.row)))
        if self.column:
            places.append(say(lang, "place.column", column=self.column))
        return ", ".join(place for place in places if place)

    def sentence(self, lang: str) -> str:
        where = self.where(lang)
        return f"{where + ': ' if where else ''}{self.what(lang)} {self.remedy(lang)}"


class RegisterError(Exception):
    """Input from which nothing can be used; carries the Problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence("en"))
        self.problem = problem
