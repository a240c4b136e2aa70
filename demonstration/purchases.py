"""What the demonstration's schools buy, told as data: who needs what, who quotes what, how far it got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from demonstration.questions import (
    CHECKED,
    FAIR,
    INSURANCE,
    INSURED,
    LOCAL,
    PEOPLE,
    PLAIN,
    QUALITY,
    SERVICE,
    SOCIAL,
    STRONG,
    TRAINED,
    WORK_AND_TOWN,
    Asked,
    Group,
)
from demonstration.reach import Apart, Bid, Item, Reach
from marketplace.tenders.lots.rules import LimitsDraft, Selection
from marketplace.tenders.rules import PriceFormula

MANOR, FERNLEIGH, HARROW, KINGFISHER = "990101", "990102", "990103", "990104"
MILLBROOK, OAKMERE, ALDHELM = "990105", "990106", "990107"


@dataclass(frozen=True, slots=True)
class Purchase:
    """A joint purchase: spend in pounds a year by school; `published` in days from today.

    `begun` are the prices in quotes that their suppliers have not finished. With a
    `ceiling` and an `optimum`, pounds for the whole term, prices are judged between them.
    """

    category: str
    title: str
    description: str
    spend: Mapping[str, int]
    items: tuple[Item, ...]
    questions: tuple[Asked | Group, ...]
    published: int
    reach: Reach
    bids: Mapping[str, Bid] = field(default_factory=dict)
    begun: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recovery_fee: int = 0
    years: int = 3
    extension_months: int = 0
    cancelled_because: str = ""
    limits: LimitsDraft | None = None
    tiers: tuple[Decimal, ...] = ()
    apart: Apart | None = None
    ceiling: int = 0
    optimum: int = 0
    formula: PriceFormula = PriceFormula.PROPORTION_OF_LOWEST
    indexation: Decimal | None = None
    discount_rate: Decimal | None = None

    @property
    def lots(self) -> list[str]:
        """The titles of its lots, in the order of their first items."""
        return list(dict.fromkeys(item.lot or self.title for item in self.items))

    extended_because: str = ""
    more_a_year: Mapping[str, int] = field(default_factory=dict)
    opener_leaves: str = ""
    interest: str = ""
    engagement: str = ""

    @property
    def price_weight(self) -> Decimal:
        """What is left of 100 for the price."""
        return 100 - sum((Decimal(one.weight) for one in self.questions), Decimal(0))

    def need_volume(self, urn: str) -> Decimal:
        """What one school needs a year, in its first item's unit."""
        return Decimal(self.items[0].a_year[urn])


