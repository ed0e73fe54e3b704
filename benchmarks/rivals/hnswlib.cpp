// hnswlib, inner product of normalised vectors.  hnswlib build BASE INDEX M EFCONSTRUCTION THREADS | hnswlib serve INDEX QUERIES TRUTH DIMENSIONS M; the setting is ef.
#include <cmath>
#include <memory>
#include <mutex>
#include <thread>

#include "hnswlib/hnswlib.h"
#include "rival.hpp"

static void normalise(float* vector, int dimensions) {
    double sum = 0;
    for (int i = 0; i < dimensions; i++) sum += static_cast<double>(vector[i]) * vector[i];
    float scale = sum > 0 ? static_cast<float>(1 / std::sqrt(sum)) : 0;
    for (int i = 0; i < dimensions; i++) vector[i] *= scale;
}

static int build(const char* base, const char* file, int m, int ef_construction, int threads) {
    rival::RowFile rows(base);
    auto start = std::chrono::steady_clock::now();
    hnswlib::InnerProductSpace space(rows.dimensions);
    hnswlib::HierarchicalNSW<float> index(&space, rows.count, m, ef_construction);
    std::mutex reading;
    int32_t next = 0;
    auto work = [&] {
        std::vector<float> row(rows.dimensions);
        for (;;) {
            int32_t label;
            {
                std::lock_guard<std::mutex> lock(reading);
                if (next == rows.count) return;
                label = next++;
                rows.read(row.data(), 1);
            }

            normalise(row.data(), rows.dimensions);
            index.addPoint(row.data(), label);
        }
    };
    std::vector<std::thread> others;
    for (int t = 1; t < threads; t++) others.emplace_back(work);
    work();
    for (auto& thread : others) thread.join();
    double build_s = rival::seconds_since(start);
    start = std::chrono::steady_clock::now();
    index.saveIndex(file);
    rival::report_build("hnswlib", "M=" + std::to_string(m) + " efConstruction=" + std::to_string(ef_construction), threads, build_s, rival::seconds_since(start), file);
    return 0;
}

int main(int argc, char** argv) {
    std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "build" && argc == 7) return build(argv[2], argv[3], std::atoi(argv[4]), std::atoi(argv[5]), std::atoi(argv[6]));

    if (verb == "serve" && argc == 7) {
        int dimensions = std::atoi(argv[5]);
        hnswlib::InnerProductSpace space(dimensions);
        hnswlib::HierarchicalNSW<float> index(&space, argv[2]);
        std::vector<float> unit(dimensions);
        return rival::serve("hnswlib", std::string("M=") + argv[6] + ", ef", argv[3], argv[4], [&](const float* query, int k, int ef, std::vector<int32_t>& ids) {
            std::copy(query, query + dimensions, unit.begin());
            normalise(unit.data(), dimensions);
            index.setEf(ef);
            auto found = index.searchKnn(unit.data(), k);
            ids.resize(found.size());
            for (size_t place = found.size(); place-- > 0; found.pop()) ids[place] = static_cast<int32_t>(found.top().second);
        });
    }

    rival::fail("hnswlib build BASE INDEX M EFCONSTRUCTION THREADS | hnswlib serve INDEX QUERIES TRUTH DIMENSIONS M");
}
