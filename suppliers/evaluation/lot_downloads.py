"""The comparison of lots that are won on their own, as an Excel workbook and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from marketplace.tenders.models import Tender
from suppliers.evaluation import downloads
from suppliers.evaluation.by_lot import LotResult, Results
from suppliers.evaluation.comparison import Comparison
from suppliers.evaluation.downloads import Value


def excel(tender: Tender, results: Results, further: downloads.Sheets = ()) -> bytes:
    """A workbook with who is first in each lot, what schools would pay, and each lot's ranking and lines."""
    return downloads.workbook(tender, [*_sheets(results), *further])


def csv_text(results: Results) -> bytes:
    """One line for each price line of each quote. UTF-8 with a byte order mark, for Excel."""
    return downloads.as_csv(_lines(results))


def _sheets(results: Results) -> Iterable[tuple[str, Sequence[Sequence[Value]]]]:
    yield "First in each lot", _firsts(results)
    yield "By school", _schools(results)
    for lot in results.lots:
        yield f"Lot {lot.number}", downloads.ranking(lot.comparison)
        if lot.comparison.has_tiers:
            yield f"Lot {lot.number} by tier", downloads.tiers(lot.comparison)
        yield f"Lot {lot.number} schools", downloads.by_school(lot.comparison)
    yield "By line", _lines(results)
    yield "Scores and reasons", downloads.reasons(*(lot.comparison for lot in results.lots))


def _firsts(results: Results) -> list[Sequence[Value]]:
    rows: list[Sequence[Value]] = [("Lot", "Title", "Quotes compared", "In first place", "Price", "Marks")]
    for lot in results.lots:
        winner = lot.winner
        price, marks = (winner.total, winner.marks) if winner else (None, None)
        rows.append((lot.number, lot.title, len(lot.comparison.offers), lot.outcome, price, marks))
    return [*rows, ("All lots", "", None, "", results.total, None)]


def _schools(results: Results) -> list[Sequence[Value]]:
    head = ("School", "Today’s spend over the term", "Price if each lot goes to its first quote", "Saving")
    rows: list[Sequence[Value]] = [head]
    rows += [
        (row.school, row.baseline, row.amount, row.saving.amount if row.saving else None)
        for row in results.schools
    ]
    return rows


def _lines(results: Results) -> list[Sequence[Value]]:
    rows: list[Sequence[Value]] = [
        (
            "Lot",
            "Line",
            "Item",
            "Unit",
            "Quantity",
            "Supplier",
            "Quote",
            "Unit price",
            "Amount",
            "Rank in the lot",
        )
    ]
    for lot in results.lots:
        rows += _lines_of(lot, lot.comparison)
    return rows


def _lines_of(lot: LotResult, comparison: Comparison) -> Iterable[Sequence[Value]]:
    for table in comparison.lots:
        for line in table.lines:
            for offer, cell in zip(comparison.offers, line.cells, strict=True):
                yield (
                    lot.number,
                    line.number,
                    line.item,
                    line.unit,
                    line.quantity,
                    offer.supplier,
                    offer.reference,
                    cell.unit_price,
                    cell.amount,
                    offer.rank,
                )
