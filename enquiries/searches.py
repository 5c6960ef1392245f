"""What somebody searched for, kept in their session: addresses hold its short id, never the words."""

from __future__ import annotations

from secrets import token_hex

from django.contrib.sessions.backends.base import SessionBase

KEPT = 20
SEARCHES = "enquiry_searches"


def keep_search(session: SessionBase, words: str) -> str:
    """Keep the words and give their id; the same words keep the same one. Beyond `KEPT`, the oldest goes."""
    searches: dict[str, str] = session.get(SEARCHES, {})
    search = next((key for key, kept in searches.items() if kept == words), token_hex(4))
    searches.pop(search, None)
    session[SEARCHES] = dict([*searches.items(), (search, words)][-KEPT:])
    return search


def words_of_search(session: SessionBase, search: str) -> str:
    """The words of this id; empty where they are not kept, or not any more."""
    return str(session.get(SEARCHES, {}).get(search, ""))
