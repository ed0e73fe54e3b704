#!/usr/bin/env bash
# Publishes a program of the trim-safe packages ahead of time (needs clang and zlib) and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
dotnet publish tests/ArtSimilarity.AotSmoke -c Release -o "$out" -p:StripSymbols=true -p:TrimmerSingleWarn=false
ls -l "$out/ArtSimilarity.AotSmoke"
"$out/ArtSimilarity.AotSmoke"
