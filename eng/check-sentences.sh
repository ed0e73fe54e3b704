#!/usr/bin/env bash
# Counts how long the sentences of the documentation are: all .md files, and the XML comments of src/.
# Usage: eng/check-sentences.sh [--short] [--strict]
#   --short   only the totals and the ten longest sentences
#   --strict  exit code 1 when a sentence has more than 35 words
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet run eng/CountSentences.cs -- "$@"
