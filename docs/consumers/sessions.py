"""Numbers the orders of each customer's session, from records on standard input: the answer that `mercato truth` lacks.

    order-gen --stream orders … | sessions.py [--last]

A session ends when a customer has not ordered for a minute. With --last, only its last order is written.
"""

import json
import sys

open_sessions = {}


def write(order):
    print(json.dumps(order))


for line in sys.stdin:
    order = json.loads(line)
    customer, time = order["customerId"], order["timestamp"]
    last = open_sessions.get(customer)
    begins = last is None or time > last["window_start"] + 60_000
    if last and begins and sys.argv[1:]:
        write(last)
    open_sessions[customer] = {"window_start": time, "customerId": customer, "count": 1 if begins else last["count"] + 1}
    if not sys.argv[1:]:
        write(open_sessions[customer])
if sys.argv[1:]:
    for last in open_sessions.values():
        write(last)
