-- Sales by status and hour over the table `ecommerce_sales`, which `mercato schema --stream sales --format flink` prints.

-- Bounded and without idle timeout, as in orders.sql.
ALTER TABLE `ecommerce_sales` SET ('scan.bounded.mode' = 'latest-offset');
ALTER TABLE `ecommerce_sales` RESET ('scan.watermark.idle-timeout');

CREATE TABLE sales_by_hour (window_start TIMESTAMP(3), status STRING, records BIGINT, total DECIMAL(38, 2))
WITH ('connector' = 'print', 'print-identifier' = 'Sales by hour');

INSERT INTO sales_by_hour
SELECT window_start, status, COUNT(*), SUM(total)
FROM TUMBLE(TABLE `ecommerce_sales`, DESCRIPTOR(`timestamp`), INTERVAL '1' HOUR)
GROUP BY window_start, window_end, status;
