"""Answers kept in the database, for going on after a crash and for asking only whether they have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from contacts.models import ParliamentAnswer
from contacts.parliament.client import Kept


class KeptAnswers:
    """Those fetched since `fresh_from` are good as they are; `moment` says what time it is."""

    def __init__(self, *, fresh_from: datetime, moment: Callable[[], datetime]) -> None:
        self.fresh_from = fresh_from
        self.moment = moment

    def find(self, address: str) -> Kept | None:
        row = ParliamentAnswer.objects.filter(address=address).first()
        if row is None:
            return None
        return Kept(row.body, row.etag, row.last_modified, is_fresh=row.fetched_at >= self.fresh_from)

    def keep(self, address: str, kept: Kept) -> None:
        row = ParliamentAnswer(
            address=address,
            body=kept.body,
            etag=kept.etag,
            last_modified=kept.last_modified,
            fetched_at=self.moment(),
        )
        ParliamentAnswer.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["address"],
            update_fields=["body", "etag", "last_modified", "fetched_at"],
        )
