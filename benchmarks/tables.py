"""Makes the tables of benchmarks/retrieval.sh and benchmarks/genre.sh out of what artsim and the benchmarks print; called by both."""

import csv
import json
import os
import sys
from datetime import datetime, timezone


def percent(share):
    return f"{100 * share:.1f} %"


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def head(first, *others):
    """A table's first two lines: words to the left, numbers to the right."""
    return row(first, *others) + "\n|---|" + "--:|" * len(others)


def load(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def precision_cells(figures):
    return [cell for p in figures["precision"] for cell in (percent(p["micro"]), percent(p["macro"]))]


def spread(figures):
    """What the figures of one classifier may be off by, as another draw of so many paintings would have it: 95 %, normal approximation."""
    accuracy = figures["accuracy"] * (1 - figures["accuracy"]) / figures["images"]
    recalls = sum(one["recall"] * (1 - one["recall"]) / one["support"] for one in figures["classes"] if one["support"])
    return 1.96 * accuracy**0.5, 1.96 * recalls**0.5 / len(figures["classes"])


def recall_cells(figures):
    return [percent(r["recall"]) for r in figures["pairs"]["recall"]]


def retrieval(name, path):
    """A row of retrieval.md."""
    figures = load(path)
    print(row(name, figures["dimensions"], *precision_cells(figures), percent(figures["map"]), *recall_cells(figures)))


def lists(paintings, held_out, limit, folder):
    """Writes the lists that genre.sh works with; with a limit, of so many paintings, spread over all, pairs among them."""
    limit = int(limit)
    with open(os.path.join(paintings, "paintings.csv"), encoding="utf-8", newline="") as file:
        works = list(csv.DictReader(file))
    with open(os.path.join(paintings, "same_work_pairs.csv"), encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    with open(held_out, encoding="utf-8", newline="") as file:
        held = {line["id"] for line in csv.DictReader(file)}
    if limit:
        pairs = pairs[:: max(1, 8 * len(pairs) // limit)]
        chosen = {pair[side] for pair in pairs for side in ("id_a", "id_b")}
        works = [work for i, work in enumerate(works) if work["id"] in chosen or i % max(1, len(works) // limit) == 0]
    for work in works:
        work["file"] = os.path.abspath(os.path.join(paintings, work["file"]))
    write(folder, "all.csv", works)
    write(folder, "held-out.csv", [work for work in works if work["id"] in held])
    write(folder, "pairs.csv", pairs)
    write(folder, "held-out-pairs.csv", [pair for pair in pairs if pair["id_a"] in held and pair["id_b"] in held])


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder, name, rows):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def models(path):
    """One line for each model: name, file, whether it was trained here."""
    for model in load(path)["models"]:
        print(model["name"], model["file"], "yes" if model["version"] else "no", sep="\t")


SHORT = {"abstract_painting": "abstract", "genre_painting": "genre p.", "nude_painting": "nude", "religious_painting": "religious", "sketch_and_study": "sketch", "still_life": "still life"}


def short(label):
    return SHORT.get(label, label)


def genre(folder):
    """All of genre.md."""
    measured = load(folder, "models.json")
    all_models = measured["models"]
    for number, model in enumerate(all_models):
        for kind in ("strict", "open", "pairs", "index"):
            model[kind] = load(folder, f"{number}-{kind}.json")
        if model["version"]:
            model["plain"], model["flip"] = load(folder, f"{number}-classifier.json"), load(folder, f"{number}-classifier--flip.json")
    by_name = {model["name"]: model for model in all_models}
    trained = [model for model in all_models if model["version"]]
    couples = [(by_name[model["base"]], model) for model in trained if model["base"]]
    first = all_models[0]
    failed = sum(len(model["index"]["failed"]) for model in all_models)
    held = read(folder, "held-out.csv")
    ids = {work["id"] for work in held}
    learned = sum(bool(work["genre"]) for work in read(folder, "all.csv") if work["id"] not in ids)
    artists = {work["artist"] for work in read(folder, "all.csv") if work["id"] not in ids}
    signed = [work["artist"] in artists for work in held if work["artist"] and work["genre"]]
    names = ", ".join(f"{model['name']} (`{model['version']}`)" for model in trained)

    print(f"""# Genre: what fine-tuning comes to

Written {datetime.now(timezone.utc):%Y-%m-%d} by `benchmarks/genre.sh`, in one run over {names} and the models that their training began with.
The held-out paintings are those of `benchmarks/splits/genre-held-out.csv`. The {first["open"]["queries"]:,} of them that have a genre are judged. None was trained on.
{learned:,} others with a genre are left for that. No work, known pair or near-duplicate is on both sides. Artists are on both sides. The artist of {len(signed):,}
is known, and {sum(signed):,} of these are by artists who have paintings on the other side too. {f"{failed} images could not be used." if failed else "All images could be used."}
[docs/results.md](../../docs/results.md) says what it means and how it compares with the paper.

## Classification
""")
    if trained:
        print(head("model", "paintings", "accuracy", "top-3", "balanced accuracy", "macro F1"))
        for model in trained:
            for what, figures in (("", model["plain"]), (", averaged with the mirror image (`--flip`)", model["flip"])):
                print(row(model["name"] + what, f"{figures['images']:,}", *(percent(figures[key]) for key in ("accuracy", "top3", "balancedAccuracy", "macroF1"))))
        accuracy, balanced = spread(trained[0]["plain"])
        print(f"""
Balanced accuracy is the mean recall of the genres. Top-3 means that the right one is among the three most probable. With so many paintings,
{trained[0]["name"]}'s accuracy is good to ±{100 * accuracy:.1f} and its balanced accuracy to ±{100 * balanced:.1f} percentage points (95 %, normal approximation).""")
    for model in trained:
        figures = model["plain"]
        labels = [one["label"] for one in figures["classes"]]
        print(f"\n### {model['name']}, genre by genre\n\n" + head("genre", "paintings", "told", "precision", "recall", "F1"))
        for one in figures["classes"]:
            print(row(one["label"], one["support"], one["predicted"], *(percent(one[key]) for key in ("precision", "recall", "f1"))))
        print("\nConfusion, in paintings: rows are the truth, columns what was told.\n\n" + head("", *(short(label) for label in labels)))
        for label, counts in zip(labels, figures["confusion"]):
            print(row(label, *(f"**{count}**" if labels[i] == label else count for i, count in enumerate(counts))))

    chance = sum(one["queries"] * one["base"] for one in first["open"]["classes"]) / first["open"]["queries"] / first["open"]["base"]
    macro_chance = sum(one["base"] for one in first["open"]["classes"]) / len(first["open"]["classes"]) / first["open"]["base"]
    print(f"""
## Retrieval

The share of same-genre works among the k nearest, by exact search and angular distance. Micro is the mean over queries, macro the mean over
genres. "Before" are the base model's own pooled features. "After" is the trained model's signature.

### Held-out paintings among all others

{first["open"]["queries"]:,} queries among the {first["open"]["base"]:,} paintings that are not held out, as in the paper. These include what the trained models were trained on.
Works without a genre count as of another. By chance it is {percent(chance)} micro and {percent(macro_chance)} macro.
""")
    print(head("model", "dimensions", *(f"P@{p['k']:,} {mean}" for p in first["open"]["precision"] for mean in ("micro", "macro")), "mAP"))
    for model in all_models:
        print(row(model["name"], model["dimensions"], *precision_cells(model["open"]), percent(model["open"]["map"])))
    for before, after in couples:
        print(f"\n{after['name']}, genre by genre: before → after ({before['name']}).\n\n" + head("genre", "queries", "base", *(f"P@{p['k']:,}" for p in after["open"]["precision"])))
        for old, new in zip(before["open"]["classes"], after["open"]["classes"]):
            print(row(new["label"], new["queries"], f"{new['base']:,}", *(f"{100 * a:.1f} → {percent(b)}" for a, b in zip(old["precision"], new["precision"]))))
        print("\nA genre with fewer than k works in the base cannot reach 100 %.")

    print(f"""
### Held-out paintings among themselves

This is the stricter figure. Each of the {first["strict"]["queries"]:,} searches among the other {first["strict"]["base"] - 1:,} held-out paintings, none of which was trained on. Compare these figures
only with each other. There are fewer works of each genre to find than above.
""")
    print(head("model", *(f"P@{p['k']:,} {mean}" for p in first["strict"]["precision"] for mean in ("micro", "macro")), "mAP"))
    for model in all_models:
        print(row(model["name"], *precision_cells(model["strict"]), percent(model["strict"]["map"])))

    print(f"""
### The other digitisation of a work

Each of {first["open"]["pairs"]["pairs"]} works known in two digitisations must find the other one among all {first["index"]["indexed"] + first["index"]["skipped"]:,} paintings, in both directions. {first["pairs"]["pairs"]["pairs"]} of them
are held out, and their figures stand apart.
""")
    print(head("model", "all: recall@1", "recall@10", "held out: recall@1", "recall@10"))
    for model in all_models:
        print(row(model["name"], *recall_cells(model["open"]), *recall_cells(model["pairs"])))

    print(f"""
## Size and time

A time is that from one decoded image of {first["input"]} pixels in memory to its signature, on {measured["processor"]}, {measured["framework"]}. One thread is held to one core (`taskset -c 1`).
The times are medians of {measured["rounds"]} rounds over {measured["images"]} paintings, all models by turns. In brackets are the fastest and the slowest round. Processor time is
what the work itself took. The clock also counts what else the machine did meanwhile. Trained models keep their weights in 16 bits,
the base models in 32.
""")
    print(head("model", "MB", "dimensions", "processor time, ms per image", "clock, ms per image"))
    for model in all_models:
        times = (f"{t['median']:.1f} ({t['lowest']:.1f}–{t['highest']:.1f})" for t in (model["processorMilliseconds"], model["milliseconds"]))
        print(row(model["name"], f"{model['bytes'] / 1e6:.1f}", model["dimensions"], *times))


if __name__ == "__main__":
    {"retrieval": retrieval, "lists": lists, "models": models, "genre": genre}[sys.argv[1]](*sys.argv[2:])
