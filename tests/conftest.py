"""How hard hypothesis tries: the same cases every time, unless asked to go further.

``HYPOTHESIS_PROFILE=thorough python -m pytest tests/scoring/test_properties.py`` searches anew.
"""

import os

from hypothesis import HealthCheck, settings

slow = [HealthCheck.too_slow]
settings.register_profile(
    "steady", max_examples=60, deadline=None, derandomize=True, suppress_health_check=slow
)
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
