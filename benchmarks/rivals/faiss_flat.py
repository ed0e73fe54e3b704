#!/usr/bin/env python3
"""faiss.IndexFlatIP on one thread, one query at a time: each line on stdin asks for one round, answered by its time in ms."""
import sys
import time

import faiss
import numpy as np

path, k = sys.argv[1], int(sys.argv[2])
with open(path, "rb") as file:
    count, dimensions = np.fromfile(file, dtype=np.int32, count=2)
    vectors = np.fromfile(file, dtype=np.float32).reshape(count, dimensions)
faiss.omp_set_num_threads(1)
index = faiss.IndexFlatIP(int(dimensions))
index.add(vectors)
rng = np.random.default_rng(1)
queries = vectors[rng.integers(0, count, size=64)]
print(f"faiss {faiss.__version__}", flush=True)
for number, _ in enumerate(sys.stdin):
    query = queries[number % len(queries)][None, :]
    start = time.perf_counter()
    index.search(query, k)
    print(1000 * (time.perf_counter() - start), flush=True)
