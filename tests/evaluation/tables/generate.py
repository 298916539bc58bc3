"""Writes the tables of the evaluation into csv/, and its questions with their gold answers beside them.

Everything is drawn from fixed seeds: the same sources give the same bytes.
"""

import hashlib
import importlib
import json
import pkgutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import domains  # noqa: E402
import gold  # noqa: E402


def files():
    names = sorted(module.name for module in pkgutil.iter_modules(domains.__path__))
    return [importlib.import_module(f"domains.{name}").FILE for name in names]


def line(file, question, connection) -> dict:
    fields = {
        "id": f"own-{file.stem}-{question.number}",
        "table": file.name,
        "kind": question.kind,
        "zh": question.zh,
        "en": question.en,
        "sql": question.sql,
        "rows": [] if question.refused else gold.rows(connection, question),
        "ordered": question.ordered,
        "expect": "refuse" if question.refused else "answer",
    }
    if question.percent:
        fields["accept"] = [[[*row[:-1], gold.tidied(row[-1] / 100)] for row in fields["rows"]]]
    if question.respelt:
        fields["accept"] = [[[respelt(cell, question) for cell in row] for row in fields["rows"]]]
    if question.today:
        fields["today"] = question.today
    if question.why:
        fields["why"] = question.why
    return fields


def respelt(cell, question):
    return cell.replace(*question.respelt) if isinstance(cell, str) else cell


def held(name: str) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 3 == 0


def write(name: str, lines: list[dict]) -> None:
    text = "".join(json.dumps(fields, ensure_ascii=False) + "\n" for fields in lines)
    (HERE / name).write_text(text, encoding="utf-8")


def main() -> None:
    folder = HERE / "csv"
    folder.mkdir(exist_ok=True)
    lines, faults, seen = [], [], set()
    for file in files():
        file.save(folder)
        connection = gold.database(file)
        for question in file.questions:
            try:
                lines.append(line(file, question, connection))
                if file.open or not held(lines[-1]["id"]):
                    seen.add(lines[-1]["id"])
            except Exception as fault:
                faults.append(f"{file.name}: {question.number}: {fault}")
    names = [fields["id"] for fields in lines]
    faults += [f"twice: {name}" for name in set(names) if names.count(name) > 1]
    if faults:
        sys.exit("\n".join(faults))
    write("questions.jsonl", lines)
    write("dev.jsonl", [fields for fields in lines if fields["id"] in seen])
    write("held.jsonl", [fields for fields in lines if fields["id"] not in seen])
    print(f"{len(lines)} questions over {len(files())} files")


if __name__ == "__main__":
    main()
