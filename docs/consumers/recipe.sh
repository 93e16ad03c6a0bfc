# What the recipes share; each `run` sources it, in an empty folder that `../run` made.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/mercato/consumers"

# The runs: fixed, so that their results are the same on every machine.
run=(--seed 42 --start 2026-01-01)
sales=("${run[@]}" --count $((RECORDS / 4))) # up to four records an order
orders=("${run[@]}" --count "$RECORDS")
events=("${run[@]}" --count "$RECORDS")
fast=(--clock fast -qq)

skip() { printf '*** SKIPPED: %s\n' "$1" >&2; exit 77; }

needs() {
  local word
  for word in "$@"; do command -v "$word" >/dev/null || skip "$word is not installed"; done
}

needs_kafka() { [[ -n "$BROKER" ]] || skip 'no Apache Kafka: it needs a JDK 17 and, the first time, Maven'; }

# topic NAME: a new, empty topic. Its records are older than a usual retention of seven days.
topic() {
  mercato topics delete "$1" --if-exists -qq -b "$BROKER" >/dev/null 2>&1
  mercato topics create "$1" --partitions 6 --retention forever -qq -b "$BROKER" >/dev/null
}

free_port() { python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'; }

# Waits until something listens on the port; fails when the process ends before.
listens() {
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    kill -0 "$2"
    sleep 0.1
  done
}

# Sets `python` to a Python with the packages of this folder's requirements.txt, installed once.
needs_python() {
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || skip 'no Python 3.10'
  local place
  place="$cache/python-$({ python3 -V; cat "$here/requirements.txt"; } | cksum | cut -d' ' -f1)"
  python="$place/bin/python"
  if [[ ! -e "$place/complete" ]]; then
    python3 -m venv "$place" || skip 'no Python with venv'
    "$place/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" || skip 'PyPI is not reachable'
    touch "$place/complete"
  fi
}

# Sets `classpath` to the classes of this folder's Maven project, compiled, and of all it needs.
needs_maven() {
  needs javac mvn
  local place
  place="$cache/${here##*/}-$(cksum <"$here/pom.xml" | cut -d' ' -f1)"
  mkdir -p "$place"
  rm -rf "$place/src" "$place/target"
  cp -r "$here/pom.xml" "$here/src" "$place/"
  maven() { mvn -q -B -f "$place/pom.xml" "$@" >maven.log || { cat maven.log >&2; return 1; }; }
  if [[ ! -e "$place/classpath" ]]; then
    maven dependency:build-classpath -Dmdep.outputFile="$place/classpath.new" || skip 'Maven Central is not reachable'
    mv "$place/classpath.new" "$place/classpath"
  fi
  maven compile
  classpath="$place/target/classes:$(<"$place/classpath")"
}

compare() { RECIPE="$here" python3 -I "$CONSUMERS/compare.py" "$@"; }

# Compares what the jobs of document 003 printed into `log` with the answers for customers, sessions and categories;
# with --last, of sessions that print one line each.
compare_lessons() {
  local truth=(mercato truth --stream orders "${orders[@]}" -q --window 1h)
  "${truth[@]}" --by customerId --agg 'count,sum(amount)' -o customers.ndjson
  "${truth[@]}" --by category --agg 'count,sum(amount),max(amount)' -o categories.ndjson
  local row='> (?:\+[IU]\[)?\(?' n='([0-9.]+)'
  [[ "$(grep -c '^Processed Orders> ' log)" == "$RECORDS" ]] || { echo 'not every order is printed once' >&2; exit 1; }
  compare --line "^Customer Totals$row(customer_\d+), $n, $n[])]" customers.ndjson log customerId 'sum(amount)' count
  compare --line "^VIP Status$row(customer_\d+): VIP \(total: $n, orders: $n\)" customers.ndjson log customerId 'sum(amount)' count
  compare --windows --line "^Category Analysis${row}Category (\w+): total=$n, orders=$n, avg=$n, max=$n" \
    categories.ndjson log category 'sum(amount)' count 'avg(amount)' 'max(amount)'
  order-gen --stream orders "${orders[@]}" "${fast[@]}" | python3 -I "$CONSUMERS/sessions.py" "$@" >sessions.ndjson
  compare --windows --line "^Order Frequency$row(customer_\d+): (\d+) orders in session" sessions.ndjson log customerId count
}
