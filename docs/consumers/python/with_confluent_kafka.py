"""Prints every sale of the topic, and at the end sales by status: with_confluent_kafka.py [BROKER]"""

import json
import sys
from collections import Counter
from decimal import Decimal

from confluent_kafka import Consumer, KafkaException

consumer = Consumer(
    {
        "bootstrap.servers": sys.argv[1] if len(sys.argv) > 1 else "localhost:9092",
        "group.id": "sales-by-status",
        "auto.offset.reset": "earliest",
        # Without commits, each run of this program reads the whole topic.
        "enable.auto.commit": False,
    }
)
consumer.subscribe(["ecommerce-sales"])

records, total = Counter(), Counter()
# Ends when nothing has come for 10 seconds; a live consumer goes on.
while messages := consumer.consume(1000, timeout=10):
    for message in messages:
        if message.error():
            raise KafkaException(message.error())
        # Money stays decimal: as a float, a sum of many amounts is off by cents.
        sale = json.loads(message.value(), parse_float=Decimal)
        print(f"Order {sale['order_id']}: {sale['status']} - ${sale['total']:.2f}")
        records[sale["status"]] += 1
        total[sale["status"]] += sale["total"]
consumer.close()

for status in sorted(records):
    print(f"{status}: {records[status]} records, ${total[status]}")
