"""The same four weeks of one account, in each format that banks give: they say the same."""

from datetime import date
from pathlib import Path

import pytest

from invoicing.bank.formats import camt, csv_file, ofx, swift, telling
from invoicing.bank.formats.csv_file import Column
from invoicing.bank.rules import Format, OwnAccount, ReadStatement, check_statement
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

SAMPLES = Path(__file__).parents[3] / "data" / "statements"
OWN = OwnAccount("Alder Primary School", "30-94-31", "00000001")
KINDS = {
    "camt.xml": Format.CAMT,
    "statement.ofx": Format.OFX,
    "mt940.sta": Format.MT940,
    "statement.csv": Format.CSV,
}


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def read(name: str) -> ReadStatement:
    if KINDS[name] is not Format.CSV:
        return telling.read(KINDS[name], sample(name))[0]
    table = csv_file.open_table(sample(name))
    return csv_file.read(table, csv_file.guess(table))


@pytest.mark.parametrize("name", KINDS)
def test_each_format_is_known_by_its_content_and_says_the_same(name: str) -> None:
    assert telling.format_of(sample(name)) is KINDS[name]
    statement = read(name)
    check_statement(statement, OWN, date(2026, 11, 27))
    first, second, *others = statement.lines
    assert (first.booked_on, first.amount, first.payer) == (
        date(2026, 11, 3),
        Money(100_00),
        "Beech Primary School",
    )
    assert "INV 0001 minibus" in first.reference
    assert (second.booked_on, second.amount) == (date(2026, 11, 4), Money(-42_50))
    assert Money.total(one.amount for one in others) == Money(200_00)
    assert statement.closing == Money(1_257_50)
    assert statement.opening == (None if KINDS[name] is Format.OFX else Money(1_000_00))


def test_a_batch_that_tells_its_payments_is_taken_apart_and_what_is_not_booked_left_out() -> None:
    statement = read("camt.xml")
    assert [one.payer for one in statement.lines[2:]] == ["Cedar Primary School", "Dogwood Infant School"]
    assert len({one.bank_id for one in statement.lines}) == 4
    assert statement.left_out == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>',
            "document type or entities in it, which no bank sends",
        ),
        (b"<Document><BkToCstmrStmt>", "looks like CAMT.053 .* and cannot be read"),
        (b"<Document><CstmrCdtTrfInitn/></Document>", "no statement of an account"),
    ],
)
def test_abuse_21_an_xml_file_is_read_without_entities_or_not_at_all(content: bytes, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        camt.read(content)


def test_a_camt_file_that_lost_an_entry_is_refused_by_its_own_count() -> None:
    with pytest.raises(RuleBroken, match="says that it has 5 entries, and 4 are there"):
        camt.read(sample("camt.xml").replace(b"<NbOfNtries>4<", b"<NbOfNtries>5<"))


def test_a_damaged_file_is_refused_by_the_name_of_its_format() -> None:
    with pytest.raises(RuleBroken, match="looks like OFX and cannot be read"):
        ofx.read(b"OFXHEADER:100\n<OFX><STMTTRN>")
    with pytest.raises(RuleBroken, match="looks like MT940 and cannot be read"):
        swift.read(b":20:1\n:25:30943100000001\n:61:rubbish\n")


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"PK\x03\x04", b"\x00\x01\x02", b"one word"])
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(RuleBroken):
        csv_file.open_table(content)


def table(*rows: str) -> csv_file.Table:
    return csv_file.open_table("\n".join(rows).encode())


def test_amounts_are_read_as_banks_write_them() -> None:
    columns = {Column.DATE: "Date", Column.AMOUNT: "Amount", Column.REFERENCE: "Details"}
    texts = ("1250", '"1,250.00"', "£1250.00", "1250.00 CR", "1250.00-", "-1250", "(1250.00)", "1250.00DR")
    found = csv_file.read(table("Date,Amount,Details", *(f"03/11/2026,{text},x" for text in texts)), columns)
    assert [one.amount for one in found.lines] == [Money(1_250_00)] * 4 + [Money(-1_250_00)] * 4


def test_cells_that_cannot_be_read_are_named_by_row_and_column() -> None:
    columns = {Column.DATE: "Date", Column.AMOUNT: "Amount", Column.REFERENCE: "Details"}
    with pytest.raises(RuleBroken) as refused:
        csv_file.read(
            table("Date,Amount,Details", "31/02/2026,10.00,a", "03/11/2026,ten,b", "03/11/2026,1.005,c"),
            columns,
        )
    assert "row 2, Date: “31/02/2026” is no date" in refused.value.message
    assert "row 3, Amount: “ten” is no amount" in refused.value.message
    assert "row 4, Amount: “1.005” is no amount" in refused.value.message


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({Column.AMOUNT: "A", Column.REFERENCE: "R"}, "date"),
        ({Column.DATE: "D", Column.REFERENCE: "R"}, "amount"),
        ({Column.DATE: "D", Column.MONEY_IN: "I", Column.REFERENCE: "R"}, "amount"),
        ({Column.DATE: "D", Column.AMOUNT: "A", Column.MONEY_IN: "I", Column.REFERENCE: "R"}, "amount"),
        ({Column.DATE: "D", Column.AMOUNT: "A"}, "reference"),
        ({Column.DATE: "D", Column.AMOUNT: "D", Column.REFERENCE: "R"}, "amount"),
    ],
)
def test_columns_by_which_no_statement_can_be_read_are_refused(
    columns: dict[Column, str], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        csv_file.check_columns(columns)
    assert refused.value.field == field
