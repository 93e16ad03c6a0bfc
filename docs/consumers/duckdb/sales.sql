-- Sales by status, from each of the formats that DuckDB reads.

-- Parquet knows its types: money is DECIMAL(15, 2), instants are in UTC.
COPY (SELECT status, count(*), sum(total) FROM 'sales.parquet' GROUP BY status)
TO 'parquet.csv' (HEADER false);

-- CSV does not: without `types`, money would be guessed to be DOUBLE.
CREATE VIEW csv AS FROM read_csv('sales.csv', types = {'price': 'DECIMAL(15, 2)', 'total': 'DECIMAL(15, 2)'});
COPY (SELECT status, count(*), sum(total) FROM csv GROUP BY status)
TO 'csv.csv' (HEADER false);

-- Nor does JSON: the table is what `mercato schema` prints.
COPY ecommerce_sales FROM 'sales.ndjson' (FORMAT json);
COPY (SELECT status, count(*), sum(total) FROM ecommerce_sales GROUP BY status)
TO 'ndjson.csv' (HEADER false);
