"""The product's own settings, but for where static files were collected: what tests/test_compose.py starts."""

import os
from pathlib import Path

from mpcrm.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["TEST_STATIC_ROOT"])
