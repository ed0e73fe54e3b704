#!/usr/bin/env bash
# How well works are found by what people hold in their hands: photographs in rooms, details, grey and faded reproductions, mirror images. Indexes all shared
# paintings with each model, asks by distorted views of some of them, and writes benchmarks/results/wild.md. Takes hours on two cores.
# Usage: benchmarks/wild.sh [WORKS [MODEL…]]; by default 400 works, the built-in model's output work and the shared MobileNetV2. The seed is 1. DETAIL_WORKS says among how many
# works with regions the details of large pictures are looked for (default 1,360; all take hours more).
set -euo pipefail
source "$(dirname "$0")/common.sh"
out=benchmarks/results/wild.md
works=${1:-400}
shift || true
models=("$@")
[ ${#models[@]} -gt 0 ] || models=(default#work "$shared/models/mobilenetv2-gluon-features.onnx")
dotnet build benchmarks/wild -c Release -m:1 --nologo -v quiet > /dev/null
{
  echo "# Works found by photographs, details and faded reproductions"
  echo
  echo "Written $(date -u +%F) by \`benchmarks/wild.sh $works\`, seed 1, on $(nproc) cores. The generator is \`benchmarks/wild\`: it draws walls, frames, clutter, perspective, light and"
  echo "camera. $works works of \`../shared/paintings\` are asked for, $works others are taken out of the gallery with all their copies. Half of the works calibrate, the other"
  echo "half is reported. A copy of a work in the gallery counts as the work: 25 points or more must agree between the two reproductions."
  echo
  echo "*whole*: the image as it is. *views* (\`artsim search --photo --no-verify\`): outlines found, rectified, and crops; the nearest view counts. *identify*: the ten nearest of these,"
  echo "verified point by point; \"first\" then means that the right work was named. *photo search* (\`artsim search --photo\`): the works that are surely shown come first, those nearest to"
  echo "a view follow. *grey space*: works and query without colours."
  echo
} > "$work/report.md"
for model in "${models[@]}"; do
  case $model in
    default*) option=(--model "paintings-mobilenetv2${model#default}") ;;
    *) option=(--model "$model") ;;
  esac
  "$tool" index "$shared/paintings" --metadata "$shared/paintings/paintings.csv" "${option[@]}" --gallery "$work/gallery.db" --json > /dev/null
  dotnet benchmarks/wild/bin/Release/net10.0/ArtSimilarity.Wild.dll "$work/gallery.db" "$work/grey.db" "$model" "$works" 1 >> "$work/report.md"
  rm -rf "$work"/gallery.db* "$work"/grey.db*
  for regions in --regions --pooled-regions; do
    echo "Regions: \`$regions\`."
    echo
    "$tool" index "$shared/paintings/images" --limit "${DETAIL_WORKS:-1360}" $regions "${option[@]}" --gallery "$work/details.db" --json > /dev/null
    dotnet benchmarks/wild/bin/Release/net10.0/ArtSimilarity.Wild.dll details "$work/details.db" "$shared/images/large" "$model" 4 1
    rm -rf "$work"/details.db*
  done >> "$work/report.md"
done
cp "$work/report.md" "$out"
