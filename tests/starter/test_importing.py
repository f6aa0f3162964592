"""Rows of CSV files as complaints: stable references, channels, zones, and refusals that say where and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest

from domain.errors import InvalidInputError
from domain.people import Channel, DeliveryChannel, Language
from starter.cfpb import CHANNELS, COLUMNS
from starter.importing import ImportRow, Refusal, read_complaints
from starter.us_zones import ELSEWHERE, ZONES

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "complaints.csv"

HEADER = ",".join(COLUMNS)
ROW = "7/29/2013,Mortgage,FHA mortgage,Other,,Ocwen,{state},10065,N/A,{via},7/31/2013,Closed,Yes,No"
OWN = "source,reference,channel,customer_id,subject,upset,crisis_level"


def read(*lines: str) -> list[ImportRow | Refusal]:
    return list(read_complaints("".join(f"{line}\r\n" for line in lines).splitlines(keepends=True)))


def of_file(path: Path) -> list[ImportRow]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(read_complaints(lines))
    assert [row for row in rows if isinstance(row, Refusal)] == []
    return [row for row in rows if isinstance(row, ImportRow)]


def complaints(*lines: str) -> Iterator[ImportRow]:
    for row in read(HEADER, *lines):
        assert isinstance(row, ImportRow), row
        yield row


# --- many rows ----------------------------------------------------------------------------------------------


def test_many_rows_give_as_many_references_and_customers_and_the_same_ones_again() -> None:
    states, ways = sorted(ZONES), sorted(CHANNELS)
    lines = [
        ROW.format(state=states[number % len(states)], via=ways[number % len(ways)]).replace("Ocwen", f"O{number % 4}")
        for number in range(2_000)
    ]
    assert len(set(lines)) < len(lines)  # identical rows among them, as in the CFPB's own files
    rows = list(complaints(*lines))
    assert len(rows) == len({row.complaint.reference for row in rows}) == 2_000
    assert len({row.complaint.customer_id for row in rows}) == 2_000
    assert 5 <= sum(row.customer.profile.vip for row in rows if row.customer) <= 40
    assert list(complaints(*lines)) == rows


def test_sample_is_read_without_a_refusal_and_the_same_again() -> None:
    rows = of_file(SAMPLE)
    assert len({row.complaint.reference for row in rows}) == 200
    assert len({row.complaint.customer_id for row in rows}) == 200
    assert {row.complaint.source for row in rows} == {"cfpb"}
    assert of_file(SAMPLE) == rows


# --- the CFPB's layout --------------------------------------------------------------------------------------


def test_identical_rows_are_different_complaints() -> None:
    first, second, other = complaints(
        ROW.format(state="NY", via="Web"), ROW.format(state="NY", via="Web"), ROW.format(state="GA", via="Web")
    )
    assert first.complaint.reference.removesuffix("-1") == second.complaint.reference.removesuffix("-2")
    assert first.complaint.customer_id != second.complaint.customer_id
    assert other.complaint.reference.endswith("-1")


def test_order_of_columns_does_not_change_the_reference() -> None:
    (row,) = complaints(ROW.format(state="NY", via="Web"))
    cells = list(reversed(list(zip(COLUMNS, ROW.format(state="NY", via="Web").split(","), strict=True))))
    (turned,) = read(",".join(name for name, _ in cells), ",".join(cell for _, cell in cells))
    assert isinstance(turned, ImportRow)
    assert turned.complaint == row.complaint


@pytest.mark.parametrize(
    ("via", "channel"),
    [
        ("Phone", Channel.PHONE),
        ("Web", Channel.EMAIL),
        ("Referral", Channel.EMAIL),
        ("Postal mail", Channel.EMAIL),
        ("Fax", Channel.EMAIL),
    ],
)
def test_what_was_written_is_promised_what_an_email_is(via: str, channel: Channel) -> None:
    (row,) = complaints(ROW.format(state="NY", via=via))
    assert row.complaint.channel is channel


def test_words_come_from_product_issue_and_company() -> None:
    (row,) = complaints(ROW.format(state="NY", via="Web"))
    assert row.complaint.subject == "Mortgage: Other"
    assert row.complaint.description == "Sub-product: FHA mortgage\nCompany: Ocwen"
    assert row.complaint.business_unit == "Ocwen"


def test_customer_is_made_up_and_reaches_nobody() -> None:
    (row,) = complaints(ROW.format(state="HI", via="Web"))
    assert row.customer is not None
    assert row.customer.profile.language is Language.EN
    assert row.customer.profile.zone == "Pacific/Honolulu"
    assert set(row.customer.addresses) == set(DeliveryChannel)
    assert all(address.endswith(".invalid") for address in row.customer.addresses.values())


def test_complaint_was_made_on_its_day_in_the_customers_zone() -> None:
    rows = list(complaints(*(ROW.format(state=state, via="Web") for state in ("HI", "NY", "GA", "TX", "CA"))))
    moments = [
        datetime.fromtimestamp((row.complaint.said_at or 0) / 1000, ZoneInfo(row.customer.profile.zone))
        for row in rows
        if row.customer
    ]
    assert {moment.strftime("%Y-%m-%d") for moment in moments} == {"2013-07-29"}
    assert len({moment.strftime("%H:%M:%S") for moment in moments}) == len(rows)


@pytest.mark.parametrize("state", ["", "XX"])
def test_customer_of_no_known_state_has_the_zone_with_the_most_people(state: str) -> None:
    (row,) = complaints(ROW.format(state=state, via="Web"))
    assert row.customer is not None
    assert row.customer.profile.zone == ELSEWHERE


def test_every_state_has_a_zone_that_exists() -> None:
    assert set(ZONES.values()) - available_timezones() == set()
    assert len(ZONES) == 50 + 1 + 8 + 3  # states, DC, territories and associated states, armed forces


# --- refusals -----------------------------------------------------------------------------------------------


def test_refused_row_names_its_line_its_column_and_the_reason() -> None:
    good = ROW.format(state="NY", via="Web")
    rows = read(
        HEADER,
        good,
        ROW.format(state="NY", via="Pigeon"),
        good.replace("7/29/2013", "29.7.2013"),
        good.replace("Mortgage", "", 1),
        f"{good},more",
        good,
    )
    refused = [row for row in rows if isinstance(row, Refusal)]
    assert [(row.line, row.field) for row in refused] == [
        (3, "Submitted via"),
        (4, "Date received"),
        (5, "Product"),
        (6, "row"),
    ]
    assert "expected one of Phone, Web" in refused[0].reason
    assert refused[3].reason == "expected 14 columns, got 15"
    assert len(rows) == 6


def test_line_of_a_row_is_where_it_begins_though_cells_have_line_breaks() -> None:
    rows = read(OWN, 'shop,1,email,K1,"one\r\ntwo",,', "", "shop,2,pigeon,K1,S,,", "shop,3,email,K1,S,,9")
    assert [(row.line, getattr(row, "field", None)) for row in rows] == [(2, None), (5, "channel"), (6, "crisis_level")]


def test_rows_behind_broken_csv_are_still_read() -> None:
    rows = read(OWN, 'shop,1,email,K1,"a"b,,', "shop,2,email,K1,S,,")
    assert isinstance(rows[0], Refusal)
    assert rows[0].line == 2
    assert "not valid CSV" in rows[0].reason
    assert isinstance(rows[1], ImportRow)


# --- our own layout, and none -------------------------------------------------------------------------------


def test_own_layout_has_the_fields_of_a_complaint() -> None:
    (row,) = read(OWN, "shop,A-1,chat,K1,It leaks,yes,")
    assert isinstance(row, ImportRow)
    assert row.customer is None
    assert row.complaint.channel is Channel.CHAT
    assert row.complaint.upset
    assert row.complaint.crisis_level is None


@pytest.mark.parametrize("header", ["", "source,reference", "id,text", f"{OWN},colour"])
def test_unknown_header_is_refused_with_the_columns_that_were_expected(header: str) -> None:
    with pytest.raises(InvalidInputError, match=r"expected our own columns .*customer_id.*Date received"):
        read(header)
