#!/usr/bin/env bash
# Does what the README tells a newcomer, with the README's own lines: the demo; a fresh console project that adds the packages and
# whose program is the example; and the tool, packed, installed and run. Then looks whether every package says whose work is inside.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }

# The block behind a mark of the README, and how many lines it must have at least.
block() {
  awk -v mark="<!-- $1 -->" '$0 == mark { wanted = 1; next } wanted && /^```/ { if (inside) exit; inside = 1; next } inside' "$root/README.md" > "$work/$1"
  [ "$(wc -l < "$work/$1")" -ge "$2" ] || fail "The README has no block of $2 lines behind <!-- $1 -->."
}
block demo 1
block packages 6
block example 10
block tool 3

# The version of Directory.Build.props and a fourth number, so that no cache answers for it.
version="$(dotnet msbuild src/ArtSimilarity -getProperty:VersionPrefix).$(date +%s)"
address=https://example.org/artsimilarity
for project in src/ArtSimilarity*; do
  dotnet pack "$project" -c Release -o "$work/feed" -p:Version="$version" -p:AssemblyVersion=0.0.0.0 -p:FileVersion=0.0.0.0 -p:RepositoryUrl="$address" --nologo -v quiet
  package=$(basename "$project")
  test -f "$work/feed/$package.$version.nupkg" || fail "No package $package was packed."
  test -f "$work/feed/$package.$version.snupkg" || fail "No symbols of $package were packed."
done
ls "$work/feed"

echo "== The demo as printed, with another place for its output"
bash -euo pipefail -c "$(cat "$work/demo") --out $work/demo-output" > "$work/demo.txt"
find "$work/demo-output" -name '*.html' -size +100k | grep . || fail "The README's demo wrote no report."

echo "== The packages as printed, in an empty project"
mkdir "$work/newcomer" && cd "$work/newcomer"
cat > nuget.config <<XML
<configuration>
  <packageSources>
    <add key="check" value="$work/feed" />
  </packageSources>
</configuration>
XML
dotnet new console -f net10.0 --no-restore > /dev/null
bash -euo pipefail "$work/packages" > added.txt || { cat added.txt; fail "The README's packages cannot be added."; }
[ "$(grep -c "Version=\"$version\"" newcomer.csproj)" = "$(grep -c ' ArtSimilarity' "$work/packages")" ] || { cat newcomer.csproj; fail "Other packages than the ones just packed were added."; }
cp "$work/example" Program.cs
mkdir paintings
cp "$work"/demo-output/paintings/images/* paintings/
dotnet run -- paintings | tee output.txt
test "$(grep -c '[0-9]' output.txt)" -ge 5 || fail "The README's example printed no results."

echo "== The suites, in a test project that knows nothing but packages"
xunit=$(sed -n 's/.*PackageVersion Include="xunit.v3" Version="\([^"]*\)".*/\1/p' "$root/Directory.Packages.props")
mkdir "$work/foreign" && cp nuget.config "$work/foreign" && cd "$work/foreign"
cat > foreign.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <OutputType>Exe</OutputType>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="xunit.v3" Version="$xunit" />
    <PackageReference Include="ArtSimilarity.Testing" Version="$version" />
  </ItemGroup>
</Project>
XML
cat > StoreTests.cs <<'CS'
using ArtSimilarity.Galleries;
using ArtSimilarity.Testing;

public sealed class StoreTests : GalleryStoreConformance
{
    protected override IGalleryStore Create() => new InMemoryGalleryStore();
}
CS
dotnet run | tee output.txt || fail "The suite of stores fails in another project."
grep -Eq 'Total: [1-9][0-9]' output.txt || fail "The suite of stores was not found in another project."

echo "== The tool as printed, packed for the platform of this machine"
rid=$(dotnet --info | awk '$1 == "RID:" { print $2; exit }')
mkdir "$work/home" "$work/elsewhere"
sed -i "s/=linux-x64/=$rid/; s#~/#$work/home/#g; s#^$work/home/artsim/artsim .*#(cd '$work/elsewhere' \&\& &)#" "$work/tool"
cd "$work/newcomer"
(cd "$root" && bash -euo pipefail "$work/tool") > tool.txt || { cat tool.txt; fail "The README's commands for the tool fail."; }
find "$work/elsewhere/artsim-demo" -name '*.html' -size +100k | grep . || fail "The installed tool's demo wrote no report."
du -sm "$work/home/artsim"/*.nupkg "$work/home/artsim/.store"

echo "== What every package shows in a registry"
for package in "$work"/feed/*.nupkg "$work"/home/artsim/*.nupkg; do
  unzip -p "$package" '*.nuspec' > "$work/nuspec"
  for wanted in '<icon>icon.png</icon>' '<readme>README.md</readme>' '<releaseNotes>## ' '<license type="expression">'; do
    grep -qF "$wanted" "$work/nuspec" || fail "The package $(basename "$package") lacks $wanted."
  done
  unzip -p "$package" icon.png | cmp -s - "$root/eng/icon.png" || fail "The package $(basename "$package") lacks the icon."
done
for package in "$work"/feed/*.nupkg; do # the tool is packed by the README's own lines, which name no address
  unzip -p "$package" '*.nuspec' | grep -qF "<projectUrl>$address</projectUrl>" || fail "The package $(basename "$package") lacks the project's address."
done

echo "== The notices"
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
for package in $(awk '/ ArtSimilarity/ { print tolower($4) }' "$work/packages"); do
  grep -q "MIT License" "$packages/$package/$version/NOTICE" || fail "The package $package has no NOTICE."
done
grep -q "Apache License" "$packages/artsimilarity.onnx/$version/NOTICE" || fail "The NOTICE of ArtSimilarity.Onnx does not name the model's origin."
unzip -p "$work/feed/ArtSimilarity.Training.$version.nupkg" NOTICE > "$work/training-notice"
for platform in linux-x64 osx-arm64 win-x64; do
  grep -q "libtorch-cpu-$platform" "$work/training-notice" || fail "The NOTICE of ArtSimilarity.Training does not name libtorch for $platform."
done
wanted_of_artsim=("NetVips.Native" "GNU LESSER GENERAL PUBLIC LICENSE" "GNU GENERAL PUBLIC LICENSE" "Used under the terms of" "Microsoft.ML.OnnxRuntime" "SQLitePCLRaw" "SkiaSharp" "ScottPlot" "Spectre.Console" "System.CommandLine" "Apache License")
notice=$(find "$work/home/artsim/.store" -iname NOTICE -size +100k | head -1)
[ -n "$notice" ] || fail "The tool has no NOTICE."
# A published program carries the same files as the tool's package.
(cd "$root" && dotnet publish tools/ArtSimilarity.Cli -c Release -r "$rid" -o "$work/published" --nologo -v quiet)
for wanted in "${wanted_of_artsim[@]}"; do
  grep -q "$wanted" "$notice" || fail "The tool's NOTICE lacks $wanted."
  grep -q "$wanted" "$work/published/NOTICE" || fail "The published artsim's NOTICE lacks $wanted."
done
rm -rf "$packages"/artsimilarity*/"$version"
