"""What a postcode looks like, and how postcodes are compared: without blanks, in capitals."""

from __future__ import annotations

import re

# One or two letters, a digit, perhaps one more letter or digit; then a digit and two letters.
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")


def squashed(text: str) -> str:
    """As compared: "sw1a 0aa", "SW1A-0AA" and "SW1A0AA" are one."""
    return re.sub(r"[\s\-.]", "", text).upper()


def is_postcode(text: str) -> bool:
    return bool(POSTCODE.fullmatch(squashed(text)))


def spaced(postcode: str) -> str:
    """As written: "SW1A 0AA"."""
    return f"{postcode[:-3]} {postcode[-3:]}"


def is_half_a_postcode(text: str) -> bool:
    """Whether it is the first half alone: "SW1A"."""
    return bool(re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?", squashed(text)))
