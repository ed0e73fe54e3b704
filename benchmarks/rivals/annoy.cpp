// spotify/annoy, angular.  annoy build BASE INDEX TREES THREADS | annoy serve INDEX QUERIES TRUTH DIMENSIONS TREES; the setting is search_k.
// annoy answers INDEX QUERIES DIMENSIONS K SEARCH_K OUT.ibin writes the ids that it finds, -1 where there are fewer.
#define ANNOYLIB_MULTITHREADED_BUILD 1
#include "annoylib.h"
#include "kissrandom.h"
#include "rival.hpp"

using Single = AnnoyIndex<int32_t, float, Angular, Kiss64Random, AnnoyIndexSingleThreadedBuildPolicy>;
using Multiple = AnnoyIndex<int32_t, float, Angular, Kiss64Random, AnnoyIndexMultiThreadedBuildPolicy>;

template <typename Index>
static int build(const char* base, const char* file, int trees, int threads) {
    rival::RowFile rows(base);
    std::vector<float> row(rows.dimensions);
    auto start = std::chrono::steady_clock::now();
    Index index(rows.dimensions);
    for (int32_t i = 0; i < rows.count; i++) {
        rows.read(row.data(), 1);
        index.add_item(i, row.data());
    }

    index.build(trees, threads);
    double build_s = rival::seconds_since(start);
    start = std::chrono::steady_clock::now();
    char* error = nullptr;
    if (!index.save(file, false, &error)) rival::fail(error ? error : "annoy cannot save");
    rival::report_build("annoy", std::to_string(trees) + " trees", threads, build_s, rival::seconds_since(start), file);
    return 0;
}

int main(int argc, char** argv) {
    std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "build" && argc == 6) {
        int trees = std::atoi(argv[4]), threads = std::atoi(argv[5]);
        return threads == 1 ? build<Single>(argv[2], argv[3], trees, 1) : build<Multiple>(argv[2], argv[3], trees, threads);
    }

    if (verb == "serve" && argc == 7) {
        Single index(std::atoi(argv[5]));
        char* error = nullptr;
        if (!index.load(argv[2], true, &error)) rival::fail(error ? error : "annoy cannot load");
        std::vector<float> distances;
        return rival::serve("annoy", std::string(argv[6]) + " trees, search_k", argv[3], argv[4], [&](const float* query, int k, int search_k, std::vector<int32_t>& ids) {
            ids.clear();
            distances.clear();
            index.get_nns_by_vector(query, k, search_k, &ids, &distances);
        });
    }

    if (verb == "answers" && argc == 8) {
        Single index(std::atoi(argv[4]));
        char* error = nullptr;
        if (!index.load(argv[2], true, &error)) rival::fail(error ? error : "annoy cannot load");
        rival::RowFile file(argv[3]);
        std::vector<float> queries = file.read_all<float>();
        int32_t k = std::atoi(argv[5]);
        std::ofstream out(argv[7], std::ios::binary);
        out.write(reinterpret_cast<const char*>(&file.count), sizeof(int32_t));
        out.write(reinterpret_cast<const char*>(&k), sizeof(int32_t));
        for (int q = 0; q < file.count; q++) {
            std::vector<int32_t> ids;
            index.get_nns_by_vector(&queries[static_cast<size_t>(q) * file.dimensions], k, std::atoi(argv[6]), &ids, nullptr);
            ids.resize(k, -1);
            out.write(reinterpret_cast<const char*>(ids.data()), sizeof(int32_t) * static_cast<size_t>(k));
        }

        return out ? 0 : 1;
    }

    rival::fail("annoy build BASE INDEX TREES THREADS | annoy serve INDEX QUERIES TRUTH DIMENSIONS TREES | annoy answers INDEX QUERIES DIMENSIONS K SEARCH_K OUT");
}
