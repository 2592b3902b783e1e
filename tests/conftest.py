"""Property tests run 50 examples each; PSEA_HYPOTHESIS=full runs 2,000."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("full", settings.get_profile("quick"), max_examples=2_000)
settings.load_profile(os.environ.get("PSEA_HYPOTHESIS", "quick"))
