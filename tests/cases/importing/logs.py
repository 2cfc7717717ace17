"""Invented logs, as untidy as real ones."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import openpyxl

LAST_WORDS = "Rang the ward manager, who will look into it."


def plain_csv() -> bytes:
    """A semicolon and a title line, from a spreadsheet of another country's settings; the names of people in notes."""
    lines = [
        "Freedom to Speak Up log;;;;;;;",
        "Case ref;Date raised;Name;Category;What was said;Staff group;Actions / notes;Closed on",
        "F1;w/c 3rd March 21;Nora Nurse;BH / pt safety;“Two of us for thirty”;Nurse;Spoke to Mr Grumble;14.4.21",
        "F2;03/05/2021;Anon;Attitudes;Shouted at in handover;HCA;;",
        ";;;;;;;",
        "F3;TBC;Olu Obi;PS;No day was kept for this one;Doctor;;",
        "F4;31/02/2021;;WS;The day does not exist;Admin;;",
        "F5;1/6/2030;;WS;Still to come;Admin;;",
        "F6;12 Jun 2021;Pat Porter;Moon phases;Nobody knows this category;Moonwalker;Chased;01/06/2021",
        "F7;13/06/21;;none;Only wanted to talk;Not known;;13/06/21",
        "F7;13/06/21;;none;Only wanted to talk;Not known;;13/06/21",
        "Total;7;;;;;;",
    ]
    return "\r\n".join(lines).encode("cp1252")


def by_theme(*themes: str) -> bytes:
    """One column for what it is about, called Theme, as many keep it."""
    lines = [
        "Date raised,What was said,Theme",
        *(f'{number + 1:02}/05/2024,Told of number {number + 1},"{theme}"' for number, theme in enumerate(themes)),
    ]
    return "\r\n".join(lines).encode()


def years_in_sheets() -> bytes:
    """One sheet a year and one of charts, headings in two rows with merged cells, ticks for elements, totals below."""
    book = openpyxl.Workbook()
    charts = book.active
    charts.title = "Charts"
    charts.append(["Cases by quarter"])
    charts.append([1, 2, 3])
    for number, name in enumerate(("2020-21", "2021-22", "Q1 2022-23")):
        sheet = book.create_sheet(name)
        sheet.append([f"FTSU Guardian log {name}"])
        sheet.merge_cells("A1:K1")
        sheet.append(["No", "Concern", None, "Dates", None, "Element of", None, None, None, "Detriment?", "Status"])
        sheet.append(
            [None, "Summary", "Staff Group", "Raised", "Closed", "Patient safety", "B&H", "Attitudes", "Worker safety"]
        )
        for area in ("A2:A3", "B2:C2", "D2:E2", "F2:I2", "J2:J3", "K2:K3"):
            sheet.merge_cells(area)
        first = date(2020 + number, 5, 3)
        sheet.append(["April to June"])
        sheet.merge_cells(f"A{sheet.max_row}:K{sheet.max_row}")
        for row in range(4):
            day = first + timedelta(days=9 * row)
            sheet.append([
                row + 1, f"Told of year {name}, the {row + 1}. time", ["RN", "Doctors", "A&C", ""][row], day,
                day + timedelta(days=40) if row else "", *["x" if row == tick else None for tick in range(3)],
                "Y" if row == 3 else "N", "Yes - shifts changed" if row == 2 else "No", "Closed" if row else "Open",
            ])  # fmt: skip
        sheet.append([])
        sheet.append(["Total", None, None, "=COUNTA(D5:D8)", None, 1, 1, 1])
    hidden = book.create_sheet("old")
    hidden.append(["Ref", "Date raised", "Summary"])
    hidden.append(["X", date(2019, 5, 5), "Somebody hid this"])
    hidden.sheet_state = "hidden"
    return saved(book)


def group_of_five() -> bytes:
    """Five people who came together: one merged day, five rows alike but for their number; and no other headings."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Log"
    sheet.append(["No.", "Date", "Anonymous? (Y/N)", "Issue", "Type", "How raised"])
    for number in range(5):
        sheet.append(
            [number + 1, date(2023, 2, 1) if not number else None, "Y", "Rota for nights", "Staffing", "Face to face"]
        )
    sheet.merge_cells("B2:B6")
    sheet.append([6, 44958, "N", '=HYPERLINK("http://example.org","Pay")', "System / process; WS", "Teams call"])
    return saved(book)


def thousands(rows: int = 5_000) -> bytes:
    """Ten years of a large trust."""
    chance, book = Random(5), openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("All years")
    sheet.append(
        ["Ref", "Date received", "Element(s)", "Summary of concern", "Profession", "Notes", "Open/Closed", "Closed"]
    )
    for number in range(rows):
        day = date(2016, 4, 1) + timedelta(days=chance.randrange(3600))
        sheet.append([
            f"F{number:05}", day if number % 3 else f"{day:%d.%m.%y}",
            chance.choice(["BH / pt safety", "PS, WS", "Behaviours", "n/a"]), f"What was told, number {number}",
            chance.choice(["Nursing", "Medical", "Estates"]), LAST_WORDS, "Closed", day + timedelta(days=20),
        ])  # fmt: skip
    sheet.append(["TOTAL", rows])
    return saved(book)


def of_rows(titles: Sequence[str], *rows: Sequence[object], name: str = "Log") -> bytes:
    """A tidy sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    sheet.append(list(titles))
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Write it as a file."""
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
