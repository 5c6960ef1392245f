"""Comparing names as people type them."""

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’‘ʼ`]")
_OTHER = re.compile(r"[^0-9a-z]+")
# Letters that are no letter with a mark, so that taking marks away leaves them.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(text: str) -> str:
    """The text without case, accents, apostrophes and punctuation, `&` as "and", words one space apart.

    >>> fold("Ynys Môn"), fold("Liz Saville-Roberts"), fold("Brighton & Hove"), fold("O’Brien")
    ('ynys mon', 'liz saville roberts', 'brighton and hove', 'obrien')
    """
    marked = unicodedata.normalize("NFKD", text.replace("&", " and ").casefold())
    plain = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return _OTHER.sub(" ", _APOSTROPHES.sub("", plain).translate(_LETTERS)).strip()


def has_words(text: str, *, starting: str) -> bool:
    """Whether each word of `starting` begins some word of `text`; both are folded."""
    haystack = " " + text
    return all(f" {word}" in haystack for word in starting.split())
