#!/usr/bin/env bash
# Writes the public API of every package to its PublicAPI.Unshipped.txt: run it after an intended change, and read the diff.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in src/ArtSimilarity*; do
  file="$project/PublicAPI.Unshipped.txt"
  echo '#nullable enable' > "$file"
  dotnet build "$project" --no-incremental --nologo -p:TreatWarningsAsErrors=false -p:CodeAnalysisTreatWarningsAsErrors=false -clp:NoSummary 2>&1 \
    | { grep -F "[$PWD/$project/" || true; } \
    | { grep -o "RS0016: Symbol '.*' is not part of the declared public API" || true; } \
    | sed "s/^RS0016: Symbol '//; s/' is not part of the declared public API\$//" \
    | LC_ALL=C sort -u | { grep -vxFf "$project/PublicAPI.Shipped.txt" || true; } >> "$file"
  echo "$(($(wc -l < "$file") - 1)) members: $file"
done
