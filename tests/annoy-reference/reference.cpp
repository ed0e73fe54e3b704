// spotify/annoy's own code (annoylib.h) behind a command line, to compare with: the tests compile it and run it.
//
//   reference build METRIC F TREES SEED VECTORS INDEX     builds an index as Annoy does
//   reference search METRIC F INDEX QUERIES K SEARCH_K    prints items and trees, then a line of id:distance for each query
//
// VECTORS and QUERIES are lists of { int32 id, F x float32 }. Metrics: angular, euclidean, manhattan, hamming (F bits, packed as the
// Python interface does), dot-old (the node that this header has) and dot (the node of later releases, see below).
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>
#include "annoylib.h"
#include "kissrandom.h"

// Debian's header predates the change of the inner product's node: two fields more, and a margin without the factor. Written after
// the later annoylib.h; for queries on a built index, which is what is compared, its distance is the inner product alone.
struct LaterDotProduct : DotProduct {
  template<typename S, typename T>
  struct Node {
    S n_descendants;
    S children[2];
    T dot_factor;
    T norm;
    bool built;
    T v[V_ARRAY_SIZE];
  };

  template<typename S, typename T>
  static inline T distance(const Node<S, T>* x, const Node<S, T>* y, int f) { return -dot(x->v, y->v, f); }

  template<typename S, typename T>
  static inline void init_node(Node<S, T>*, int) {}

  template<typename S, typename T>
  static inline T margin(const Node<S, T>* n, const T* y, int f) { return dot(n->v, y, f); }

  template<typename S, typename T, typename Random>
  static inline bool side(const Node<S, T>* n, const T* y, int f, Random& random) {
    T m = margin(n, y, f);
    return m != 0 ? m > 0 : (bool)random.flip();
  }

  template<typename S, typename T, typename Random>
  static inline void create_split(const vector<Node<S, T>*>& nodes, int f, size_t s, Random& random, Node<S, T>* n) {
    Node<S, T>* p = (Node<S, T>*)alloca(s);
    Node<S, T>* q = (Node<S, T>*)alloca(s);
    zero_value(p);
    zero_value(q);
    two_means<T, Random, LaterDotProduct, Node<S, T> >(nodes, f, random, true, p, q);
    for (int z = 0; z < f; z++)
      n->v[z] = p->v[z] - q->v[z];
    n->dot_factor = p->dot_factor - q->dot_factor;
    DotProduct::normalize<T, Node<S, T> >(n, f);
  }
};

static void fail(const std::string& what) {
  std::cerr << what << std::endl;
  exit(1);
}

struct Item {
  int32_t id;
  std::vector<float> numbers;
};

static std::vector<Item> read(const char* path, int f) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(std::string("cannot open ") + path);
  std::vector<Item> items;
  Item item;
  item.numbers.resize(f);
  while (file.read((char*)&item.id, sizeof item.id) && file.read((char*)item.numbers.data(), f * sizeof(float)))
    items.push_back(item);
  return items;
}

static const std::vector<float>& elements(const std::vector<float>& numbers, float) { return numbers; }

static std::vector<uint64_t> elements(const std::vector<float>& bits, uint64_t) {
  std::vector<uint64_t> words((bits.size() + 63) / 64);
  for (size_t i = 0; i < bits.size(); i++)
    words[i / 64] |= (uint64_t)(bits[i] > 0.5f) << (i % 64);
  return words;
}

template<typename T, typename Distance>
static void run(char** argv, int length, int f) {
  AnnoyIndex<int32_t, T, Distance, Kiss64Random, AnnoyIndexSingleThreadedBuildPolicy> index(length);
  if (std::string(argv[1]) == "build") {
    index.set_seed(strtoull(argv[5], NULL, 10));
    for (const Item& item : read(argv[6], f))
      index.add_item(item.id, elements(item.numbers, T()).data());
    if (!index.build(atoi(argv[4])) || !index.save(argv[7])) fail("cannot build");
    return;
  }

  if (!index.load(argv[4])) fail("cannot load");
  printf("%d %d\n", (int)index.get_n_items(), (int)index.get_n_trees());
  for (const Item& query : read(argv[5], f)) {
    std::vector<int32_t> ids;
    std::vector<T> distances;
    index.get_nns_by_vector(elements(query.numbers, T()).data(), atoi(argv[6]), atoi(argv[7]), &ids, &distances);
    for (size_t i = 0; i < ids.size(); i++)
      printf("%s%d:%.9g", i ? " " : "", (int)ids[i], (double)distances[i]);
    printf("\n");
  }
}

int main(int argc, char** argv) {
  if (argc != 8) fail("usage: see the head of reference.cpp");
  std::string metric = argv[2];
  int f = atoi(argv[3]);
  if (metric == "angular") run<float, Angular>(argv, f, f);
  else if (metric == "euclidean") run<float, Euclidean>(argv, f, f);
  else if (metric == "manhattan") run<float, Manhattan>(argv, f, f);
  else if (metric == "dot-old") run<float, DotProduct>(argv, f, f);
  else if (metric == "dot") run<float, LaterDotProduct>(argv, f, f);
  else if (metric == "hamming") run<uint64_t, Hamming>(argv, (f + 63) / 64, f);
  else fail("no metric " + metric);
}
