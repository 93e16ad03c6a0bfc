"""Scores the risk that a user leaves, keeps it in SQLite and shows it: app.py [DATABASE [PORT]]

POST /events    {"partition": 0, "events": [{"offset": 0, "event": {...}}, ...]}
GET  /users     every user with their events and score, as JSON
GET  /          the users at the highest risk, as a page
"""

import sqlite3
import sys

from flask import Flask, jsonify, render_template, request

app = Flask(__name__, template_folder=".")
database = sqlite3.connect(sys.argv[1] if len(sys.argv) > 1 else "churn.db", isolation_level=None)
database.executescript(
    """
    PRAGMA journal_mode = wal;
    CREATE TABLE IF NOT EXISTS users (
        user_id INTEGER PRIMARY KEY,
        events INTEGER NOT NULL,
        bounces INTEGER NOT NULL,
        centiminutes INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS partitions (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL);
    CREATE VIEW IF NOT EXISTS scores AS
    SELECT user_id, events, bounces, centiminutes / 100.0 AS minutes, 100 * bounces / events AS score FROM users;
    """
)

ADD = """
INSERT INTO users VALUES (?, 1, ?, ?)
ON CONFLICT DO UPDATE SET
    events = events + 1, bounces = bounces + excluded.bounces, centiminutes = centiminutes + excluded.centiminutes
"""


@app.post("/events")
def add():
    """Adds events in one transaction with the offset they end at, so that none counts twice."""
    partition = request.json["partition"]
    database.execute("BEGIN IMMEDIATE")
    with database:
        row = database.execute("SELECT next FROM partitions WHERE partition = ?", [partition]).fetchone()
        new = [item for item in request.json["events"] if not row or item["offset"] >= row[0]]
        for event in (item["event"] for item in new):
            bounce = event["event_type"] == "bounce"
            # Whole hundredths add up exactly; floats would not.
            database.execute(ADD, [event["user_id"], bounce, round(event["metadata"]["session_length"] * 100)])
        if new:
            database.execute("REPLACE INTO partitions VALUES (?, ?)", [partition, new[-1]["offset"] + 1])
    return {"added": len(new)}


def scores(more=""):
    cursor = database.execute(f"SELECT * FROM scores {more}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor]


@app.get("/users")
def users():
    return jsonify(scores("ORDER BY user_id"))


@app.get("/")
def page():
    return render_template("page.html", users=scores("WHERE events >= 10 ORDER BY score DESC, events DESC LIMIT 20"))


if __name__ == "__main__":
    # One thread: SQLite has one writer anyway.
    app.run(port=int(sys.argv[2]) if len(sys.argv) > 2 else 5000, threaded=False)
