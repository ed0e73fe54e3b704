#!/usr/bin/env bash
# Compiles the rivals' programs: build.sh FOLDER, which then holds annoy and hnswlib; build.sh FOLDER annoy makes annoy alone.
# Debian packages: g++, libhnswlib-dev, python3-faiss (with python3-numpy). Annoy's header comes with r-cran-rcppannoy, which is
# downloaded and unpacked into FOLDER, not installed; ANNOY_INCLUDE names a folder that holds annoylib.h instead.
set -euo pipefail
out=${1:?usage: build.sh FOLDER [annoy]}
only=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)

missing=()
command -v g++ > /dev/null || missing+=(g++)
[ -n "$only" ] || [ -f /usr/include/hnswlib/hnswlib.h ] || missing+=(libhnswlib-dev)
[ -n "$only" ] || /usr/bin/python3 -c 'import faiss, numpy' 2> /dev/null || missing+=(python3-faiss)
if [ ${#missing[@]} -gt 0 ]; then
  echo "Missing; install with: apt-get install ${missing[*]}" >&2
  exit 1
fi

annoy=${ANNOY_INCLUDE:-$out/annoy-header/usr/lib/R/site-library/RcppAnnoy/include}
if [ ! -f "$annoy/annoylib.h" ]; then
  (cd "$out" && apt-get -o APT::Sandbox::User=root download r-cran-rcppannoy > /dev/null && dpkg -x r-cran-rcppannoy_*.deb annoy-header)
fi

flags=(-std=c++17 -O3 -march=native -ffast-math -DNDEBUG -pthread -I"$here")
[ "$out/annoy" -nt "$here/annoy.cpp" ] && [ "$out/annoy" -nt "$here/rival.hpp" ] || g++ "${flags[@]}" -isystem "$annoy" "$here/annoy.cpp" -o "$out/annoy"
hnswlib=
if [ -z "$only" ]; then
  [ "$out/hnswlib" -nt "$here/hnswlib.cpp" ] && [ "$out/hnswlib" -nt "$here/rival.hpp" ] || g++ "${flags[@]}" "$here/hnswlib.cpp" -o "$out/hnswlib"
  hnswlib=" · hnswlib $(dpkg-query -f '${Version}' -W libhnswlib-dev)"
fi

echo "annoy $(dpkg-query -f '${Version}' -W r-cran-rcppannoy 2> /dev/null || basename "$(ls "$out"/r-cran-rcppannoy_*.deb 2> /dev/null || echo "$annoy")")$hnswlib · $(g++ --version | head -1)"
