"""Clean tables, and how their cells are written into the dirty files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import Workbook


@dataclass(frozen=True)
class Column:
    """A column by its name in SQL, its type there, its header in the file, and how a cell is written."""

    name: str
    type: str
    header: str
    write: Callable = str
    null: str = ""

    def cell(self, value):
        return self.null if value is None else self.write(value)


@dataclass
class Sheet:
    """A clean table under its SQL name, and what the file has around it."""

    name: str
    columns: list[Column]
    rows: list[tuple]
    title: str = ""
    """What the sheet is called in a workbook; tables of the same title stand below one another."""
    hidden: bool = False
    above: list[list] = field(default_factory=list)
    bands: list[tuple[str, int]] = field(default_factory=list)
    """Merged cells over the header: label and width."""
    below: list[list] = field(default_factory=list)
    subtotal: Callable | None = None
    """Given the clean rows, the file's rows: (clean row or None, written cells)."""

    def written(self) -> list[list]:
        if self.subtotal:
            return self.subtotal(self)
        return [self.line(row) for row in self.rows]

    def line(self, row) -> list:
        return [column.cell(value) for column, value in zip(self.columns, row, strict=True)]

    def index(self, name: str) -> int:
        return next(i for i, column in enumerate(self.columns) if column.name == name)

    def values(self, name: str) -> list:
        return [row[self.index(name)] for row in self.rows if row[self.index(name)] is not None]


@dataclass
class File:
    """A file of one or, as a workbook, several tables."""

    name: str
    sheets: list[Sheet]
    questions: list
    encoding: str = "utf-8"
    delimiter: str = ","
    open: bool = False
    """Whether all of its questions may be looked at while developing."""

    @property
    def stem(self) -> str:
        return self.sheets[0].name

    def save(self, folder: Path) -> None:
        if self.name.endswith(".xlsx"):
            self.save_workbook(folder / self.name)
        else:
            self.save_text(folder / self.name)

    def save_text(self, path: Path) -> None:
        (sheet,) = self.sheets
        lines = [*sheet.above, [c.header for c in sheet.columns], *sheet.written(), *sheet.below]
        text = "".join(self.delimiter.join(self.quoted(cell) for cell in line) + "\n" for line in lines)
        path.write_bytes(text.encode(self.encoding))

    def quoted(self, cell) -> str:
        text = str(cell)
        if any(mark in text for mark in (self.delimiter, '"', "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text

    def save_workbook(self, path: Path) -> None:
        book = Workbook()
        book.remove(book.active)
        for sheet in self.sheets:
            if sheet.title in book.sheetnames:
                page = book[sheet.title]
                page.append([])
                page.append([])
            else:
                page = book.create_sheet(sheet.title)
            page.sheet_state = "hidden" if sheet.hidden else "visible"
            for line in sheet.above:
                page.append(line)
            if sheet.bands:
                add_bands(page, sheet.bands, len(sheet.above) + 1)
            page.append([column.header for column in sheet.columns])
            for line in [*sheet.written(), *sheet.below]:
                page.append([None if cell == "" else cell for cell in line])
            for row in page.iter_rows():
                for cell in row:
                    if isinstance(cell.value, (date, datetime, time)):
                        cell.number_format = "yyyy-mm-dd"
                    elif isinstance(cell.value, Percent):
                        cell.value, cell.number_format = float(cell.value), "0.0%"
        book.properties.created = book.properties.modified = datetime(2024, 12, 31)
        book.save(path)
        stamp_members(path)


class Percent(float):
    """A fraction that a workbook shows as a percentage."""


def add_bands(page, bands, row) -> None:
    at = 1
    for label, width in bands:
        page.cell(row=row, column=at, value=label)
        if width > 1:
            page.merge_cells(start_row=row, end_row=row, start_column=at, end_column=at + width - 1)
        at += width


def stamp_members(path: Path) -> None:
    """Gives the archive's members one fixed time, and the workbook too, so that equal content is equal bytes."""
    import re
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2024-12-31T00:00:00Z", content)
            info = zipfile.ZipInfo(name, (2024, 12, 31, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def iso(day: date) -> str:
    return day.isoformat()


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def slashed(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def english(day: date) -> str:
    return f"{day.day:02d} {day:%b} {day.year}"


def itself(value):
    return value


def grouped(number) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,.2f}"


def money(sign: str) -> Callable:
    return lambda number: f"{sign}{grouped(number)}"


def percent(number) -> str:
    return f"{number:g}%"


def either(yes: str, no: str) -> Callable:
    return lambda truth: yes if truth else no
