"""Requests that show how the API is asked. A test runs each; the answers stand in the description."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.web.catalogue import LawName

CASE: dict[str, Any] = {
    "official": {"retired_on": "2025-06-30", "service": "general", "grade": 4, "body": "other"},
    "engagement": {
        "start_on": "2026-03-02",
        "role": "other",
        "duty": "ordinary",
        "own_business": False,
        "handles_or_advises": True,
        "paid": True,
        "periodic": True,
    },
    "employer": {"kind": "company", "listed": True, "succession": "none"},
    "postings": [{"body": "가상부", "unit": "가상과", "to_on": "2025-06-30", "seconded": False}],
    "works": {
        "complete": True,
        "items": [
            {
                "category": ["contract", "supervision"],
                "body": "가상부",
                "unit": "가상과",
                "last_on": "2024-11-05",
                "toward_employer": True,
            }
        ],
    },
}
HOUSEHOLD: dict[str, Any] = {
    "holder": {
        "asked_on": "2026-03-10",
        "asset_discloser": True,
        "service": "general",
        "grade": 1,
        "senior_civil_service": True,
        "finance_body": "none",
    },
    "holding": {"arose_on": "2026-01-15", "basis": "exceeded"},
    "stocks": [
        {"owner": "self", "kind": "listed", "value": 25_000_000, "refused_notice": False},
        {"owner": "spouse", "kind": "listed", "value": 20_000_000, "refused_notice": False},
    ],
}
BEGUN: dict[str, Any] = {
    "case": {
        "official": {"agency": "국세청", "rank": "세무6급", "retired_on": "2025-12"},
        "engagement": {"start_on": "2026-06-01"},
        "employer": {"kind": "company"},
    },
    "unknown": ["employer.listed"],
}
HOLDING_BEGUN: dict[str, Any] = {
    "case": {"holder": {"asked_on": "2026-03-10"}, "holding": {}, "stocks": []},
    "unknown": [],
}
BODIES: Mapping[str, Mapping[LawName, dict[str, Any]]] = {
    "check": {"employment": CASE, "trust": HOUSEHOLD},
    "interview": {"employment": BEGUN, "trust": HOLDING_BEGUN},
}
"""What is sent in the body, by operation and rulebook."""
QUERIES: Mapping[str, Mapping[str, Any]] = {
    "employers": {"q": "가상", "on": date(2026, 3, 2)},
    "ranks": {"q": "세무", "part": "rank"},
    "rules": {"law": "employment", "provision": "restriction-window", "on": date(2026, 1, 1)},
    "rule": {"law": "employment"},
}
RULE = "window.open"
"""The rule asked for where one rule is asked for."""
