"""Release and record packages: what was published, as others take it up. Plain Python.

https://standard.open-contracting.org/1.1/en/schema/release_package/ and …/record_package/. The links to
further pages are those of the pagination extension.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from marketplace.tenders.uk_notices import schema

VERSION = "1.1"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
PAGINATION = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_pagination_extension/master/extension.json"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around the releases or records: its own address, who publishes, the next page if any."""

    address: str
    publisher: str
    publisher_address: str
    changed_at: datetime
    next_address: str = ""

    def around(self, **content: Any) -> dict[str, Any]:
        """The package with this content."""
        package: dict[str, Any] = {
            "uri": self.address,
            "version": VERSION,
            "extensions": [*schema.EXTENSIONS, *schema.ALSO_USED, PAGINATION],
            "publishedDate": self.changed_at.astimezone(UTC).isoformat(timespec="seconds"),
            "publisher": {"name": self.publisher, "uri": self.publisher_address},
            "license": LICENCE,
            **content,
        }
        if self.next_address:
            package["links"] = {"next": self.next_address}
        return package


def release_package(envelope: Envelope, releases: Sequence[str]) -> dict[str, Any]:
    """Releases, each the text that was published."""
    return envelope.around(releases=[json.loads(one) for one in releases])


def record_package(envelope: Envelope, processes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Records: of each process (by ocid) its releases, oldest first, and what they come to together."""
    return envelope.around(records=[_record(ocid, texts) for ocid, texts in processes.items()])


def _record(ocid: str, texts: Sequence[str]) -> dict[str, Any]:
    releases = [json.loads(one) for one in texts]
    return {
        "ocid": ocid,
        "releases": releases,
        "compiledRelease": schema.merger().create_compiled_release(releases),
    }
