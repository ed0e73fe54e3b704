#!/usr/bin/env bash
# Kills `artsim index` with SIGKILL at five random points, lets it finish, and compares the gallery with that of an undisturbed run:
# same works, same data, same signatures to the bit. Usage: eng/check-interruption.sh FOLDER [index options…]
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tools/ArtSimilarity.Cli -c Release --nologo -v quiet > /dev/null
tool=tools/ArtSimilarity.Cli/bin/Release/net10.0/artsim
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

begin=$(date +%s)
"$tool" index "$@" --gallery "$work/whole.db" --json > "$work/whole.json"
seconds=$(($(date +%s) - begin))
echo "Undisturbed: $seconds s"
for kill in 1 2 3 4 5; do
  "$tool" index "$@" --gallery "$work/killed.db" --json > /dev/null 2>&1 &
  pid=$!
  pause=$(awk -v s="$seconds" -v seed="$RANDOM" 'BEGIN { srand(seed); print 0.5 + rand() * s / 6 }')
  sleep "$pause"
  if kill -9 "$pid" 2> /dev/null; then echo "Killed after $pause s"; else echo "It had ended before $pause s"; fi
  wait "$pid" 2> /dev/null || true
  sqlite3 "$work/killed.db" "select '  ' || count(*) || ' works are in' from works"
done
"$tool" index "$@" --gallery "$work/killed.db" --json > "$work/last.json"
sqlite3 "$work/killed.db" "pragma integrity_check" | grep -x ok
dump() {
  sqlite3 "$1" "select w.key, w.title, w.artist, w.genre, w.style, w.year, w.image_uri, w.content_hash, hex(s.vector)
                from works w left join signatures s on s.work_id = w.id order by w.key" | sha256sum
}
echo "whole:  $(sqlite3 "$work/whole.db" 'select count(*) from works') works, $(dump "$work/whole.db")"
echo "killed: $(sqlite3 "$work/killed.db" 'select count(*) from works') works, $(dump "$work/killed.db")"
[ "$(dump "$work/whole.db")" = "$(dump "$work/killed.db")" ] || { echo "The galleries differ." >&2; exit 1; }
begin=$(date +%s.%N)
"$tool" index "$@" --gallery "$work/killed.db" --json
echo "Running it again on the finished gallery: $(echo "$(date +%s.%N) - $begin" | bc) s"
