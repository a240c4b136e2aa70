"""What the demonstration's suppliers are asked, and what they answer, well and less well."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that suppliers answer; with a weight of 0 it is passed or failed."""

    title: str
    weight: Decimal | int
    question: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are weighed against one another, and together against the rest."""

    title: str
    weight: int
    parts: tuple[Asked, ...]


QUALITY = Asked(
    "Quality of service",
    25,
    "How will you make sure that the service is good every day? Give examples.",
)
PEOPLE = Asked(
    "People and safeguarding",
    15,
    "How do you choose, check and train the people you send to schools?",
)
SOCIAL = Asked("Social value", 10, "What will our pupils and our town gain from your work?")
SERVICE = Group(
    "Service",
    40,
    (
        Asked(QUALITY.title, Decimal("62.50"), QUALITY.question),
        Asked(PEOPLE.title, Decimal("37.50"), PEOPLE.question),
    ),
)
WORK_AND_TOWN = Group(
    "Work and town",
    35,
    (
        Asked(QUALITY.title, Decimal("66.67"), QUALITY.question),
        Asked(SOCIAL.title, Decimal("33.33"), SOCIAL.question),
    ),
)
INSURED = Asked(
    "Insurance", 0, "Are you insured for £5 million against claims by the public, or will you be?"
)

STRONG = (
    "A named contract lead visits each school every week, walks the site with the site manager and agrees "
    "a short list of what to put right, with dates. Scores from these walks are shared each month. At "
    "another group of schools this raised satisfaction from 71 to 94 per cent in a year."
)
FAIR = "Our area manager inspects every month and reports to the school. Complaints are answered in two days."
PLAIN = "We follow our quality manual, which is certified, and aim to meet the needs of each school."
CHECKED = (
    "Everybody has an enhanced check with the children's barred list before they start, two references, and "
    "a day of safeguarding training that is repeated each year. Schools see the record of checks before a "
    "new person arrives."
)
TRAINED = "All staff are vetted and trained in safeguarding. Records are kept and shown on request."
INSURANCE = "Yes, for £10 million with an insurer authorised in the UK; the certificate runs to next March."
LOCAL = "Two apprentices a year from Ashcombe schools, and work experience at Ashcombe Manor."
