"""Holds every schema that `mercato schema` prints against records, by readers that are independent of us.

For each record type some hundred records are generated as JSON, CSV and Parquet.
Each format's reader is given the schema and the records, and what it read is compared with the JSON, decimals by
their digits.
"""

import copy
import datetime as dt
import decimal
import importlib
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

PROGRAMS = Path(sys.argv[1])
# The recipes that users copy, parts of which are used here.
CONSUMERS = Path(__file__).resolve().parents[2] / "docs" / "consumers"
# More than half of these would be as many as all; they are there to be wide, not to be many.
RECORDS = 200

EVENTS = """
[[events.metadata]]
name = "category"
choice = ["electronics", "books"]
[[events.metadata]]
name = "a 'price' in \\"€\\" `x`"
decimal = [10.0, 500.0]
[[events.metadata]]
name = "quantity"
integer = [1, 5]
[[events.metadata]]
name = "web?"
constant = true
"""

SHOP = """
[shop.fraud]
rate = 0.05
[shop.fraud.chargebacks]
share = 1.0
delay = "1s"
earliest = "1s"
latest = "10s"
"""


class Topic:
    """A topic with its records in every form, and the command that prints its schema."""

    def __init__(self, stream, topic, folder, flags=()):
        self.stream, self.topic, self.folder, self.flags = stream, topic, folder, flags
        text = (folder / f"{topic}.ndjson").read_text()
        self.all = text.splitlines()
        self.lines = self.all[:RECORDS]
        assert self.lines, f"no records of {stream} {topic}"
        self.ndjson = folder / f"{topic}.first.ndjson"
        self.ndjson.write_text("".join(line + "\n" for line in self.lines))
        self.table = topic.replace("-", "_")

    def records(self):
        return [json.loads(line, parse_float=Decimal) for line in self.lines]

    def all_records(self):
        return [json.loads(line, parse_float=Decimal) for line in self.all]

    def schema(self, form):
        words = ["schema", "--stream", self.stream, "--topic", self.topic, "--format", form]
        return run("mercato", *words, *self.flags)

    def __str__(self):
        return " ".join([self.stream, self.topic, *map(str, self.flags)])


