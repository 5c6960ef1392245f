"""What somebody searched for, and the queue they saw last, kept in their session: addresses hold a search's
short id, never the words."""

from __future__ import annotations

from secrets import token_hex

from django.contrib.sessions.backends.base import SessionBase

from accounts.models import Authority

KEPT = 20
SEARCHES = "enquiry_searches"
QUEUES = "enquiry_queues"


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


def keep_queue(session: SessionBase, authority: Authority, query: str) -> None:
    """Keep how this authority's queue was last looked at: its tab, filters, order and page."""
    if queue_last_seen(session, authority) != query:
        session[QUEUES] = {**session.get(QUEUES, {}), str(authority.pk): query}


def queue_last_seen(session: SessionBase, authority: Authority) -> str:
    """The query of the queue as it was last looked at; empty if it was not."""
    return str(session.get(QUEUES, {}).get(str(authority.pk), ""))
