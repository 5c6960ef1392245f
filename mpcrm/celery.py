"""Celery, the alarm clock: one tick a minute. It holds nothing that is owed (see `notifications.tick`)."""

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mpcrm.settings")

app = Celery("mpcrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_log(**given: object) -> None:
    """Celery would else print with handlers of its own, and with them the text of exceptions."""
    logging.config.dictConfig(settings.LOGGING)