def run(program, *words):
    done = subprocess.run([PROGRAMS / program, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, f"{program} {words}: {done.stderr}"
    return done.stdout


def generate(folder):
    """Generates every stream, each topic in a file of every form."""
    configs = {}
    for name, text in [("events", EVENTS), ("shop", SHOP)]:
        configs[name] = folder / f"{name}.toml"
        configs[name].write_text(text)
    streams = [
        ("sales", "order-gen", "ecommerce-sales", []),
        ("orders", "order-gen", "orders", []),
        ("events", "event-gen", "user-events", ["--config", configs["events"]]),
        ("transactions", "txn-gen", "transactions", []),
        # Instants and keys as others need them.
        ("sales", "order-gen", "ecommerce-sales", ["--timestamp-format", "epoch-us"]),
        ("orders", "order-gen", "orders", ["--timestamp-format", "iso", "--key", "category"]),
    ]
    common = ["--seed", 7, "--start", "2026-11-20T10:00:00Z", "--clock", "fast", "-q"]
    topics = []
    for number, (stream, program, topic, flags) in enumerate(streams):
        place = folder / f"{number}"
        place.mkdir()
        words = ["--stream", stream] if program == "order-gen" else []
        for form in ["ndjson", "csv", "parquet"]:
            output = place / f"{topic}.{form}"
            run(program, *common, "--count", RECORDS, *words, *flags, "-o", output)
        topics.append(Topic(stream, topic, place, flags))
    place = folder / "shop"
    place.mkdir()
    flags = ["--config", configs["shop"]]
    for form in ["ndjson", "csv", "parquet"]:
        words = ["--duration", 1, *flags, "--format", form, "-o", f"{place}/"]
        run("mercato", "stream", *common, *words)
    for path in sorted(place.glob("*.ndjson")):
        topics.append(Topic("shop", path.stem, place, flags))
    assert len(topics) == 13, [str(topic) for topic in topics]
    return topics


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


def of_digits(number):
    """The instant of a number of milliseconds or, where that would lie beyond the year 5000, of microseconds."""
    return EPOCH + dt.timedelta(microseconds=number if number >= 10**14 else number * 1000)


# JSON Schema


def json_schema(topic):
    import jsonschema

    schema = json.loads(topic.schema("json-schema"))
    checker = jsonschema.Draft202012Validator
    checker.check_schema(schema)
    checker = checker(schema, format_checker=checker.FORMAT_CHECKER)
    documented(schema)
    for line in topic.lines:
        record = json.loads(line)
        checker.validate(record)
        for wrong in broken(record):
            assert not checker.is_valid(wrong), f"{wrong} is valid"


def documented(schema):
    for name, field in schema.get("properties", {}).items():
        assert field["description"].endswith("."), name
        documented(field)
        documented(field.get("items", {}))


def broken(record):
    """Records that the one is not: with a field less, one more, and each value of another kind."""
    yield {**record, "no_such_field": 1}
    for name, value in record.items():
        less = copy.deepcopy(record)
        del less[name]
        yield less
        yield {**record, name: [1.5] if not isinstance(value, list) else 1.5}
        if isinstance(value, str) and value.endswith("Z") and "T" in value:
            yield {**record, name: value[:-1] + "+01:00"}
            yield {**record, name: "yesterday"}
        if isinstance(value, dict) and "no_such_field" not in value and not name.startswith("by_"):
            yield {**record, name: {**value, "no_such_field": 1}}


# Avro


def avro(topic):
    import fastavro

    schema = fastavro.parse_schema(json.loads(topic.schema("avro")))
    records = [avro_value(schema, record) for record in topic.records()]
    data = io.BytesIO()
    fastavro.writer(data, schema, records, validator=True)
    data.seek(0)
    assert list(fastavro.reader(data)) == records
    assert all("doc" in field for field in schema["fields"])


def avro_value(schema, value):
    if isinstance(schema, list):
        assert schema[0] == "null"
        return None if value is None else avro_value(schema[1], value)
    if isinstance(schema, str):
        return float(value) if schema == "double" else value
    match schema.get("logicalType", schema["type"]):
        case "record":
            fields = schema["fields"]
            names = [field.get("jsonName", field["name"]) for field in fields]
            assert names == list(value), (names, list(value))
            values = value.values()
            return {f["name"]: avro_value(f["type"], v) for f, v in zip(fields, values)}
        case "array":
            return [avro_value(schema["items"], item) for item in value]
        case "map":
            return {name: avro_value(schema["values"], item) for name, item in value.items()}
        case "decimal":
            assert (schema["precision"], schema["scale"]) == (15, 2)
            return value
        case "timestamp-millis" | "timestamp-micros":
            return of_digits(value) if isinstance(value, int) else instant(value)
    raise AssertionError(schema)


# Protobuf


def protobuf(topic):
    from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
    from grpc_tools import protoc

    with tempfile.TemporaryDirectory() as folder:
        file, compiled = Path(folder) / "record.proto", Path(folder) / "record.bin"
        file.write_text(topic.schema("protobuf"))
        known = importlib.util.find_spec("grpc_tools").submodule_search_locations[0] + "/_proto"
        words = ["", f"-I{folder}", f"-I{known}", "--include_imports", "--fatal_warnings"]
        words += ["--include_source_info", f"--descriptor_set_out={compiled}", str(file)]
        assert protoc.main(words) == 0
        files = descriptor_pb2.FileDescriptorSet.FromString(compiled.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    ours = files.file[-1]
    described = {tuple(place.path) for place in ours.source_code_info.location if place.leading_comments}
    message = ours.message_type[0]
    assert all((4, 0, 2, index) in described for index in range(len(message.field)))
    assert [field.number for field in message.field] == list(range(1, len(message.field) + 1))
    kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"mercato.{message.name}"))
    for line in topic.lines:
        record = json.loads(line, parse_float=Decimal)
        sent = json_format.ParseDict(protobuf_value(kind.DESCRIPTOR, record), kind())
        read = kind.FromString(sent.SerializeToString())
        assert read == sent
        back = json_format.MessageToDict(read, always_print_fields_with_no_presence=True)
        compare_protobuf(kind.DESCRIPTOR, record, back)


def protobuf_value(descriptor, record):
    """The record as Protobuf's JSON has it: decimals as text, instants as text, no null."""
    fields = {field.json_name: field for field in descriptor.fields}
    assert list(fields) == list(record), (list(fields), list(record))
    return {
        name: protobuf_field(fields[name], value)
        for name, value in record.items()
        if value is not None
    }


def protobuf_field(field, value):
    if isinstance(value, list):
        return [protobuf_field(field, item) for item in value]
    if field.message_type and field.message_type.full_name == "google.protobuf.Timestamp":
        return of_digits(value).isoformat().replace("+00:00", "Z") if isinstance(value, int) else value
    if field.message_type and field.message_type.GetOptions().map_entry:
        return {name: float(item) for name, item in value.items()}
    if field.message_type:
        return protobuf_value(field.message_type, value)
    if isinstance(value, Decimal):
        return str(value) if field.type == field.TYPE_STRING else float(value)
    return value


def compare_protobuf(descriptor, record, back):
    for field in descriptor.fields:
        value, found = record[field.json_name], back.get(field.json_name)
        if value is None:
            assert found is None, field.name
        elif field.message_type and field.message_type.full_name == "google.protobuf.Timestamp":
            assert instant(found) == (of_digits(value) if isinstance(value, int) else instant(value))
        elif isinstance(value, dict) and not field.message_type.GetOptions().map_entry:
            compare_protobuf(field.message_type, value, found)
        elif isinstance(value, list):
            assert len(value) == len(found)
            for item, other in zip(value, found):
                compare_protobuf(field.message_type, item, other)
        elif isinstance(value, dict):
            assert {name: float(item) for name, item in value.items()} == found
        elif field.type == field.TYPE_INT64:
            assert str(value) == found, field.name
        elif field.type == field.TYPE_DOUBLE:
            assert float(value) == found, field.name
        else:
            assert (str(value) if isinstance(value, Decimal) else value) == found, field.name


# Arrow


def arrow(topic):
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = {}
    exec(topic.schema("arrow"), names)
    schema = names[f"{topic.table}_schema"]
    assert isinstance(schema, pa.Schema)
    file = pq.read_schema(topic.folder / f"{topic.topic}.parquet")
    assert schema.remove_metadata().equals(file.remove_metadata()), f"{schema}\n{file}"
    assert schema.metadata[b"topic"] == topic.topic.encode()
    assert all(field.metadata[b"doc"].endswith(b".") for field in schema)
    rows = [arrow_value(schema, record) for record in topic.records()]
    table = pa.Table.from_pylist(rows, schema=schema)
    assert table.num_rows == len(rows) and table.validate(full=True) is None


def arrow_value(fields, record):
    import pyarrow as pa

    def value(kind, found):
        if found is None:
            return None
        if pa.types.is_struct(kind):
            return arrow_value([kind.field(i) for i in range(kind.num_fields)], found)
        if pa.types.is_list(kind):
            return [value(kind.value_type, item) for item in found]
        if pa.types.is_map(kind):
            return [(name, value(kind.item_type, item)) for name, item in found.items()]
        if pa.types.is_timestamp(kind):
            return of_digits(found) if isinstance(found, int) else instant(found)
        return float(found) if pa.types.is_floating(kind) else found

    return {field.name: value(field.type, record[field.name]) for field in fields}


# DuckDB


def duckdb(topic):
    duckdb = importlib.import_module("duckdb")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    schema = topic.schema("duckdb")
    connection.execute(schema)
    # The command that the schema names.
    load = schema.splitlines()[0].removeprefix("-- ")
    connection.execute(load.replace(f"'{topic.topic}.ndjson'", f"'{topic.ndjson}'"))
    cursor = connection.execute(f'SELECT * FROM "{topic.table}"')
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row)) for row in cursor.fetchall()]
    compare_rows(topic.records(), rows)
    comments = connection.execute("SELECT comment FROM duckdb_columns() WHERE NOT internal").fetchall()
    assert comments and all(comment.endswith(".") for (comment,) in comments)


