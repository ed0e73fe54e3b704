#!/usr/bin/env python3
"""faiss.IndexFlatIP on one thread, one query at a time: faiss_serve.py BASE.fbin QUERIES.fbin TRUTH.ibin, then lines and answers as rival.hpp has them (the setting is ignored)."""
import json
import sys
import time

import faiss
import numpy as np

QUERIES = 100  # of all that there are: every one costs the same


def read(path, dtype):
    with open(path, "rb") as file:
        count, columns = np.fromfile(file, dtype=np.int32, count=2)
        return np.fromfile(file, dtype=dtype).reshape(count, columns)


def peak_kilobytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


faiss.omp_set_num_threads(1)
base, queries, truth = read(sys.argv[1], np.float32), read(sys.argv[2], np.float32), read(sys.argv[3], np.int32)
faiss.normalize_L2(base)
faiss.normalize_L2(queries)
index = faiss.IndexFlatIP(base.shape[1])
index.add(base)
del base
rounds = {}
for line in sys.stdin:
    k = int(line.split()[0])
    times, found = [], 0
    for number in range(QUERIES):
        start = time.perf_counter()
        _, ids = index.search(queries[number : number + 1], k)
        times.append(1000 * (time.perf_counter() - start))
        found += len(np.intersect1d(ids[0], truth[number, :k]))
    rounds.setdefault(k, []).append(times)
    medians = np.median(rounds[k], axis=0)
    print(
        json.dumps(
            {
                "tool": "faiss", "params": "IndexFlatIP", "k": k, "recall": round(found / (QUERIES * k), 5),
                "median_ms": round(float(np.median(medians)), 4), "mean_ms": round(float(np.mean(medians)), 4),
                "rounds": len(rounds[k]), "peak_rss_kb": peak_kilobytes(),
            }
        ),
        flush=True,
    )