PURCHASES: tuple[Purchase, ...] = (
    Purchase(
        category="cleaning",
        title="Cleaning for four schools",
        description="Daily cleaning in term time, deep cleans in the holidays and windows twice a year.",
        spend={MANOR: 98_400, HARROW: 41_300, MILLBROOK: 36_900, ALDHELM: 22_700},
        items=(
            Item("Daily cleaning", "hour", {MANOR: 5_700, HARROW: 2_280, MILLBROOK: 1_995, ALDHELM: 1_140}),
            Item("Deep clean of the whole school", "clean", {MANOR: 3, HARROW: 2, MILLBROOK: 2, ALDHELM: 2}),
            Item("Windows, inside and out", "clean", {MANOR: 2, HARROW: 2, MILLBROOK: 2, ALDHELM: 2}),
        ),
        questions=(QUALITY, PEOPLE),
        published=-128,
        reach=Reach.AWARDED,
        recovery_fee=1_800,
        bids={
            "alpha": Bid(("14.95", "2650.00", "780.00"), (STRONG, CHECKED), (5, 4)),
            "birch": Bid(("15.40", "2400.00", "690.00"), (FAIR, CHECKED), (4, 4)),
            "corvus": Bid(("14.60", "3900.00", "1250.00"), (PLAIN, TRAINED), (2, 3)),
        },
    ),
    Purchase(
        category="mis_software",
        title="Management information system for five schools",
        description="Attendance, assessment, timetables and parents' access, with today's data moved.",
        spend={MANOR: 24_800, FERNLEIGH: 22_300, HARROW: 9_700, MILLBROOK: 8_900, KINGFISHER: 5_400},
        items=(
            Item(
                "Licence and support",
                "pupil",
                {MANOR: 1_084, FERNLEIGH: 927, HARROW: 412, MILLBROOK: 356, KINGFISHER: 188},
            ),
            Item(
                "Training day",
                "day",
                {MANOR: 4, FERNLEIGH: 4, HARROW: 2, MILLBROOK: 2, KINGFISHER: 1},
                once=True,
            ),
        ),
        questions=(QUALITY, SOCIAL),
        published=-47,
        reach=Reach.APPROVED,
        recovery_fee=2_400,
        indexation=Decimal(2),
        discount_rate=Decimal("3.5"),
        bids={
            "corvus": Bid(("18.90", "640.00"), (STRONG, LOCAL), (4, 4)),
            "alpha": Bid(("21.40", "520.00"), (FAIR, PLAIN), (3, 2)),
        },
    ),
    Purchase(
        category="mfd",
        title="Photocopiers for three schools",
        description="Rental of devices with service, paid by the page.",
        spend={FERNLEIGH: 18_600, HARROW: 8_200, KINGFISHER: 4_900},
        items=(
            Item(
                "Page in black and white",
                "page",
                {FERNLEIGH: 1_150_000, HARROW: 420_000, KINGFISHER: 215_000},
            ),
            Item("Page in colour", "page", {FERNLEIGH: 260_000, HARROW: 128_000, KINGFISHER: 74_000}),
        ),
        questions=(QUALITY,),
        published=-46,
        reach=Reach.RECOMMENDED,
        recovery_fee=600,
        formula=PriceFormula.WEIGHTED_VALUE_INDEX,
        bids={
            "corvus": Bid(("0.0046", "0.0410"), (FAIR,), (3,)),
            "alpha": Bid(("0.0043", "0.0440"), (STRONG,), (5,)),
        },
    ),
    Purchase(
        category="grounds",
        title="Grounds maintenance for four schools",
        description="Grass, pitches, hedges and winter gritting, with sixteen visits a year.",
        spend={MANOR: 21_500, FERNLEIGH: 19_800, MILLBROOK: 7_600, OAKMERE: 4_300},
        items=(
            Item("Maintenance visit", "visit", {MANOR: 32, FERNLEIGH: 32, MILLBROOK: 16, OAKMERE: 8}),
            Item("Pitch marking", "pitch", {MANOR: 18, FERNLEIGH: 15, MILLBROOK: 4, OAKMERE: 1}),
            Item("Gritting before school", "morning", {MANOR: 20, FERNLEIGH: 20, MILLBROOK: 6, OAKMERE: 6}),
        ),
        questions=(WORK_AND_TOWN, INSURED),
        published=-44,
        reach=Reach.COMPARED,
        recovery_fee=900,
        bids={
            "alpha": Bid(("385.00", "96.00", "62.00"), (STRONG, LOCAL, INSURANCE), (5, 4, 1)),
            "birch": Bid(("285.00", "90.00", "60.00"), (FAIR, LOCAL, INSURANCE), (4, 4, 1)),
            "corvus": Bid(("421.50", "88.00", "55.00"), (PLAIN, PLAIN, INSURANCE), (3, 2, 1)),
            "dovecote": Bid(("399.00", "120.00", "45.00"), (FAIR, LOCAL, INSURANCE), (3, 5, 1)),
        },
    ),
    Purchase(
        category="audit",
        title="External audit for three trusts",
        description="Statutory audit and the teachers' pensions return.",
        spend={MANOR: 14_200, FERNLEIGH: 13_600, ALDHELM: 7_900},
        items=(
            Item("Statutory audit", "audit", {MANOR: 1, FERNLEIGH: 1, ALDHELM: 1}),
            Item("Pensions return", "return", {MANOR: 1, FERNLEIGH: 1, ALDHELM: 1}),
        ),
        questions=(QUALITY, PEOPLE),
        published=-42,
        reach=Reach.AGREED,
        bids={
            "corvus": Bid(("10200.00", "850.00"), (FAIR, TRAINED), (4, 3)),
            "dovecote": Bid(("9400.00", "1100.00"), (STRONG, CHECKED), (4, 4)),
        },
    ),
    Purchase(
        category="hr_advice",
        title="HR advice and occupational health",
        description="Unlimited advice by telephone, days on site, and referrals.",
        spend={HARROW: 6_800, KINGFISHER: 3_900, MILLBROOK: 5_700, OAKMERE: 4_600},
        items=(
            Item("Advice", "employee", {HARROW: 58, KINGFISHER: 29, MILLBROOK: 49, OAKMERE: 61}),
            Item("Day on site", "day", {HARROW: 4, KINGFISHER: 2, MILLBROOK: 4, OAKMERE: 6}),
        ),
        questions=(QUALITY, PEOPLE),
        published=-38,
        reach=Reach.OPENED,
        bids={
            "alpha": Bid(("62.00", "540.00"), (STRONG, CHECKED), (5, 4)),
            "dovecote": Bid(("55.00", "610.00"), (FAIR, CHECKED), (3, 4)),
        },
    ),
    Purchase(
        category="payroll",
        title="Payroll for four primary schools",
        description="Fully managed payroll with pensions returns, from first pay run to year end.",
        spend={HARROW: 7_400, KINGFISHER: 3_800, MILLBROOK: 6_600, ALDHELM: 4_100},
        items=(
            Item("Payslip", "payslip", {HARROW: 780, KINGFISHER: 372, MILLBROOK: 660, ALDHELM: 408}),
            Item("Pensions return", "return", {HARROW: 12, KINGFISHER: 12, MILLBROOK: 12, ALDHELM: 12}),
        ),
        questions=(QUALITY,),
        published=-33,
        reach=Reach.CLOSED,
        recovery_fee=500,
        bids={
            "alpha": Bid(("5.95", "42.00"), (STRONG,), (5,)),
            "birch": Bid(("6.40", "25.00"), (FAIR,), (3,)),
            "corvus": Bid(("5.60", "68.00"), (PLAIN,), (2,)),
        },
    ),
    Purchase(
        category="catering",
        title="School meals for three schools",
        interest="My sister manages a kitchen for Larder & Co, who cook here now and might quote.",
        extended_because="Two suppliers asked for a week more, to visit the three kitchens.",
        opener_leaves="Leaves the school before the quotes are opened.",
        extension_months=24,
        description="Hot meals cooked on site in term time, with menus for every diet.",
        spend={FERNLEIGH: 212_000, KINGFISHER: 61_500, MILLBROOK: 118_000},
        items=(
            Item("Primary meal", "meal", {KINGFISHER: 24_700, MILLBROOK: 46_900}, "Primary schools"),
            Item("Secondary meal", "meal", {FERNLEIGH: 79_800}, "Secondary school"),
        ),
        questions=(SERVICE, SOCIAL, INSURED),
        published=-9,
        ceiling=1_250_000,
        optimum=1_000_000,
        reach=Reach.PUBLISHED,
        recovery_fee=2_000,
        bids={
            "birch": Bid(("2.46", "2.58"), (STRONG, CHECKED, LOCAL, INSURANCE), (5, 4, 4, 1)),
            "dovecote": Bid(("2.52", "2.49"), (FAIR, CHECKED, LOCAL, INSURANCE), (4, 4, 5, 1)),
        },
    ),
    Purchase(
        category="cleaning",
        title="Window cleaning for three schools",
        description="All windows outside once a term, the halls inside too, outside school hours.",
        spend={HARROW: 2_100, MILLBROOK: 1_700, ALDHELM: 1_350},
        items=(Item("Visit, all windows", "visit", {HARROW: 3, MILLBROOK: 3, ALDHELM: 3}),),
        questions=(QUALITY,),
        published=-4,
        reach=Reach.PUBLISHED,
        begun={"corvus": ("145.00",)},
        more_a_year={HARROW: 1, MILLBROOK: 1},
    ),
    Purchase(
        category="electricity",
        title="Electricity for six schools",
        description="Supply from renewable sources, half-hourly where there is a meter for it.",
        spend={
            MANOR: 121_000,
            FERNLEIGH: 104_000,
            HARROW: 33_500,
            KINGFISHER: 15_800,
            MILLBROOK: 29_400,
            ALDHELM: 17_200,
        },
        items=(
            Item(
                "Electricity, day and night",
                "kWh",
                {
                    MANOR: 486_000,
                    FERNLEIGH: 418_000,
                    HARROW: 131_000,
                    KINGFISHER: 62_000,
                    MILLBROOK: 115_000,
                    ALDHELM: 66_000,
                },
            ),
        ),
        questions=(),
        published=3,
        reach=Reach.CONFIRMED,
    ),
    Purchase(
        category="waste",
        title="Waste and recycling for two schools",
        description="General waste, paper and food waste, in bins that lock, collected outside school hours.",
        spend={FERNLEIGH: 37_500, ALDHELM: 24_800},
        items=(
            Item(
                "Collection of a 1,100 litre bin",
                "collection",
                {FERNLEIGH: 1_560, ALDHELM: 1_040},
            ),
        ),
        questions=(QUALITY,),
        published=-1,
        reach=Reach.APPROVED_TO_PUBLISH,
    ),
    Purchase(
        category="broadband",
        title="Broadband and filtering for five schools",
        description="Full fibre with filtering, monitoring and a second line.",
        spend={FERNLEIGH: 14_900, HARROW: 6_300, KINGFISHER: 4_700, OAKMERE: 5_100, ALDHELM: 4_400},
        items=(
            Item(
                "Line with filtering",
                "month",
                {FERNLEIGH: 12, HARROW: 12, KINGFISHER: 12, OAKMERE: 12, ALDHELM: 12},
            ),
        ),
        questions=(QUALITY,),
        published=14,
        reach=Reach.INVITED,
        engagement="Tell us by e-mail to the alliance which speeds you can offer at our five addresses, and "
        "what a second line costs. We answer everybody who writes, and share what we learn with all.",
        recovery_fee=700,
    ),
    Purchase(
        category="insurance",
        title="Insurance for three schools",
        extension_months=24,
        description="Property, liability and motor, to compare with the risk protection arrangement.",
        spend={MANOR: 41_800, HARROW: 14_900, OAKMERE: 8_700},
        items=(
            Item("Cover", "pupil", {MANOR: 1_084, HARROW: 412, OAKMERE: 124}, "Property and liability"),
            Item("Minibus", "vehicle", {MANOR: 3, HARROW: 1, OAKMERE: 1}, "Motor"),
        ),
        questions=(QUALITY, INSURED),
        limits=LimitsDraft(
            most_awarded=1,
            selection=Selection.LEAST_COST,
            mechanism="We add up the total prices of both ways to share the lots and take the lower sum.",
        ),
        tiers=(Decimal(2), Decimal(3)),
        apart=Apart(ends=((200_000, 138_000), (20_000, 12_000))),
        published=19,
        ceiling=220_000,
        optimum=150_000,
        reach=Reach.DRAFTED,
    ),
    Purchase(
        category="statutory_testing",
        title="Statutory testing for three schools",
        description="Fixed wiring, emergency lights and lifting equipment.",
        spend={HARROW: 3_400, KINGFISHER: 2_100, ALDHELM: 2_300},
        items=(Item("Asset tested", "asset", {HARROW: 96, KINGFISHER: 51, ALDHELM: 58}),),
        questions=(QUALITY,),
        published=-75,
        reach=Reach.CLOSED,
    ),
    Purchase(
        category="gas",
        title="Gas for three schools",
        description="Supply to main buildings and kitchens.",
        spend={FERNLEIGH: 58_000, HARROW: 19_400, MILLBROOK: 17_200},
        items=(Item("Gas", "kWh", {FERNLEIGH: 890_000, HARROW: 310_000, MILLBROOK: 268_000}),),
        questions=(),
        published=-20,
        reach=Reach.INVITED,
        cancelled_because="Two of three schools move to heat pumps, so the rest buy by a framework.",
    ),
)
