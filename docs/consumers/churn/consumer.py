"""Hands the events of the topic to the API, partition by partition: consumer.py [BROKER [API [GROUP]]]"""

import json
import sys
import urllib.request
from itertools import groupby

from confluent_kafka import Consumer, KafkaException, Message

broker, api, group = sys.argv[1:] + ["localhost:9092", "http://localhost:5000", "churn"][len(sys.argv) - 1 :]
consumer = Consumer(
    {
        "bootstrap.servers": broker,
        "group.id": group,
        "auto.offset.reset": "earliest",
        # An offset is committed only when the API has stored what comes before it.
        "enable.auto.commit": False,
    }
)
consumer.subscribe(["user-events"])


def post(partition, messages):
    events = [{"offset": message.offset(), "event": json.loads(message.value())} for message in messages]
    body = json.dumps({"partition": partition, "events": events}).encode()
    request = urllib.request.Request(f"{api}/events", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()


# Ends when nothing has come for 10 seconds; a live consumer goes on.
while messages := consumer.consume(1000, timeout=10):
    for message in messages:
        if message.error():
            raise KafkaException(message.error())
    messages.sort(key=Message.partition)
    for partition, of_partition in groupby(messages, Message.partition):
        post(partition, of_partition)
    consumer.commit(asynchronous=False)
consumer.close()
