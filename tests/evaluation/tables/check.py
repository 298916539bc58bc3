"""Reads the written files back with pandas, in its own way, and compares every cell with the clean tables.

What is set aside (titles, bands, totals) must be exactly what a person would set aside. `frames()` gives the tables as
read, from which derivations.py derives answers a second time.
"""

import json
import re
import sys
from io import StringIO
from pathlib import Path

import pandas

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import derivations  # noqa: E402
from generate import files  # noqa: E402

TOTALS = {"合计", "小计", "总计", "Total", "Subtotal", "Grand Total"}
NULLS = {"-", "N/A", "无", "不详", "/", ""}
YES, NO = {"是", "Y", "Yes", "有", "TRUE", "yes", "true"}, {"否", "N", "No", "无", "FALSE", "no", "false"}


def grid(path: Path, title: str) -> list[list]:
    if path.suffix == ".xlsx":
        table = pandas.read_excel(path, sheet_name=title, header=None, dtype=object, keep_default_na=False)
        return table.values.tolist()
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    mark = max(",;\t", key=text.splitlines()[1].count)
    table = pandas.read_csv(StringIO(text), sep=mark, header=None, dtype=str, keep_default_na=False)
    return table.values.tolist()


def frame(path: Path, sheet) -> pandas.DataFrame:
    lines = grid(path, sheet.title)
    headers = [column.header for column in sheet.columns]
    at = next(i for i, line in enumerate(lines) if line[: len(headers)] == headers)
    rows = []
    for line in lines[at + 1 :]:
        if all(cell == "" for cell in line):
            break
        if TOTALS.isdisjoint(cell for cell in line if isinstance(cell, str)):
            rows.append(line[: len(headers)])
    table = pandas.DataFrame(rows, columns=[column.name for column in sheet.columns], dtype=object)
    for column in sheet.columns:
        table[column.name] = [value(cell, column, table[column.name]) for cell in table[column.name]]
    return table


def value(cell, column, cells):
    words = {str(other) for other in cells}
    if words <= YES | NO:
        return int(cell in YES)
    if cell in NULLS:
        return None
    if column.type == "TEXT":
        return moment(cell) if looks_timed(words) or not isinstance(cell, str) else cell.strip()
    if isinstance(cell, float) and column.header in ("Member Share", "回款率"):
        return round(cell * 100, 9)
    return number(str(cell))


def number(text: str) -> float:
    sign = -1 if text.startswith("(") else 1
    scale = 10_000 if text.endswith("万") else 1
    return sign * scale * float(re.sub(r"[^\d.\-]", "", text))


def looks_timed(words) -> bool:
    patterns = r"\d{4}年\d+月(\d+日)?|\d{4}[-/]\d+[-/]\d+.*|\d\d [A-Z]\w\w \d{4}|[A-Z]\w\w \d+, \d{4}|\d{4}Q\d"
    return any(re.fullmatch(patterns, word) for word in words)


def moment(cell) -> str:
    if isinstance(cell, str):
        if match := re.fullmatch(r"(\d{4})Q(\d)", cell):
            return f"{match[1]}-Q{match[2]}"
        numbers = re.fullmatch(r"(\d{4})[年/](\d+)[月/](?:(\d+)日?)?", cell)
        if numbers:
            return f"{numbers[1]}-{int(numbers[2]):02d}-{int(numbers[3] or 1):02d}"
        if ":" in cell:
            return cell
    return pandas.Timestamp(cell).strftime("%Y-%m-%d")


def frames() -> dict[str, pandas.DataFrame]:
    return {sheet.name: frame(HERE / "csv" / file.name, sheet) for file in files() for sheet in file.sheets}


def differences():
    for file in files():
        for sheet in file.sheets:
            table = frame(HERE / "csv" / file.name, sheet)
            if len(table) != len(sheet.rows):
                yield f"{file.name}: {sheet.name}: {len(table)} rows read, {len(sheet.rows)} are clean"
            for read, clean in zip(table.values.tolist(), sheet.rows):
                for column, left, right in zip(sheet.columns, read, clean, strict=True):
                    if not same(left, right):
                        yield f"{file.name}: {column.header}: {left!r} is read where {right!r} was written"


def same(left, right) -> bool:
    if right is None or (isinstance(left, float) and pandas.isna(left)):
        return right is None and bool(pandas.isna(left))
    if isinstance(right, (int, float)):
        return abs(left - right) <= 1e-9 * max(1, abs(right))
    return left == str(right)


if __name__ == "__main__":
    lines = (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    tables = frames()
    found = [*differences(), *derivations.differences(tables, map(json.loads, lines))]
    print("\n".join(found[:40]) or f"{len(tables)} tables and {len(derivations.DERIVATIONS)} answers are as they should be")
    sys.exit(bool(found))
