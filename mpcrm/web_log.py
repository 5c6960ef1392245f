"""The logs of gunicorn: `gunicorn --logger-class mpcrm.web_log.WebLog`."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from mpcrm.logs import SafeFormatter


class WebLog(Logger):
    """Gunicorn's own, but that no line holds the text of an exception or the key in an address."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                form = handler.formatter
                handler.setFormatter(SafeFormatter(form._fmt, form.datefmt) if form else SafeFormatter())
