"""Gold answers: the hand-written SQL, run over the clean tables."""

import re
import sqlite3
from datetime import date

from question import Question
from table import File, Sheet

LIMIT = re.compile(r"^(?P<head>.*?) FROM (?P<body>.*) ORDER BY (?P<key>.*?)(?: LIMIT (?P<count>\d+))?$", re.S)


def database(file: File) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.create_aggregate("median", 1, Median)
    connection.create_function("quarter", 1, quarter, deterministic=True)
    connection.create_function("month", 1, lambda day: day and day[:7], deterministic=True)
    connection.create_function("year", 1, lambda day: day and day[:4], deterministic=True)
    connection.create_function("week", 1, week, deterministic=True)
    for sheet in file.sheets:
        load(connection, sheet)
    return connection


def load(connection: sqlite3.Connection, sheet: Sheet) -> None:
    columns = ", ".join(f"{column.name} {column.type}" for column in sheet.columns)
    connection.execute(f"CREATE TABLE {sheet.name} ({columns})")
    marks = ", ".join("?" for _ in sheet.columns)
    rows = [[plain(value) for value in row] for row in sheet.rows]
    connection.executemany(f"INSERT INTO {sheet.name} VALUES ({marks})", rows)


def plain(value):
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def quarter(day):
    return day and f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def week(day):
    if not day:
        return None
    year, number, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{number:02d}"


class Median:
    def __init__(self):
        self.values = []

    def step(self, value):
        if value is not None:
            self.values.append(value)

    def finalize(self):
        values, half = sorted(self.values), len(self.values) // 2
        if not values:
            return None
        return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def rows(connection: sqlite3.Connection, question: Question) -> list[list]:
    found = [[tidied(value) for value in row] for row in connection.execute(question.sql)]
    if not found:
        raise ValueError(f"{question.number}: no rows for {question.sql}")
    refuse_ties(connection, question)
    return found


def tidied(value):
    return float(f"{value:.10g}") if isinstance(value, float) else value


def refuse_ties(connection: sqlite3.Connection, question: Question) -> None:
    """An order or a cut must not depend on chance: says where two rows have the same key."""
    match = LIMIT.match(question.sql)
    if not match or (match["count"] is None and not question.ordered):
        return
    keys = re.sub(r"\b(DESC|ASC)\b", "", match["key"]).split(" THEN ")[0].strip()
    direction = "DESC" if " DESC" in match["key"] else "ASC"
    sql = f"{match['head']}, {keys} AS _key FROM {match['body']} ORDER BY _key {direction}"
    ranked = [row[-1] for row in connection.execute(sql)]
    last = len(ranked) if match["count"] is None else int(match["count"]) + 1
    shown = ranked[:last] if question.ordered or match["count"] else ranked
    pairs = list(zip(shown, shown[1:]))
    if not question.ordered:
        pairs = pairs[int(match["count"]) - 1 :]
    for left, right in pairs:
        if left == right:
            raise ValueError(f"{question.number}: tie at {left} in {question.sql}")
