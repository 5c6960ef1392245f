"""What Parliament's APIs answered last, address by address."""

from __future__ import annotations

from django.db import models


class ParliamentAnswer(models.Model):
    """The last answer of an address that was understood: for going on after a crash, and for asking only
    whether it has changed."""

    address = models.CharField(max_length=500, unique=True)
    body = models.TextField()
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    fetched_at = models.DateTimeField()

    class Meta:
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address
