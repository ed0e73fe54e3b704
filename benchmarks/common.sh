# What benchmarks/retrieval.sh and benchmarks/genre.sh share; both source it. It goes to the repository's root, builds artsim, and makes
# a folder $work that goes away at the end.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/.."
shared=${ARTSIM_SHARED:-../shared}
dotnet build tools/ArtSimilarity.Cli -c Release -m:1 --nologo -v quiet > /dev/null
tool=tools/ArtSimilarity.Cli/bin/Release/net10.0/artsim
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# judge MODEL GALLERY QUERIES PAIRS: same-genre shares of the queries among all other works of a gallery, and how often works known in two
# digitisations find each other among all of them, as JSON.
judge() {
  "$tool" evaluate --model "$1" --gallery "$2" --by genre -k 10,100,1000 --queries "$3" --pairs "$4" --json
}
