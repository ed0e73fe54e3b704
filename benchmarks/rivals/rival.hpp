// What the rivals' programs share: vectors from .fbin files, the measurement, and the lines in which it is reported.
//
//   PROGRAM build BASE.fbin INDEX …      builds and saves an index; one JSON line with the times, the file's length and the peak memory
//   PROGRAM serve INDEX QUERIES.fbin TRUTH.ibin …   opens it, then for every line "k setting" on stdin answers all queries once,
//                                        one at a time on one thread, and prints one JSON line over all rounds of that k and setting
#pragma once
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace rival {

[[noreturn]] inline void fail(const std::string& message) {
    std::cerr << message << std::endl;
    std::exit(1);
}

inline double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Rows of 32-bit numbers behind two integers, count and dimensions; read one after the other, so that no second copy of a base lies in memory.
class RowFile {
public:
    explicit RowFile(const std::string& path) : stream_(path, std::ios::binary), path_(path) {
        int32_t header[2];
        if (!stream_.read(reinterpret_cast<char*>(header), sizeof(header))) fail("cannot read " + path);
        count = header[0];
        dimensions = header[1];
    }

    template <typename T>
    void read(T* rows, int64_t number) {
        static_assert(sizeof(T) == 4, "rows are of 32-bit numbers");
        if (!stream_.read(reinterpret_cast<char*>(rows), number * dimensions * 4)) fail(path_ + " is shorter than its header says");
    }

    template <typename T>
    std::vector<T> read_all() {
        std::vector<T> rows(static_cast<size_t>(count) * dimensions);
        read(rows.data(), count);
        return rows;
    }

    int32_t count, dimensions;

private:
    std::ifstream stream_;
    std::string path_;
};

inline int64_t file_bytes(const std::string& path) {
    struct stat status;
    return stat(path.c_str(), &status) == 0 ? static_cast<int64_t>(status.st_size) : 0;
}

inline int64_t peak_kilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.compare(0, 6, "VmHWM:") == 0) return std::atoll(line.c_str() + 6);
    return 0;
}

inline void report_build(const std::string& tool, const std::string& params, int threads, double build_s, double save_s, const std::string& index) {
    std::printf("{\"tool\":\"%s\",\"params\":\"%s\",\"threads\":%d,\"build_s\":%.3f,\"save_s\":%.3f,\"file_bytes\":%lld,\"peak_rss_kb\":%lld}\n", tool.c_str(), params.c_str(), threads, build_s, save_s,
                static_cast<long long>(file_bytes(index)), static_cast<long long>(peak_kilobytes()));
    std::fflush(stdout);
}

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    size_t n = values.size();
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// Fills ids with the neighbours of a query, nearest first; the vector is the caller's, to be used again.
using Search = std::function<void(const float* query, int k, int setting, std::vector<int32_t>& ids)>;

inline int serve(const std::string& tool, const std::string& params, const std::string& queries_path, const std::string& truth_path, const Search& search) {
    constexpr int warming = 20;
    RowFile query_file(queries_path), truth_file(truth_path);
    std::vector<float> queries = query_file.read_all<float>();
    std::vector<int32_t> truth = truth_file.read_all<int32_t>();
    int count = query_file.count;
    if (truth_file.count != count) fail(truth_path + " answers other queries");

    std::map<std::pair<int, int>, std::vector<std::vector<double>>> rounds;
    std::vector<int32_t> ids, sorted, common;
    for (std::string line; std::getline(std::cin, line);) {
        int k, setting;
        if (!(std::istringstream(line) >> k >> setting) || k < 1 || k > truth_file.dimensions) fail("not \"k setting\": " + line);

        // Others have been at work since the last round: a few queries bring what all need back into the caches.
        for (int q = 0; q < warming; q++) search(&queries[static_cast<size_t>(count - 1 - q % count) * query_file.dimensions], k, setting, ids);

        std::vector<double> times(count);
        int64_t found = 0;
        for (int q = 0; q < count; q++) {
            const float* query = &queries[static_cast<size_t>(q) * query_file.dimensions];
            auto start = std::chrono::steady_clock::now();
            search(query, k, setting, ids);
            times[q] = 1000 * seconds_since(start);
            sorted.assign(truth.begin() + static_cast<size_t>(q) * truth_file.dimensions, truth.begin() + static_cast<size_t>(q) * truth_file.dimensions + k);
            std::sort(sorted.begin(), sorted.end());
            std::sort(ids.begin(), ids.end());
            common.clear();
            std::set_intersection(ids.begin(), ids.end(), sorted.begin(), sorted.end(), std::back_inserter(common));
            found += static_cast<int64_t>(common.size());
        }

        auto& all = rounds[{k, setting}];
        all.push_back(std::move(times));
        std::vector<double> medians(count);
        double sum = 0;
        for (int q = 0; q < count; q++) {
            std::vector<double> of_query;
            for (const auto& round : all) of_query.push_back(round[q]);
            sum += medians[q] = median(of_query);
        }

        std::printf("{\"tool\":\"%s\",\"params\":\"%s %d\",\"k\":%d,\"recall\":%.5f,\"median_ms\":%.4f,\"mean_ms\":%.4f,\"rounds\":%zu,\"peak_rss_kb\":%lld}\n", tool.c_str(), params.c_str(), setting, k,
                    static_cast<double>(found) / (static_cast<double>(count) * k), median(medians), sum / count, all.size(), static_cast<long long>(peak_kilobytes()));
        std::fflush(stdout);
    }

    return 0;
}

}  // namespace rival
