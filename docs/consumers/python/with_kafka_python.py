"""Prints every sale of the topic, and at the end sales by status: with_kafka_python.py [BROKER]"""

import json
import sys
from collections import Counter
from decimal import Decimal

from kafka import KafkaConsumer

consumer = KafkaConsumer(
    "ecommerce-sales",
    bootstrap_servers=sys.argv[1] if len(sys.argv) > 1 else "localhost:9092",
    auto_offset_reset="earliest",
    # Ends when nothing has come for so long; a live consumer leaves this out.
    consumer_timeout_ms=5000,
)

records, total = Counter(), Counter()
for message in consumer:
    # Money stays decimal: as a float, a sum of many amounts is off by cents.
    sale = json.loads(message.value, parse_float=Decimal)
    print(f"Order {sale['order_id']}: {sale['status']} - ${sale['total']:.2f}")
    records[sale["status"]] += 1
    total[sale["status"]] += sale["total"]

for status in sorted(records):
    print(f"{status}: {records[status]} records, ${total[status]}")
