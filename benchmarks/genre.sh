#!/usr/bin/env bash
# What fine-tuning on genre comes to: judges each model given, and before it the one that its training began with, on the held-out
# paintings (benchmarks/splits/genre-held-out.csv), and writes benchmarks/results/genre.md.
# Usage: benchmarks/genre.sh [--work DIR] [--limit N] MODEL.onnx…
#   --work DIR  keeps the galleries there, so that a further run computes only the signatures that it lacks
#   --limit N   tries it on about N paintings and prints the report instead of writing it
set -euo pipefail
usage() { sed -n 's/^# \(Usage: .*\)/\1/p' "$0" >&2; exit 2; }
models=() keep="" limit=0
while [ $# -gt 0 ]; do
  case $1 in
    --work) keep=$(realpath -m "${2:?}"); shift 2 ;;
    --limit) limit=${2:?}; shift 2 ;;
    -*) usage ;;
    *) models+=("$(realpath "$1")"); shift ;;
  esac
done
[ ${#models[@]} -gt 0 ] || usage
source "$(dirname "$0")/common.sh"
dotnet build benchmarks/ArtSimilarity.Benchmarks -c Release -m:1 --nologo -v quiet > /dev/null
galleries=${keep:-$work}
mkdir -p "$galleries"

# Every list that the figures are of: all.csv, held-out.csv (with what is known of each painting), pairs.csv, held-out-pairs.csv.
python3 benchmarks/tables.py lists "$shared/paintings" benchmarks/splits/genre-held-out.csv "$limit" "$work"

# Sizes and times first; the answer also says which model each one began with.
taskset -c 1 benchmarks/ArtSimilarity.Benchmarks/bin/Release/net10.0/ArtSimilarity.Benchmarks compare models "${models[@]}" > "$work/models.json"

number=0
while IFS=$'\t' read -r name model trained; do
  echo "$name" >&2
  # The held-out paintings first and alone, in a gallery of their own, where each one searches among the others; then all.
  hash=$(sha256sum "$model" | cut -c1-16)
  small=$galleries/$hash-held-out-$limit.db whole=$galleries/$hash-all-$limit.db
  "$tool" index "$work/held-out.csv" --model "$model" --gallery "$small" --json > /dev/null
  "$tool" evaluate --gallery "$small" --by genre -k 10,100 --json > "$work/$number-strict.json"
  [ -e "$whole" ] || cp "$small" "$whole"
  "$tool" index "$work/all.csv" --model "$model" --gallery "$whole" --json > "$work/$number-index.json"
  judge "$model" "$whole" "$work/held-out.csv" "$work/pairs.csv" > "$work/$number-open.json"
  judge "$model" "$whole" "$work/held-out.csv" "$work/held-out-pairs.csv" > "$work/$number-pairs.json"
  if [ "$trained" = yes ]; then
    for flip in "" --flip; do
      "$tool" evaluate --classifier --by genre --metadata "$work/held-out.csv" --model "$model" $flip --json > "$work/$number-classifier$flip.json"
    done
  fi
  number=$((number + 1))
done < <(python3 benchmarks/tables.py models "$work/models.json")

python3 benchmarks/tables.py genre "$work" > "$work/report.md"
if [ "$limit" -gt 0 ]; then
  cat "$work/report.md"
else
  cp "$work/report.md" benchmarks/results/genre.md
fi
