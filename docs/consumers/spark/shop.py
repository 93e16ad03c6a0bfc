"""The shop's transactions as a stream into a Delta table, then by payment method: shop.py SCHEMA RESULT [BROKER]"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, count, from_json, max, sum

spark = SparkSession.builder.appName("Shop").getOrCreate()
exec(open(sys.argv[1]).read())

df = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", sys.argv[3] if len(sys.argv) > 3 else "localhost:9092")
    .option("subscribe", "transactions")
    .option("startingOffsets", "earliest")
    .load()
)
transactions = df.select(
    from_json(col("value").cast("string"), transactions_schema, {"mode": "FAILFAST"}).alias("data")
).select("data.*")

# The checkpoint and Delta's log together write each record once, even if the job is killed and started again.
query = (
    transactions.writeStream.format("delta")
    .option("checkpointLocation", f"{sys.argv[2]}.checkpoint")
    .trigger(availableNow=True)
    .start(f"{sys.argv[2]}.delta")
)
query.awaitTermination()

by_method = spark.read.format("delta").load(f"{sys.argv[2]}.delta").groupBy("payment_method")
by_method = by_method.agg(count("*"), sum("total_amount"), max("total_amount"))
by_method.show()
by_method.coalesce(1).write.csv(sys.argv[2])
