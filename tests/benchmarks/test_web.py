"""The result page under load, beside a route that does nothing: the same server, workers and client."""

from rules.facts import EmploymentCase
from service.web.samples import CASE as SAMPLE
from tests.benchmarks.conftest import Figure, Report
from tests.benchmarks.measuring import percentile, shown
from tests.benchmarks.web import CLIENTS, WORKERS, asked, request, served
from tests.interviewing import pairs_of

SECONDS = 5.0
ROUNDS = 3
HEAD = ["", "n", "requests a second", "p50", "p99"]
CASE = EmploymentCase.model_validate(SAMPLE)


def test_result_page(report: Report, figure: Figure) -> None:
    messages = {
        "an empty FastAPI route": ("empty", request("/")),
        "the first page of the self-test": ("self_test", request("/self-test")),
        "the result page": ("self_test", request("/self-test", [*pairs_of(CASE), ("do", "result")])),
    }
    times: dict[str, list[float]] = {name: [] for name in messages}
    with served("empty") as bare, served("self_test") as ours:
        ports = {"empty": bare, "self_test": ours}
        for app, message in messages.values():
            asked(ports[app], message, 1)
        for _ in range(ROUNDS):
            for name, (app, message) in messages.items():
                times[name] += asked(ports[app], message, SECONDS)
    pace = {name: len(taken) / (ROUNDS * SECONDS) for name, taken in times.items()}
    micro = {name: [one * 1e6 for one in taken] for name, taken in times.items()}
    report(
        f"Pages under load, {WORKERS} workers, {CLIENTS} connections",
        HEAD,
        [
            [name, f"{len(some):,}", f"{pace[name]:,.1f}", *(shown(percentile(some, at)) for at in (50, 99))]
            for name, some in micro.items()
        ],
        ["The client runs on the same cores. The result page runs the rules and their counterfactuals anew "
         "for each request, as nothing of a visitor is kept."],
    )  # fmt: skip
    share = pace["the result page"] / pace["an empty FastAPI route"]
    what = f"self-test result page, {WORKERS} workers"
    taken = micro["the result page"]
    figure(what, "half the pace of an empty route", f"{share:.3f} of it", share >= 0.5, taken)
