"""What Celery wakes."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications.tick import run_tick


@shared_task
def tick() -> None:
    """Run one tick. It may run twice, late or beside itself."""
    run_tick(now=timezone.now())
