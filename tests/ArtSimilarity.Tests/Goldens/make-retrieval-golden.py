#!/usr/bin/env python3
"""Writes retrieval-golden.json: labelled vectors and what NumPy computes of them, independently of the C# code."""
import json
import os

import numpy as np

rng = np.random.default_rng(20231)
labels = ["landscape", "portrait", "still_life", None]
count, dimensions = 90, 6
label_index = rng.choice(4, size=count, p=[0.45, 0.3, 0.15, 0.1])
centers = rng.normal(size=(4, dimensions)) * 0.8
vectors = (centers[label_index] + rng.normal(size=(count, dimensions))).astype(np.float32)
ks = [1, 5, 10, 200]

unit = vectors.astype(np.float64)
unit /= np.linalg.norm(unit, axis=1, keepdims=True)
cosine = unit @ unit.T
is_query = np.arange(count) % 3 == 0           # the last third of this golden: queries taken out of the base


def evaluate(queries, base):
    per_query = []
    for q in queries:
        if label_index[q] == 3:
            continue
        others = np.array([b for b in base if b != q])
        order = others[np.argsort(-cosine[q, others], kind="stable")]
        relevant = label_index[order] == label_index[q]
        precision = [relevant[:k].mean() for k in ks]
        hits = np.flatnonzero(relevant)
        ap = np.mean(np.cumsum(relevant)[hits] / (hits + 1)) if len(hits) else 0.0
        per_query.append((label_index[q], precision, ap))
    lab = np.array([p[0] for p in per_query])
    prec = np.array([p[1] for p in per_query])
    ap = np.array([p[2] for p in per_query])
    present = sorted(set(lab))
    return {
        "queries": len(per_query),
        "micro": prec.mean(axis=0).tolist(),
        "macro": np.mean([prec[lab == l].mean(axis=0) for l in present], axis=0).tolist(),
        "map": float(ap.mean()),
        "macroMap": float(np.mean([ap[lab == l].mean() for l in present])),
        "perLabel": {labels[l]: {"precision": prec[lab == l].mean(axis=0).tolist(), "map": float(ap[lab == l].mean())} for l in present},
    }


everything = np.arange(count)
golden = {
    "ks": ks,
    "labels": [labels[l] for l in label_index],
    "vectors": [[float(x) for x in v] for v in vectors],
    "leaveOneOut": evaluate(everything, everything),
    "split": evaluate(everything[is_query], everything[~is_query]),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "retrieval-golden.json"), "w", encoding="utf-8") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
