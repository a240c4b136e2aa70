"""How a request is read: how much of it, where its uploads lie meanwhile, and without what nobody types."""

from __future__ import annotations

import io
from typing import IO

from flask import Blueprint, Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

LARGEST_REQUEST = 52 * 1024 * 1024
NUL = "\0"

_kept_in_memory: set[str] = set()


def keep_uploads_in_memory(blueprint: Blueprint) -> None:
    """What is uploaded to these pages never lies on a disk in the clear, not even in a temporary file."""
    _kept_in_memory.add(blueprint.name)


class CarefulRequest(Request):
    """A request whose uploads stay in memory where they must; elsewhere large ones go through a file.

    LARGEST_REQUEST bounds what one request takes. NUL is left out of what its address asks: nobody types it,
    and PostgreSQL refuses it in any text.
    """

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What stands in the address after the question mark."""
        asked = super().args
        return ImmutableMultiDict((name, said.replace(NUL, "")) for name, said in asked.items(multi=True))

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.blueprint in _kept_in_memory:
            return io.BytesIO()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)