def compare_rows(records, rows):
    assert len(rows) == len(records)
    # A table has no order, and one by its key has another.
    order = lambda row: json.dumps(plain(row), sort_keys=True)
    for row, record in zip(sorted(rows, key=order), sorted(records, key=order)):
        assert plain(row) == plain(record), f"{row}\n{record}"


def plain(value):
    """A value without the differences that types of languages make."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, (Decimal, float, int)) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.timezone.utc).isoformat()
    if isinstance(value, str) and value.endswith("Z") and value[10:11] == "T":
        return instant(value).isoformat()
    return value


# ClickHouse


def clickhouse(topic):
    from chdb import session

    connection = session.Session()
    for statement in topic.schema("clickhouse").split(";\n"):
        if statement.strip():
            connection.query(statement)
    settings = "SETTINGS date_time_input_format = 'best_effort'"
    connection.query(f"INSERT INTO `{topic.table}` {settings} FORMAT JSONEachRow\n{topic.ndjson.read_text()}")
    settings = "output_format_json_quote_decimals = 1, output_format_json_quote_64bit_integers = 0"
    settings += ", date_time_output_format = 'iso', output_format_json_named_tuples_as_objects = 1"
    found = connection.query(f"SELECT * FROM `{topic.table}` SETTINGS {settings}", "JSONEachRow")
    lines = str(found.data() if hasattr(found, "data") else found).splitlines()
    shape = topic.records()[0]
    rows = [unquoted(json.loads(line, parse_float=Decimal), shape) for line in lines]
    compare_rows(topic.records(), rows)
    comments = f"SELECT comment FROM system.columns WHERE table = '{topic.table}'"
    comments = str(connection.query(comments, "TSVRaw")).splitlines()
    assert comments and all(comment.endswith(".") for comment in comments), comments
    connection.cleanup()


def unquoted(row, shape):
    """Decimals that were quoted to keep their digits, as numbers again."""
    if isinstance(row, dict):
        return {name: unquoted(item, shape.get(name) if isinstance(shape, dict) else None) for name, item in row.items()}
    if isinstance(row, list):
        return [unquoted(item, shape[0] if shape else None) for item in row]
    if isinstance(row, str) and (isinstance(shape, Decimal) or (shape is None and is_number(row))):
        return Decimal(row)
    return row


def is_number(text):
    try:
        return bool(Decimal(text)) or True
    except decimal.InvalidOperation:
        return False


# PostgreSQL


class Postgres:
    """A server of our own in a folder, reached by its socket alone."""

    SERVER = CONSUMERS / "postgres" / "server"

    def __init__(self, folder):
        self.folder = folder
        self.started = subprocess.run([self.SERVER, "start", folder])

    def stop(self):
        subprocess.run([self.SERVER, "stop", self.folder], check=True)

    def query(self, *commands):
        words = ["psql", "-h", self.folder, "-U", "mercato", "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1"]
        words += [word for command in commands for word in ("-c", command)]
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, env={"PGTZ": "UTC", "PATH": os.environ["PATH"]})
        assert done.returncode == 0, done.stderr
        return done.stdout


def postgres(server, topic):
    schema = topic.schema("postgres")
    server.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public", schema)
    # The command that the schema names.
    load = schema.splitlines()[0].removeprefix("-- ")
    server.query(load.replace(f"'{topic.topic}.csv'", f"'{topic.folder}/{topic.topic}.csv'"))
    found = server.query(f'SELECT row_to_json(t) FROM "{topic.table}" t')
    rows = [json.loads(line, parse_float=Decimal) for line in found.splitlines()]
    rows = [{name: postgres_value(value) for name, value in row.items()} for row in rows]
    compare_rows([flattened(record) for record in topic.all_records()], rows)
    comments = "SELECT count(*) FILTER (WHERE col_description(attrelid, attnum) IS NULL) FROM pg_attribute"
    comments = server.query(f"""{comments} WHERE attrelid = '"{topic.table}"'::regclass AND attnum > 0""")
    assert comments.strip() == "0", comments


def postgres_topics(topics):
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(folder)
        if server.started.returncode == 77:
            print("*** SKIPPED: postgres, because its server is not installed", flush=True)
            return
        server.started.check_returncode()
        try:
            each(lambda topic: postgres(server, topic), "postgres")(topics)
        finally:
            server.stop()


def postgres_value(value):
    return value.replace("+00:00", "Z") if isinstance(value, str) and value.endswith("+00:00") else value


def flattened(record, prefix=""):
    flat = {}
    for name, value in record.items():
        if isinstance(value, dict) and not name.startswith("by_"):
            flat |= flattened(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


# Spark


def spark(topics):
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC")
    session = builder.config("spark.ui.enabled", "false").config("spark.log.level", "ERROR").getOrCreate()
    os.environ["TZ"] = "UTC"
    __import__("time").tzset()
    for topic in topics:
        names = {}
        exec(topic.schema("spark"), names)
        schema = names[f"{topic.table}_schema"]
        frame = session.read.schema(schema).option("mode", "FAILFAST").json(str(topic.ndjson))
        rows = [row.asDict(recursive=True) for row in frame.collect()]
        compare_rows(topic.records(), [naive(row) for row in rows])
        assert all(field.metadata["comment"].endswith(".") for field in schema.fields)
        print(f"ok spark {topic}", flush=True)
    session.stop()


def naive(value):
    if isinstance(value, dict):
        return {name: naive(item) for name, item in value.items()}
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.timezone.utc)
    return value


# Flink


def run_flink(scripts):
    """Runs files of SQL in Flink; gives what it prints."""
    work = PROGRAMS.parent / "flink"
    shutil.copytree(CONSUMERS / "flink-sql", work, dirs_exist_ok=True)
    words = ["mvn", "-q", "-o" if (work / "classpath").exists() else "-B", "compile"]
    words += ["dependency:build-classpath", "-Dmdep.outputFile=classpath"]
    subprocess.run(words, cwd=work, check=True)
    classes = f"{work}/target/classes:{(work / 'classpath').read_text()}"
    done = subprocess.run(
        ["java", "-Xmx1g", "--add-opens=java.base/java.util=ALL-UNNAMED", "-cp", classes, "Tables", *map(str, scripts)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def flink(topics):
    """Reads records with the columns that are printed, and has Flink check the options of the Kafka connector."""
    scripts = []
    for topic in topics:
        printed = topic.schema("flink")
        columns = printed[: printed.index("\nWITH (")]
        out = topic.folder / f"{topic.topic}.flink"
        json_form = "'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'"
        files = "'connector' = 'filesystem', 'path' ="
        scripts.append(topic.folder / f"{topic.topic}.flink.sql")
        scripts[-1].write_text(
            printed
            + f"EXPLAIN SELECT * FROM `{topic.table}`;\n"
            + columns.replace(f"`{topic.table}`", "`read`", 1)
            + f" WITH ({files} '{topic.ndjson}', {json_form});\n"
            + f"CREATE TABLE `written` WITH ({files} '{out}', {json_form}) AS SELECT * FROM `read`;\n"
        )
    printed = run_flink(scripts)
    assert printed.count("watermark=[") >= len(topics), printed
    assert printed.count("idletimeout=[5000]") >= len(topics), printed
    for topic in topics:
        rows = []
        for path in (topic.folder / f"{topic.topic}.flink").rglob("part-*"):
            for line in path.read_text().splitlines():
                row = json.loads(line, parse_float=Decimal)
                if "event_time" in row:
                    time = of_digits(row["timestamp"])
                    time = time.replace(microsecond=time.microsecond // 1000 * 1000)
                    assert instant(row.pop("event_time")) == time
                rows.append(row)
        # Flink's instants with a watermark have milliseconds.
        records = [{name: cut(value) for name, value in record.items()} for record in topic.records()]
        compare_rows(records, [{name: cut(value) for name, value in row.items()} for row in rows])
        print(f"ok flink {topic}", flush=True)


def cut(value):
    if isinstance(value, str) and value.endswith("Z") and value[10:11] == "T":
        at = instant(value)
        return at.replace(microsecond=at.microsecond // 1000 * 1000)
    return value


def flink_cdc(_):
    """Has Flink make the tables of change events, which are those that truth has."""
    folder = Path(tempfile.mkdtemp())
    common = ["--seed", 7, "--start", "2026-11-20T10:00:00Z", "--duration"]
    orders = ["--stream", "sales"]
    products = ["--stream", "shop", "--topic", "product-updates"]
    updates = ["stream", "--topics", "product-updates", *common, "200h"]
    tables = [
        ("ecommerce_sales", ["order-gen", *common, "10m"], orders, "10m", ["order_id", "status", "total"], "timestamp"),
        ("product_updates", ["mercato", *updates], products, "200h", ["product_id", "name", "price"], "updated_at"),
    ]
    scripts, expected = [], []
    for table, command, stream, duration, names, time in tables:
        events = folder / f"{table}.ndjson"
        run(*command, "--clock", "fast", "-q", "--cdc", "debezium", "-o", events)
        schema = lambda form: run("mercato", "schema", *stream, "--cdc", form, "--format", "flink")
        printed, upserted = schema("debezium"), schema("upsert").replace(f"`{table}`", "`upserted`", 1)
        files = f"'connector' = 'filesystem', 'path' = '{events}', 'format' = 'debezium-json'"
        columns = printed[: printed.index("\nWITH (")].replace(f"`{table}`", "`read`", 1)
        fields = " || '|' || ".join(f"CAST(`{name}` AS STRING)" for name in [*names, time])
        scripts.append(folder / f"{table}.sql")
        scripts[-1].write_text(
            f"{printed}EXPLAIN SELECT * FROM `{table}`;\n{upserted}EXPLAIN SELECT * FROM `upserted`;\n"
            f"{columns} WITH ({files}, 'debezium-json.timestamp-format.standard' = 'ISO-8601');\n"
            f"SELECT {fields} FROM `read`;\n"
        )
        truth = run("mercato", "truth", "--table", *stream, *common, duration).splitlines()
        rows = [json.loads(line, parse_float=Decimal) for line in truth]
        shown = lambda value: f"{value:.2f}" if isinstance(value, Decimal) else value
        at = lambda row: row[time][:23].replace("T", " ")
        expected += sorted("row " + "|".join([*(shown(row[name]) for name in names), at(row)]) for row in rows)
    printed = run_flink(scripts)
    assert printed.count("watermark=[") >= 2 * len(tables), printed
    found = [line for line in printed.splitlines() if line.startswith("row ")]
    assert len(found) > 1000 and found == expected, f"{found[:3]}\n{expected[:3]}"
    shutil.rmtree(folder)
    print(f"ok flink-cdc, {len(found)} rows", flush=True)


def each(check, name=None):
    """A reader that looks at one topic after another."""

    def all_topics(topics):
        for topic in topics:
            check(topic)
            print(f"ok {name or check.__name__} {topic}", flush=True)

    return all_topics


READERS = {
    "json-schema": each(json_schema),
    "avro": each(avro),
    "protobuf": each(protobuf),
    "arrow": each(arrow),
    "duckdb": each(duckdb),
    "clickhouse": each(clickhouse),
    "postgres": postgres_topics,
    "spark": spark,
    "flink": flink,
    "flink-cdc": flink_cdc,
}


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        topics = [] if sys.argv[2:] == ["flink-cdc"] else generate(Path(folder))
        for reader in sys.argv[2:]:
            READERS[reader](topics)


main()
