#!/usr/bin/env python3
"""The K nearest by angle, exactly, in float64: truth.py BASE.fbin QUERIES.fbin K OUT.ibin [ROWS]. OUT: two int32 (queries, K), then ids, nearest first, equal ones by id."""
import os
import sys

import numpy as np

BLOCK = 20_000

base_path, queries_path, k, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]


def unit(rows):
    rows = rows.astype(np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)


with open(queries_path, "rb") as file:
    count, dimensions = np.fromfile(file, dtype=np.int32, count=2)
    queries = unit(np.fromfile(file, dtype=np.float32).reshape(count, dimensions))
best = np.empty((count, 0))
ids = np.empty((count, 0), dtype=np.int64)
with open(base_path, "rb") as file:
    rows, dimensions = (int(number) for number in np.fromfile(file, dtype=np.int32, count=2))
    rows = min(rows, int(sys.argv[5])) if len(sys.argv) > 5 else rows
    for first in range(0, rows, BLOCK):
        number = min(BLOCK, rows - first)
        block = unit(np.fromfile(file, dtype=np.float32, count=number * dimensions).reshape(number, dimensions))
        best = np.hstack([best, queries @ block.T])
        ids = np.hstack([ids, np.broadcast_to(np.arange(first, first + number), (count, number))])
        if best.shape[1] > k:
            kept = np.argpartition(-best, k - 1, axis=1)[:, :k]
            best, ids = np.take_along_axis(best, kept, axis=1), np.take_along_axis(ids, kept, axis=1)
order = np.lexsort((ids, -best), axis=1)
with open(out + ".part", "wb") as file:
    np.array([count, k], dtype=np.int32).tofile(file)
    np.take_along_axis(ids, order, axis=1).astype(np.int32).tofile(file)
os.replace(out + ".part", out)
