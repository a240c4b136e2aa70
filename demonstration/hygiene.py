"""A purchase whose lots are won on their own, with lower prices for more schools and a bundle."""

from __future__ import annotations

from decimal import Decimal

from demonstration.purchases import FERNLEIGH, HARROW, MANOR, MILLBROOK, Purchase
from demonstration.reach import Apart, Bid, Item, Reach

HYGIENE = Purchase(
    category="other",
    title="Hygiene supplies for four schools",
    description="Paper, soap and disinfectant delivered once a month, and bins emptied every fortnight.",
    spend={MANOR: 9_800, FERNLEIGH: 8_900, HARROW: 4_200, MILLBROOK: 3_600},
    items=(
        Item("Paper towels", "case", {MANOR: 160, FERNLEIGH: 140, HARROW: 60, MILLBROOK: 52}, "Paper"),
        Item("Toilet rolls", "case", {MANOR: 120, FERNLEIGH: 110, HARROW: 48, MILLBROOK: 40}, "Paper"),
        Item("Hand soap", "litre", {MANOR: 260, FERNLEIGH: 230, HARROW: 95, MILLBROOK: 85}, "Soap"),
        Item("Disinfectant", "litre", {MANOR: 180, FERNLEIGH: 150, HARROW: 70, MILLBROOK: 65}, "Soap"),
        Item("Bin emptied", "visit", {MANOR: 260, FERNLEIGH: 234, HARROW: 104, MILLBROOK: 78}, "Bins"),
    ),
    questions=(),
    published=-43,
    reach=Reach.COMPARED,
    tiers=(Decimal(2), Decimal(4)),
    apart=Apart(bundle="Paper and soap", bundled=("Paper", "Soap")),
    bids={
        "alpha": Bid(
            ("15.90", "18.20", "2.30", "3.10", ""),
            lower=(("14.80", "13.90"), ("17.10", "16.40")),
            discount="4",
        ),
        "birch": Bid(("14.60", "16.90", "", "", "9.80"), lower=(("14.30", "14.10"), ("16.70", "16.20"))),
        "corvus": Bid(("", "", "2.15", "3.05", "9.20")),
        "dovecote": Bid(("", "", "2.40", "2.70", "10.40")),
    },
)
