"""Sales by status and hour, from the topic as a stream: stream.py SCHEMA RESULT [BROKER [live]]"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, count, from_json, sum, window

spark = SparkSession.builder.appName("EcommerceSales").getOrCreate()
exec(open(sys.argv[1]).read())

df = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", sys.argv[3] if len(sys.argv) > 3 else "localhost:9092")
    .option("subscribe", "ecommerce-sales")
    # A stream starts at the latest offset by default, and prints nothing of a run that is over.
    .option("startingOffsets", "earliest")
    .load()
)
sales = df.select(
    from_json(col("value").cast("string"), ecommerce_sales_schema, {"mode": "FAILFAST"}).alias("data")
).select("data.*")

sales_by_hour = (
    sales.groupBy(window("timestamp", "1 hour"), "status")
    .agg(count("*").alias("records"), sum("total").alias("total"))
    .select("window.start", "status", "records", "total")
)


def write(rows, _):
    rows.coalesce(1).write.mode("overwrite").csv(sys.argv[2])


# Complete mode shows every hour as it stands. Append mode, with a watermark, would show an hour only once later
# records have closed it, and so never the last.
query = sales_by_hour.writeStream.outputMode("complete").foreachBatch(write)
if sys.argv[4:] != ["live"]:
    query = query.trigger(availableNow=True)
query.start().awaitTermination()
