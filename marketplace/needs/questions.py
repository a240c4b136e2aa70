"""Which questions a need asks, page by page, in their order. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.contracts.categories import Category, CategoryField
from marketplace.needs.answers import field_name

FIRST = (
    ("about", "What the school needs", ("title", "description")),
    ("volume", "How much the school needs", ("volume",)),
)
LAST = (
    ("today", "The contract that the school has today", ("current_supplier", "contract_ends_on")),
    ("cost", "What it costs", ("current_annual_spend", "highest_annual_spend")),
    ("staff", "The people who do it today", ()),
    (
        "wanted",
        "From when, and for how long",
        ("wanted_from", "term_months", "term_unknown", "extension_months"),
    ),
    (
        "frameworks",
        "Frameworks that the Department for Education approves",
        ("frameworks", "frameworks_reason"),
    ),
    ("joint", "Buying together", ("joint", "joint_condition")),
)


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One page: the word in its address, its heading, and the form fields that it asks for.

    A page with one field asks it as its heading.
    """

    slug: str
    heading: str
    fields: tuple[str, ...]


def pages(category: Category, *, frameworks: bool) -> list[QuestionPage]:
    """The pages of a need in a category. `frameworks` says whether any approved one covers it today."""
    own = [field for field in category.fields if not field.is_common]
    common = [field for field in category.fields if field.is_common]
    return [
        *_standard(FIRST, common),
        *_own_pages(own),
        *(page for page in _standard(LAST, common) if frameworks or page.slug != "frameworks"),
    ]


def _standard(
    parts: Sequence[tuple[str, str, tuple[str, ...]]], common: Sequence[CategoryField]
) -> list[QuestionPage]:
    """The pages that every need has, with the common questions that belong on them."""
    made = [
        QuestionPage(
            slug, heading, (*names, *(field_name(field.key) for field in common if field.page == slug))
        )
        for slug, heading, names in parts
    ]
    return [page for page in made if page.fields]


def _own_pages(fields: Sequence[CategoryField]) -> list[QuestionPage]:
    """The category's own questions: those that share a page stand where the first of them stands."""
    grouped: dict[str, list[CategoryField]] = {}
    for field in fields:
        grouped.setdefault(field.page or field.key, []).append(field)
    return [
        QuestionPage(
            f"answer-{together[0].key}".replace("_", "-"),
            together[0].page or together[0].label,
            tuple(field_name(field.key) for field in together),
        )
        for together in grouped.values()
    ]


def page_of(asked: Sequence[QuestionPage], field: str | None) -> QuestionPage:
    """The page that asks for a field; the first for one that no page asks for."""
    return next((page for page in asked if field in page.fields), asked[0])
