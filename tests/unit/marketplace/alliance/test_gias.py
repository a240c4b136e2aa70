import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.gias import COLUMNS, RegisterLine, read_register
from marketplace.core.errors import RuleBroken

HEADING = ",".join(COLUMNS.values())
RIGHT = {
    "URN": "136128",
    "EstablishmentName": "Oakfield Primary School",
    "LA (name)": "Bramshire",
    "PhaseOfEducation (name)": "Primary",
    "NumberOfPupils": "214",
    "Postcode": "br1 2ab",
    "Easting": "450123",
    "Northing": "120456",
    "TypeOfEstablishment (name)": "Academy converter",
}


def line(**changes: str) -> RegisterLine:
    """What is read of one line; `changes` are by the keys of COLUMNS."""
    cells = RIGHT | {COLUMNS[key]: value for key, value in changes.items()}
    (read,) = read_register(f"{HEADING}\n{','.join(cells[column] for column in COLUMNS.values())}\n".encode())
    return read


def test_a_right_line_becomes_a_school() -> None:
    entry = line().entry
    assert entry
    assert (entry.urn, entry.name, entry.pupils) == ("136128", "Oakfield Primary School", 214)
    assert entry.postcode == "BR1 2AB"
    assert (entry.easting, entry.northing) == (450_123, 120_456)


def test_a_school_may_lack_its_coordinates() -> None:
    entry = line(easting="", northing="").entry
    assert entry
    assert (entry.easting, entry.northing) == (None, None)


def with_ukprn(ukprn: str) -> RegisterLine:
    """What is read of the right line in a register that has the column UKPRN too."""
    cells = ",".join([*(RIGHT[column] for column in COLUMNS.values()), ukprn])
    (read,) = read_register(f"{HEADING},UKPRN\n{cells}\n".encode())
    return read


@pytest.mark.parametrize(("ukprn", "kept"), [("10012345", "10012345"), ("", None)])
def test_a_ukprn_is_read_where_the_register_has_one(ukprn: str, kept: str | None) -> None:
    entry = with_ukprn(ukprn).entry
    assert entry
    assert entry.ukprn == kept


@pytest.mark.parametrize("ukprn", ["1001234", "20012345", "1001234x"])
def test_a_ukprn_of_another_form_is_refused(ukprn: str) -> None:
    assert with_ukprn(ukprn).problems == (f"UKPRN must be eight digits that start with 1, not {ukprn}.",)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("urn", "", "URN is missing."),
        ("urn", "13612", "URN must be six digits, not 13612."),
        ("urn", "O36128", "URN must be six digits, not O36128."),
        ("urn", "١٣٦١٢٨", "URN must be six digits, not ١٣٦١٢٨."),
        ("name", "", "EstablishmentName is missing."),
        ("name", "x" * 201, "EstablishmentName is longer than 200 characters."),
        ("name", "Oak\x07field", "EstablishmentName has hidden control characters in it."),
        ("pupils", "", "NumberOfPupils is missing."),
        ("pupils", "-1", "NumberOfPupils must be 0 or more, not -1."),
        ("pupils", "20001", "NumberOfPupils must be 10,000 or less, not 20,001."),
        ("pupils", "about 200", "NumberOfPupils must be a whole number, not about 200."),
        ("pupils", "214.5", "NumberOfPupils must be a whole number, not 214.5."),
        ("postcode", "", "Postcode must be a full United Kingdom postcode, not blank."),
        ("postcode", "BR1", "Postcode must be a full United Kingdom postcode, not BR1."),
        ("easting", "-5", "Easting must be 0 or more, not -5."),
        ("northing", "north", "Northing must be a whole number, not north."),
    ],
)
def test_a_wrong_value_is_refused_by_name(column: str, value: str, problem: str) -> None:
    read = line(**{column: value})
    assert read.entry is None
    assert read.problems == (problem,)


def test_everything_that_is_wrong_with_a_line_is_said_at_once() -> None:
    assert len(line(urn="1", pupils="-1", postcode="nowhere").problems) == 3


def test_a_urn_that_stands_twice_counts_once() -> None:
    row = ",".join(RIGHT.values())
    first, second = read_register(f"{','.join(RIGHT)}\n{row}\n{row}\n".encode())
    assert first.entry
    assert second.problems == ("URN 136128 is on line 2 already.",)


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    row = ",".join((RIGHT | {"EstablishmentName": '"Oakfield\nPrimary School"'}).values())
    other = ",".join((RIGHT | {"URN": "136129"}).values())
    lines = read_register(f"{','.join(RIGHT)}\n{row}\n\n{other}\n".encode())
    assert [one.line for one in lines] == [2, 5]


def test_other_columns_and_their_order_do_not_matter() -> None:
    columns = ["Head", *reversed(RIGHT)]
    row = ["Dr Ann Lee", *(RIGHT[column] for column in reversed(RIGHT))]
    (read,) = read_register(f"{','.join(columns)}\n{','.join(row)}\n".encode())
    assert read.entry == line().entry


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_register_is_read_in_its_own_encodings(encoding: str) -> None:
    row = ",".join((RIGHT | {"EstablishmentName": "St Zoë’s School – £1 Site"}).values())
    (read,) = read_register(f"{','.join(RIGHT)}\n{row}\n".encode(encoding))
    assert read.entry
    assert read.entry.name == "St Zoë’s School – £1 Site"


def test_missing_columns_are_named() -> None:
    with pytest.raises(RuleBroken, match=r"no column NumberOfPupils, Postcode\."):
        read_register(HEADING.replace("NumberOfPupils,Postcode,", "").encode())


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(RuleBroken, match=r"more than one column URN\."):
        read_register(f"{HEADING},URN\n".encode())


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a workbook", b"\xd0\xcf\x11\xe0 an old one", b"URN\0Name", b"\x81\x8d\xfe", b""]
)
def test_what_is_no_csv_file_is_refused(content: bytes) -> None:
    with pytest.raises(RuleBroken):
        read_register(content)


def test_a_short_line_is_refused_and_the_next_is_read() -> None:
    row = ",".join(RIGHT.values())
    short, whole = read_register(f"{','.join(RIGHT)}\n136130,Short School\n{row}\n".encode())
    assert short.problems == ("It has 2 cells; the heading has 9.",)
    assert whole.entry


def test_a_quotation_mark_that_never_ends_does_not_hide_the_lines_before_it() -> None:
    row = ",".join(RIGHT.values())
    good, bad = read_register(f'{",".join(RIGHT)}\n{row}\n136131,"Endless School\n{row}\n'.encode())
    assert good.entry
    assert "cannot be read as CSV" in bad.problems[0]
    assert bad.line == 3


@given(st.binary(max_size=400))
def test_any_file_is_read_or_refused_never_worse(content: bytes) -> None:
    try:
        lines = read_register(f"{HEADING}\n".encode() + content)
    except RuleBroken:
        return
    assert all(bool(one.entry) != bool(one.problems) for one in lines)


@given(st.lists(st.text(max_size=30), min_size=9, max_size=9))
def test_any_cells_become_a_school_or_reasons(cells: list[str]) -> None:
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        lines = read_register(f"{HEADING}\n{row}\n".encode("utf-8", "replace"))
    except RuleBroken:
        assert "\0" in row
        return
    assert all(bool(one.entry) != bool(one.problems) for one in lines)
