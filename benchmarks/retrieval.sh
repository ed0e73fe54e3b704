#!/usr/bin/env bash
# Retrieval quality of each model on the shared paintings: indexes all of them, takes about 2,000 as queries out of the base, and writes
# benchmarks/results/retrieval.md. Usage: benchmarks/retrieval.sh [MODEL…]; without models: classical and every shared one.
set -euo pipefail
source "$(dirname "$0")/common.sh"
out=benchmarks/results/retrieval.md
eng/make-split.sh "$shared/paintings" > "$work/queries.csv"
models=("$@")
[ ${#models[@]} -gt 0 ] || models=(classical "$shared"/models/squeezenet1.1-features.onnx "$shared"/models/resnet50v2-conv4-features.onnx "$shared"/models/mobilenetv2-gluon-features.onnx)

{
  echo "# Retrieval quality before any fine-tuning"
  echo
  echo "Written $(date -u +%F) by \`benchmarks/retrieval.sh\`. None of the models was trained on these paintings. The queries are the labelled ones of the"
  echo "$(($(wc -l < "$work/queries.csv") - 1)) works that \`eng/make-split.sh\` draws by their id. There is no seed: the rule is fixed. They are taken out of the base of all other works."
  echo "No work known in two digitisations is a query. The search is exact, by angular distance. Precision@k is the share of same-genre works among"
  echo "the k nearest. Micro is the mean over queries, macro the mean over the ten genres. Each of the 150 works known in two digitisations"
  echo "must find the other digitisation among all 13,337, in both directions."
  echo
  echo "| model | dimensions | P@10 micro | P@10 macro | P@100 micro | P@100 macro | P@1000 micro | P@1000 macro | mAP | other digitisation: recall@1 | recall@10 |"
  echo "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
} > "$work/report.md"
for model in "${models[@]}"; do
  "$tool" index "$shared/paintings" --metadata "$shared/paintings/paintings.csv" --model "$model" --gallery "$work/gallery.db" --json > /dev/null
  judge "$model" "$work/gallery.db" "$work/queries.csv" "$shared/paintings/same_work_pairs.csv" > "$work/figures.json"
  python3 benchmarks/tables.py retrieval "$(basename "$model" .onnx)" "$work/figures.json" >> "$work/report.md"
  tail -1 "$work/report.md"
  rm -rf "$work"/gallery.db*
done
cp "$work/report.md" "$out"
