"""The log: one line for each thing that happened, for whoever runs Weald and never about anybody in it.

An event has a name and what identifies its subject: ids, counts, durations. In production a line is JSON, and
nothing else can get into it: of an exception it says the type and the places, never the message, which may
quote what somebody typed; of another library's sentence it keeps the numbers and blanks out the rest.
In a demonstration lines are for reading, with whole tracebacks.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, Processor

from marketplace.core.settings import PROJECT, Settings

OURS = ("app", "demonstration", "invoicing", "marketplace", "suppliers")
BLANK = "…"
MOST_PLACES = 40

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=BoundLogger,
    cache_logger_on_first_use=True,
)


def of(name: str) -> BoundLogger:
    """The log of a module: `log = logs.of(__name__)`, then `log.info("thing.happened", thing_id=…)`."""
    logger: BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def set_up(settings: Settings) -> None:
    """Write the log of this process to standard error. Whoever starts a process that stays calls it."""
    logging.config.dictConfig(configuration(production=settings.production, level=settings.log_level))


def configuration(*, production: bool, level: str) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes. Other libraries are heard only when something is wrong."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"weald": {"()": formatter, "production": production}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "weald"}
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            name: {"level": level.upper(), "propagate": True} for name in (*OURS, "huey", "gunicorn.error")
        },
    }


def formatter(*, production: bool) -> ProcessorFormatter:
    """What writes an event as a line: JSON in production, for reading elsewhere."""
    ending: tuple[Processor, ...] = (
        (_exception_without_words, structlog.processors.JSONRenderer())
        if production
        else (
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        )
    )
    before: list[Processor] = [structlog.contextvars.merge_contextvars]
    return ProcessorFormatter(
        foreign_pre_chain=[_without_values, *before] if production else before,
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            ProcessorFormatter.remove_processors_meta,
            *ending,
        ],
        use_get_message=not production,
        pass_foreign_args=production,
    )


def _without_values(_: Any, __: str, event: EventDict) -> EventDict:
    """Another library's sentence with its numbers, and a blank where it would name something else."""
    record: logging.LogRecord = event["_record"]
    said, values = str(record.msg), event.pop("positional_args", None)
    try:
        event["event"] = said % _blanked(values) if values else said
    except (TypeError, ValueError, KeyError):
        event["event"] = said
    return event


def _blanked(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {name: _blanked(value) for name, value in values.items()}
    if isinstance(values, tuple):
        return tuple(_blanked(value) for value in values)
    return values if isinstance(values, int | float) else BLANK


def _exception_without_words(_: Any, __: str, event: EventDict) -> EventDict:
    """Of an exception and its causes: the types, and the places that each went through."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    chain = []
    while isinstance(error, BaseException):
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        chain.append({"type": kind, "places": _places(error.__traceback__)})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if chain:
        event["exception"] = chain
    return event


def _places(trace: TracebackType | None) -> list[str]:
    found = traceback.extract_tb(trace)[-MOST_PLACES:]
    return [f"{_short(place.filename)}:{place.lineno} {place.name}" for place in found]


def _short(filename: str) -> str:
    """Where a file is in the project or among the libraries: not where those lie on this machine."""
    _, found, inside = filename.rpartition("/site-packages/")
    if found:
        return inside
    path = Path(filename)
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else path.name
