-- The jobs of document 003 over the table `orders`, which `mercato schema --stream orders --format flink` prints.

-- Ends the job at what the topic holds now.
-- Without this line it is live, and its last windows stay open until later orders arrive.
ALTER TABLE `orders` SET ('scan.bounded.mode' = 'latest-offset');
-- A bounded job knows which partitions are empty. With a timeout it would also take those for idle that only wait
-- while others are read, and drop their orders as late.
ALTER TABLE `orders` RESET ('scan.watermark.idle-timeout');

-- A table that prints its rows; as one job runs here, the prefix tells whose they are.
CREATE TABLE processed_orders (line STRING) WITH ('connector' = 'print', 'print-identifier' = 'Processed Orders');
CREATE TABLE customer_totals (customer STRING, total DECIMAL(38, 2), orders BIGINT)
WITH ('connector' = 'print', 'print-identifier' = 'Customer Totals');
CREATE TABLE vip_status (line STRING) WITH ('connector' = 'print', 'print-identifier' = 'VIP Status');
CREATE TABLE order_frequency (line STRING) WITH ('connector' = 'print', 'print-identifier' = 'Order Frequency');
CREATE TABLE category_analysis (line STRING) WITH ('connector' = 'print', 'print-identifier' = 'Category Analysis');

INSERT INTO processed_orders
SELECT '[' || CAST(`timestamp` AS STRING) || '] Order processed: ' || orderId || ' (Customer: ' || customerId
  || ', Amount: $' || CAST(amount AS STRING) || ', Category: ' || category || ')'
FROM `orders`;

INSERT INTO customer_totals
SELECT customerId, SUM(amount), COUNT(*) FROM `orders` GROUP BY customerId;

-- VIPs have spent 1,000 dollars.
INSERT INTO vip_status
SELECT customerId || ': ' || CASE WHEN SUM(amount) >= 1000 THEN 'VIP' ELSE 'REGULAR' END
  || ' (total: ' || CAST(SUM(amount) AS STRING) || ', orders: ' || CAST(COUNT(*) AS STRING) || ')'
FROM `orders` GROUP BY customerId;

-- A session ends when a customer has not ordered for a minute of event time.
INSERT INTO order_frequency
SELECT customerId || ': ' || CAST(COUNT(*) AS STRING) || ' orders in session ('
  || CASE WHEN COUNT(*) = 1 THEN 'NEW' WHEN COUNT(*) < 5 THEN 'ACTIVE' ELSE 'FREQUENT' END || ' CUSTOMER)'
FROM SESSION(TABLE `orders` PARTITION BY customerId, DESCRIPTOR(event_time), INTERVAL '1' MINUTE)
GROUP BY customerId, window_start, window_end;

INSERT INTO category_analysis
SELECT 'Category ' || category || ': total=' || CAST(SUM(amount) AS STRING) || ', orders=' || CAST(COUNT(*) AS STRING)
  || ', avg=' || CAST(CAST(AVG(amount) AS DECIMAL(15, 2)) AS STRING) || ', max=' || CAST(MAX(amount) AS STRING)
FROM TUMBLE(TABLE `orders`, DESCRIPTOR(event_time), INTERVAL '1' HOUR)
GROUP BY category, window_start, window_end;
