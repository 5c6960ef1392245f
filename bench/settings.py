"""Production's settings, with one more address: an empty page for a signed-in person."""

from mpcrm.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
