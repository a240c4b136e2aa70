import uuid
from decimal import Decimal

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.tenders.drafting import schedule_file
from marketplace.tenders.queries import ScheduleLine, ScheduleLot, SchoolVolume

ALDER, BEECH = uuid.UUID(int=1), uuid.UUID(int=2)
SCHOOLS = {ALDER: "Alder, Primary", BEECH: "Beech"}
HEADING = 'Lot,Item,Unit,"Alder, Primary",Beech\r\n'


def read(*lines: str) -> list[tuple[str, list[tuple[str, str, dict[uuid.UUID, Decimal]]]]]:
    lots = schedule_file.read((HEADING + "\r\n".join(lines)).encode("utf-8-sig"), SCHOOLS)
    return [(lot.title, [(line.item, line.unit, dict(line.volumes)) for line in lot.lines]) for lot in lots]


def test_lots_lines_and_volumes_are_read_in_order() -> None:
    assert read(
        "Meals,Hot meal £,meal,1 000".replace(" ", "") + ",2.5", "Meals,Snack,piece,,7", "Fruit,Apple,kg,1,"
    ) == [
        (
            "Meals",
            [
                ("Hotmeal£", "meal", {ALDER: Decimal(1000), BEECH: Decimal("2.5")}),
                ("Snack", "piece", {BEECH: Decimal(7)}),
            ],
        ),
        ("Fruit", [("Apple", "kg", {ALDER: Decimal(1)})]),
    ]


def test_what_was_written_is_read_back_the_same() -> None:
    volumes = (SchoolVolume(ALDER, "Alder, Primary", Decimal("1234.5000")),)
    line = ScheduleLine(uuid.uuid4(), 1, "=1+1", "meal", volumes, Decimal("1234.5"))
    lot = ScheduleLot(uuid.uuid4(), 1, "Meals", "", (line,))
    content = schedule_file.written([lot], SCHOOLS)
    assert b"'=1+1" in content
    (back,) = schedule_file.read(content, SCHOOLS)
    assert back.title == "Meals"
    assert [(one.item, dict(one.volumes)) for one in back.lines] == [("=1+1", {ALDER: Decimal("1234.5")})]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",Meal,meal,1,1", "Row 2: enter the lot."),
        ("Meals,,meal,1,1", "Row 2: enter the item."),
        ("Meals,Meal,,1,1", "Row 2: enter the unit."),
        ("Meals,Meal,meal,,", "Row 2: enter at least one school’s volume."),
        ("Meals,Meal,meal,-1,", "Row 2: the volume of Alder, Primary"),
        ("Meals,Meal,meal,0,", "Row 2: the volume of Alder, Primary"),
        ("Meals,Meal,meal,many,", "not “many”"),
        ("Meals,Meal,meal,NaN,", "not “NaN”"),
        ("Meals,Meal,meal,1e99,", "not “1e99”"),
        ("Meals,Meal,meal,,1.00001", "Row 2: the volume of Beech"),
        ("Meals,Meal,meal,1,1,9", "more cells than headings"),
        (f"Meals,{'x' * 201},meal,1,1", "longer than 200"),
    ],
)
def test_each_problem_is_named_with_its_row(line: str, problem: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        read(line)
    assert refusal.value.field == "schedule"
    assert problem in refusal.value.message


def test_of_many_problems_the_first_are_shown_and_the_rest_counted() -> None:
    with pytest.raises(RuleBroken, match=r"And 5 more\."):
        read(*["Meals,Meal,meal,x,1"] * 10)


def test_more_lines_than_anybody_prices_are_refused() -> None:
    with pytest.raises(RuleBroken, match="more than 2,000"):
        read(*["Meals,Meal,meal,1,1"] * 2_001)


@pytest.mark.parametrize(
    "heading",
    ["", "Lot,Item\r\n", "Item,Lot,Unit,Beech\r\n", "Lot,Item,Unit,Elm\r\n", "Lot,Item,Unit,Beech,Beech\r\n"],
)
def test_other_headings_are_refused(heading: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        schedule_file.read((heading + "Meals,Meal,meal,1,1").encode(), SCHOOLS)
    assert refusal.value.field == "schedule"


def test_a_workbook_renamed_to_csv_is_refused() -> None:
    with pytest.raises(RuleBroken, match="not a CSV file"):
        schedule_file.read(b"PK\x03\x04\x00\x00\xff\xfe\x81", SCHOOLS)
