"""Holds the Delta tables of `mercato historical` against readers that are independent of us.

Two runs write tables, the second appending to those of the first, and the same runs write lines.
Each reader must find the records of the lines: as many for each day, the same sums of amounts, and as many
before a moment, which it finds by the bounds in the log.
"""

import datetime as dt
import json
import subprocess
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

PROGRAMS = Path(sys.argv[1])
RUN = ["--seed", "7", "--rate", "300/h", "--start", "2026-01-05"]
WINDOWS = [["--days", "2"], ["--days", "4", "--from", "+2d"]]
MOMENT = dt.datetime(2026, 1, 6, 12, tzinfo=dt.timezone.utc)


def historical(*words):
    words = [PROGRAMS / "mercato", "historical", "-q", *RUN, *words]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def generate(folder):
    """Writes tables and lines; returns the topics."""
    for window in WINDOWS:
        historical(*window, "-o", folder / "tables", "--format", "parquet", "--table", "delta")
        historical(*window, "-o", folder / "lines")
    topics = sorted(path.name for path in (folder / "tables").iterdir())
    assert len(topics) == 6, topics
    return topics


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def numbers(record):
    """The numbers of a record by their paths."""
    for name, value in record.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", number) for inner, number in numbers(value))
        elif isinstance(value, (Decimal, int)) and not isinstance(value, bool):
            yield name, value


def expected(folder):
    """What the lines of a topic come to: records by day, sums of numbers, records before the moment."""
    days, sums, before = Counter(), Counter(), 0
    for path in folder.glob("dt=*/*.ndjson"):
        for line in path.read_text().splitlines():
            record = json.loads(line, parse_float=Decimal)
            days[path.parent.name.removeprefix("dt=")] += 1
            before += instant(record["timestamp"]) < MOMENT
            sums.update(dict(numbers(record)))
    assert len(days) == 4 and before, days
    return dict(days), dict(sums), before


def with_deltalake(folder, topics):
    import pyarrow as pa
    import pyarrow.compute as pc
    from deltalake import DeltaTable

    seen = 0
    for topic in topics:
        table = DeltaTable(str(folder / "tables" / topic))
        assert table.version() == len(WINDOWS) - 1 and len(table.history()) == len(WINDOWS)
        days, sums, before = expected(folder / "lines" / topic)
        data = table.to_pyarrow_table()
        found = Counter(day.isoformat() for day in data["dt"].to_pylist())
        assert dict(found) == days, f"{topic}: {found} and {days}"
        amounts = [field.name for field in data.schema if pa.types.is_decimal(field.type)]
        for name in amounts:
            assert pc.sum(data[name]).as_py() == sums[name], f"{topic} {name}"
        earlier = table.to_pyarrow_table(filters=[("timestamp", "<", MOMENT)])
        assert earlier.num_rows == before, topic
        seen += len(amounts)
        print(f"ok delta {topic}", flush=True)
    assert seen >= 3, "there are amounts to compare"


def with_spark(folder, topics):
    import os

    from pyspark.sql import SparkSession, functions as f

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {
        "spark.jars.packages": "io.delta:delta-spark_2.13:4.1.0",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.databricks.delta.snapshotPartitions": "1",
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    for topic in topics:
        path = str(folder / "tables" / topic)
        days, sums, before = expected(folder / "lines" / topic)
        table = session.read.format("delta").load(path)
        found = {row["dt"].isoformat(): row["count"] for row in table.groupBy("dt").count().collect()}
        assert found == days, f"{topic}: {found} and {days}"
        amounts = [name for name, kind in table.dtypes if kind.startswith("decimal")]
        for name in amounts:
            assert table.agg(f.sum(name)).collect()[0][0] == sums[name], f"{topic} {name}"
        earlier = table.where(f.col("timestamp") < f.lit(MOMENT)).count()
        assert earlier == before, topic
        # Spark can write what it reads: the promises of the log are those that it keeps.
        table.limit(1).write.format("delta").mode("append").save(path)
        assert session.read.format("delta").load(path).count() == sum(days.values()) + 1
        print(f"ok delta-spark {topic}", flush=True)
    session.stop()


READERS = {"delta": with_deltalake, "delta-spark": with_spark}


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        topics = generate(folder)
        for reader in sys.argv[2:]:
            READERS[reader](folder, topics)


main()
