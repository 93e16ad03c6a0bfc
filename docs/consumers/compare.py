"""Compares a consumer's result with the answer of `mercato truth`, numbers by their digits.

    compare.py [--line REGEX] [--windows] ANSWER RESULT COLUMN...

ANSWER is what `mercato truth` wrote; without --windows its windows are added up.
RESULT is a CSV file without a header or, with --line, a log: each line that matches is a row, each group a column.
A later row of the same key replaces an earlier one.
Columns are those of the answer, and `avg(FIELD)`.
A result of a few rows must also stand in the README.md of the consumer, as its expected result.
"""

import argparse
import csv
import datetime as dt
import json
import os
import re
import sys
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

FOLD = {"count": sum, "sum": sum, "min": min, "max": max}


def aggregate(column):
    """The aggregate that a column holds, or None for one of the key."""
    return column.split("(")[0] if column == "count" or column.endswith(")") else None


def value(item):
    """A number or an instant by what it is, anything else as it is."""
    try:
        return Decimal(str(item)).normalize()
    except InvalidOperation:
        pass
    try:
        return dt.datetime.fromisoformat(item.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return item


def expected(path, columns, windows):
    groups = {}
    for line in open(path):
        row = json.loads(line, parse_float=Decimal)
        key = [(name, row[name]) for name in row if not aggregate(name) and (windows or not name.startswith("window_"))]
        groups.setdefault(tuple(key), []).append(row)
    for key, rows in groups.items():
        total = {name: FOLD[aggregate(name)](row[name] for row in rows) for name in rows[0] if aggregate(name)}
        for column in columns:
            if aggregate(column) == "avg":
                average = Decimal(total[column.replace("avg", "sum")]) / total["count"]
                total[column] = average.quantize(Decimal("0.01"), ROUND_HALF_UP)
        yield tuple(value(total[column] if aggregate(column) else dict(key)[column]) for column in columns)


def found(path, pattern):
    """The rows of the result, each with its line."""
    with open(path, newline="") as file:
        if pattern:
            for line in file:
                if match := re.search(pattern, line):
                    yield tuple(map(value, match.groups())), line.rstrip("\n")
        else:
            for row in csv.reader(file):
                yield tuple(map(value, row)), ",".join(row)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--line")
    parser.add_argument("--windows", action="store_true")
    parser.add_argument("answer")
    parser.add_argument("result")
    parser.add_argument("columns", nargs="+")
    options = parser.parse_args()
    columns = options.columns

    keyed = not options.windows or "window_start" in columns
    rows, lines = {}, {}
    for number, (row, line) in enumerate(found(options.result, options.line)):
        assert len(row) == len(columns), f"expected {columns}, found {line}"
        key = tuple(item for item, column in zip(row, columns) if not aggregate(column)) if keyed else number
        rows[key], lines[key] = row, line

    answer, result = Counter(expected(options.answer, columns, options.windows)), Counter(rows.values())
    few = [lines[key] for key in sorted(lines)] if len(lines) <= 12 else []
    print("\n".join([*few, f"{options.result}: {len(rows)} rows, {answer.total()} in the answer: "]), end="")
    if not answer or answer != result:
        print("DIFFERENT")
        for name, other in [("missing", answer - result), ("unexpected", result - answer)]:
            for row in list(other)[:5]:
                print(f"  {name:<12}" + ", ".join(f"{c} {r}" for c, r in zip(columns, row)))
        sys.exit(1)
    print("equal")

    readme = open(f"{os.environ['RECIPE']}/README.md").read()
    if os.environ["RECORDS"] == "100000" and "\n".join(few) not in readme:
        sys.exit("README.md of this consumer shows another result than the one above")


main()
