"""Decided rows and files of them, for the tests of the published month."""

from pathlib import Path

from cases.published.survey import RESULTS
from service.publication.decided import REVIEWED, Decided

MEETINGS = RESULTS.with_name("meetings.csv")
OFFICIAL = "연번,퇴직 당시 소속,직위(직급),퇴직일,취업(예정) 기관(직위),일자,심사결과,결정사유"
PLAIN = "id,month,agency,grade,retired_on,employer,employer_position,start_on,decision,ground,source"
RESULT_WORDS = (*REVIEWED, "deferred", "fined", "livelihood_exempt", "complaint")


def table(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "decided.csv") -> Path:
    path = folder / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def decided(month: str = "2025-03", result: str = "possible", **more: object) -> Decided:
    plain: dict[str, object] = {
        "month": month,
        "agency": "국세청",
        "grade": "4급",
        "retired": "'25년 1월",
        "employer": "㈜가 (고문)",
        "started": "'25년 4월",
        "result": result,
        "reasons": (),
        "source": "",
        "line": 2,
    }
    return Decided(**(plain | more))  # type: ignore[arg-type]
