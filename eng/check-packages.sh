#!/usr/bin/env bash
# Packs every package into a folder feed, then does what the README tells a newcomer: a fresh console project adds the packages,
# and the README's own example is its program.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version="0.1.0-check.$(date +%s)" # a version of its own, so that no cache answers for it
for project in src/ArtSimilarity*; do
  dotnet pack "$project" -c Release -o "$work/feed" -p:Version="$version" --nologo -v quiet
done
ls "$work/feed"
for package in ArtSimilarity ArtSimilarity.Imaging ArtSimilarity.ImageSharp ArtSimilarity.Onnx ArtSimilarity.Annoy ArtSimilarity.Sqlite ArtSimilarity.Training; do
  test -f "$work/feed/$package.$version.nupkg" || { echo "No package $package was packed." >&2; exit 1; }
  test -f "$work/feed/$package.$version.snupkg" || { echo "No symbols of $package were packed." >&2; exit 1; }
done

mkdir "$work/newcomer" && cd "$work/newcomer"
cat > nuget.config <<XML
<configuration>
  <packageSources>
    <add key="check" value="$work/feed" />
  </packageSources>
</configuration>
XML
dotnet new console -f net10.0 --no-restore > /dev/null
for package in ArtSimilarity ArtSimilarity.Imaging ArtSimilarity.Annoy ArtSimilarity.Sqlite ArtSimilarity.Onnx; do
  dotnet add package "$package" --version "$version" > /dev/null
done
dotnet add package Microsoft.Extensions.DependencyInjection --version 10.0.14 > /dev/null
awk '/<!-- example -->/ { wanted = 1; next } wanted && /^```csharp/ { inside = 1; next } /^```/ { if (inside) exit } inside' "$root/README.md" > Program.cs
grep -q AddArtSimilarity Program.cs || { echo "The README's example was not found." >&2; exit 1; }
mkdir paintings
"$root/samples/ArtSimilarity.Cli/bin/Release/net10.0/artsim" demo --out "$work/demo" > /dev/null
cp "$work"/demo/paintings/images/* paintings/
dotnet run -- paintings | tee output.txt
test "$(grep -c '[0-9]' output.txt)" -ge 5 || { echo "The README's example printed no results." >&2; exit 1; }
