"""A category as an administrator adds it."""

import json
from typing import Any

from marketplace.contracts.catalogue import actions
from marketplace.core.policy import ADMINISTRATOR

PLAYGROUND: dict[str, Any] = {
    "id": "playground",
    "name": "Playground equipment",
    "volume_unit": "pieces",
    "cpv": [{"code": "37535200", "label": "Playground equipment"}],
    "fields": [
        {"key": "surface", "label": "Surface", "type": "text", "required": True},
        {
            "key": "age",
            "label": "For which age?",
            "type": "enum",
            "required": True,
            "options": {"infants": "Infants", "juniors": "Juniors"},
        },
    ],
}


def category_file(*rows: dict[str, Any]) -> bytes:
    """A file with these categories, or the playground."""
    return json.dumps({"categories": rows or [PLAYGROUND]}).encode()


def added_category(*rows: dict[str, Any]) -> None:
    """Import these categories, or the playground."""
    actions.import_categories(ADMINISTRATOR, category_file(*rows))
