"""The comparison as an Excel workbook and as CSV. Texts stay texts, whatever a supplier called itself.

Amounts are pounds before VAT over the whole term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from flask import Response
from sqlalchemy.orm import Session

from marketplace.core import spreadsheets
from marketplace.core.csv_files import csv_file
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from marketplace.core.readings import record_reading
from marketplace.core.web import plain_number
from marketplace.tenders.models import Tender
from suppliers.evaluation.comparison import Comparison, Offer
from suppliers.evaluation.rules import Saving

Value = str | int | Decimal | Money | None
WIDE_HEADS = frozenset({"Supplier", "Item", "School", "Title", "Criterion", "Reason"})


Sheets = Iterable[tuple[str, Sequence[Sequence[Value]]]]
MakeSheets = Callable[[Session, Tender], Sheets]
_more: list[MakeSheets] = []


def add_sheets(make: MakeSheets) -> None:
    """Let a stage downstream add sheets to the workbook of a comparison; wired where the app is made."""
    if make not in _more:
        _more.append(make)


def further_sheets(session: Session, tender: Tender) -> Sheets:
    """What stages downstream add for a tender that its reader may compare."""
    return [sheet for make in _more for sheet in make(session, tender)]


def excel(tender: Tender, comparison: Comparison, further: Sheets = ()) -> bytes:
    """A workbook with a sheet each for the ranking, schools, lots, lines and the reasons for scores."""
    return workbook(tender, [*_sheets(comparison), *further])


def workbook(tender: Tender, sheets: Sheets) -> bytes:
    """A workbook of these sheets, each a name and its rows, the heads first."""
    return spreadsheets.workbook(
        (spreadsheets.Sheet(name, rows, WIDE_HEADS) for name, rows in sheets),
        f"{tender.reference} {tender.title}",
    )


def csv_text(comparison: Comparison) -> bytes:
    """One line for each price line and one for the total, with each quote’s figures beside it.

    UTF-8 with a byte order mark, so that Excel reads £ and names rightly.
    """
    return as_csv(_lines(comparison))


def as_csv(rows: Sequence[Sequence[Value]]) -> bytes:
    """Rows as CSV, the heads first, in UTF-8 with a byte order mark."""
    heads, *others = rows
    return csv_file([str(head) for head in heads], others)


def _sheets(comparison: Comparison) -> Sheets:
    yield "Ranking", ranking(comparison)
    yield "By school", by_school(comparison)
    yield "By lot", _by_lot(comparison)
    if comparison.has_tiers:
        yield "By tier", tiers(comparison)
    if comparison.by_whole_life:
        yield "Whole-life cost", whole_life(comparison)
    yield "By line", _lines(comparison)
    yield "Scores and reasons", reasons(comparison)


def ranking(comparison: Comparison) -> list[Sequence[Value]]:
    """The compared quotes in order, then those that are not compared."""
    head: Sequence[Value] = (
        "Rank",
        "Supplier",
        "Quote",
        "Total price",
        *(("Cost over all years", "Whole-life cost, discounted") if comparison.by_whole_life else ()),
        *_judged_by(comparison),
        "Saving against today’s spend",
        "Saving %",
        "Lowest price",
        "Price to be explained",
    )
    by_value = comparison.by_value
    rows: list[Sequence[Value]] = [_ranked(offer, by_value=by_value) for offer in comparison.offers]
    aside: list[Sequence[Value]] = [
        ("Not compared", quote.supplier, quote.reference, quote.reason) for quote in comparison.set_aside
    ]
    return [head, *rows, *aside]


def _judged_by(comparison: Comparison) -> Sequence[str]:
    if comparison.by_value:
        return "Quality points of 100", comparison.measure.heading
    return (
        f"Price marks of {plain_number(comparison.price_weight)}",
        f"Quality marks of {plain_number(comparison.quality_weight)}",
        "Marks of 100",
    )


def _ranked(offer: Offer, *, by_value: bool) -> Sequence[Value]:
    earned = (offer.quality_marks, offer.cell) if by_value else _marks(offer)
    return (
        offer.rank,
        offer.supplier,
        offer.reference,
        offer.total,
        *((offer.whole_life.nominal, offer.whole_life.discounted) if offer.whole_life else ()),
        *earned,
        offer.saving.amount if offer.saving else None,
        offer.saving.percent if offer.saving else None,
        "Lowest" if offer.is_lowest else "",
        "Abnormally low" if offer.is_abnormally_low else "",
    )


def _marks(offer: Offer) -> tuple[Value, ...]:
    return offer.price_marks, offer.quality_marks, offer.marks


def by_school(comparison: Comparison) -> list[Sequence[Value]]:
    """What each school would pay under each quote."""
    head: list[Value] = ["School", "Today’s spend over the term"]
    for offer in comparison.offers:
        head += [f"{offer.supplier}: price", f"{offer.supplier}: saving"]
    rows: list[Sequence[Value]] = [head]
    for row in comparison.schools:
        line: list[Value] = [row.school, row.baseline]
        for cell in row.cells:
            line += [cell.amount, _amount(cell.saving)]
        rows.append(line)
    total: list[Value] = ["All schools", comparison.baseline]
    for offer in comparison.offers:
        total += [offer.total, _amount(offer.saving)]
    return [*rows, total]


def _by_lot(comparison: Comparison) -> list[Sequence[Value]]:
    head = ("Lot", "Title", *(offer.supplier for offer in comparison.offers))
    rows: list[Sequence[Value]] = [head]
    rows += [(lot.number, lot.title, *(cell.amount for cell in lot.totals)) for lot in comparison.lots]
    return [*rows, ("All lots", "", *(offer.total for offer in comparison.offers))]


def _lines(comparison: Comparison) -> list[Sequence[Value]]:
    head: list[Value] = ["Lot", "Line", "Item", "Unit", "Quantity"]
    for offer in comparison.offers:
        head += [f"{offer.supplier}: unit price", f"{offer.supplier}: amount"]
    rows: list[Sequence[Value]] = [head]
    for lot in comparison.lots:
        for line in lot.lines:
            row: list[Value] = [lot.number, line.number, line.item, line.unit, line.quantity]
            for cell in line.cells:
                row += [cell.unit_price, cell.amount]
            rows.append(row)
    total: list[Value] = ["", "", "Total", "", ""]
    for offer in comparison.offers:
        total += ["", offer.total]
    return [*rows, total]


def tiers(comparison: Comparison) -> list[Sequence[Value]]:
    """What each lot would cost at the prices of each tier."""
    rows: list[Sequence[Value]] = [
        ("Lot", "Unit prices", "If every school buys", *(offer.supplier for offer in comparison.offers))
    ]
    rows += [
        (lot.number, tier.begins, "Yes" if tier.is_reached else "", *(cell.amount for cell in tier.totals))
        for lot in comparison.lots
        for tier in lot.tiers
    ]
    return rows


def whole_life(comparison: Comparison) -> list[Sequence[Value]]:
    """What each quote costs in each year, in all years as paid, and discounted to the start."""
    costs = [offer.whole_life for offer in comparison.offers if offer.whole_life]
    rows: list[Sequence[Value]] = [("Year", *(offer.supplier for offer in comparison.offers))]
    rows += [
        (number, *amounts)
        for number, amounts in enumerate(zip(*(cost.years for cost in costs), strict=True), start=1)
    ]
    rows.append(("All years, as paid", *(cost.nominal for cost in costs)))
    return [*rows, ("Discounted to the start", *(cost.discounted for cost in costs))]


def reasons(*comparisons: Comparison) -> list[Sequence[Value]]:
    """The agreed scores of each quote with their reasons, once however often it is compared."""
    marks = "Points" if any(one.by_value for one in comparisons) else "Marks"
    rows: list[Sequence[Value]] = [("Supplier", "Criterion", "Weight", "Score", marks, "Reason")]
    offers = {offer.quote_id: offer for comparison in comparisons for offer in comparison.offers}
    rows += [
        (offer.supplier, f"{one.label} {one.title}".strip(), one.weight, one.said, one.marks, one.reason)
        for offer in offers.values()
        for one in offer.outline
    ]
    return rows


def _amount(saving: Saving | None) -> Money | None:
    return saving.amount if saving else None


def sent(actor: Actor, tender: Tender, content: bytes, media_type: str, ending: str) -> Response:
    """The comparison as a file to keep. That it was downloaded is recorded."""
    name = f"{tender.reference}-comparison.{ending}"
    record_reading(actor, tender.id, "The comparison of quotes", [tender.alliance_id])
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
