"""Sales by status, from the whole topic: batch.py SCHEMA RESULT [BROKER]"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, count, from_json, sum

spark = SparkSession.builder.appName("EcommerceSales").getOrCreate()

# `ecommerce_sales_schema`, as `mercato schema --stream sales --format spark` prints it, with money as DecimalType.
exec(open(sys.argv[1]).read())

df = (
    spark.read.format("kafka")
    .option("kafka.bootstrap.servers", sys.argv[3] if len(sys.argv) > 3 else "localhost:9092")
    .option("subscribe", "ecommerce-sales")
    .option("startingOffsets", "earliest")
    .option("endingOffsets", "latest")
    .load()
)
# FAILFAST: a record that does not fit stops the job, instead of becoming a row of nulls.
sales = df.select(
    from_json(col("value").cast("string"), ecommerce_sales_schema, {"mode": "FAILFAST"}).alias("data")
).select("data.*")

sales_by_status = sales.groupBy("status").agg(count("*"), sum("total"))
sales_by_status.show()
sales_by_status.coalesce(1).write.csv(sys.argv[2])
