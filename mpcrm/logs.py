"""What a log line may say: where something went wrong and of what kind, never in whose words."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

# The last part of these addresses lets whoever has it choose a password.
CREDENTIAL = re.compile(r"""(/join/[^/\s"']+/|/password/new/[0-9A-Za-z]+-)[^/\s"'?]+""")
# What somebody searched the directory for: meant to be an MP's name, but nobody makes sure.
SEARCHED = re.compile(r"""([?&]q=)[^&#\s"']+""")


class SafeFormatter(logging.Formatter):
    """Leaves out the text of exceptions, and from addresses keys and what was searched for.

    A database says which row it refused, value by value ("Failing row contains (…)"), so that the text of an
    exception may hold a constituent's name and words. What is left is its type, and the file, line and
    function of each call that led to it; the same for the exceptions it came of.
    """

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)  # other handlers get the same one
        record.msg, record.args, record.exc_text = _message(record), None, None
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        return "\n".join(_lines(ei[1], ei[2]))


def without_what_was_typed(text: str) -> str:
    return SEARCHED.sub(r"\1***", CREDENTIAL.sub(r"\1***", text))


def _message(record: logging.LogRecord) -> str:
    record = copy.copy(record)
    if isinstance(record.msg, BaseException):
        record.msg = _kind(record.msg)
    if isinstance(record.args, tuple):
        record.args = tuple(_kind(each) if isinstance(each, BaseException) else each for each in record.args)
    elif isinstance(record.args, Mapping) and {"exc", "traceback"} <= set(record.args):
        # Celery hands over a failed task's exception in words.
        record.args = {**record.args, "exc": "it failed", "traceback": ""}
    message = record.getMessage()
    for error in _chain(record.exc_info[1] if record.exc_info else None):
        for words in (repr(error), str(error)):
            if len(words) > 1:
                message = message.replace(words, _kind(error))
    return without_what_was_typed(message)


def _lines(error: BaseException | None, at: TracebackType | None) -> Iterator[str]:
    """Where each exception was raised and its type: the first of a chain first, like Python's own."""
    errors = list(_chain(error))
    for each in reversed(errors):
        yield f"{_kind(each)} (its text is left out), raised by:"
        place = at if each is error else each.__traceback__
        while place is not None:
            code = place.tb_frame.f_code
            yield f"  {code.co_filename}:{place.tb_lineno} {code.co_name}"
            place = place.tb_next


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, then what it came of, and the members of groups among them; each once."""
    waiting, seen = [error], set()
    while waiting:
        error = waiting.pop(0)
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            waiting += error.exceptions
        waiting.append(error.__cause__ or (None if error.__suppress_context__ else error.__context__))


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"
