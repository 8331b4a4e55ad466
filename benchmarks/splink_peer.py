"""The peer: Splink 5 on DuckDB, on the same normalised table: `python splink_peer.py normal.parquet out.json`.

Runs in an environment of its own (`pip install splink`); `bench_matching.py --normal out.parquet` writes the table.
Settings: seven blocking rules, u from random pairs, three EM passes, term frequencies on names, Jaro-Winkler levels on
names, e-mail levels, exact and near phones, one comparison for the whole address (street, house, flat and city as four
comparisons count the same evidence four times and cost Splink precision).
"""

import argparse
import json
import resource
import time

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import splink.comparison_library as cl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

RULES = [
    ("phone",),
    ("email",),
    ("first", "last"),
    ("last", "birth"),
    ("first", "birth"),
    ("street", "house", "last"),
    ("street", "house", "first"),
]
LINES = [0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999]


def pairs_within(label: np.ndarray) -> int:
    sizes = np.bincount(np.unique(label, return_inverse=True)[1])
    return int((sizes * (sizes - 1) // 2).sum())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("normal")
    parser.add_argument("out")
    given = parser.parse_args()
    table = pq.read_table(given.normal)
    truth = np.unique(np.asarray(table["person"].combine_chunks()), return_inverse=True)[1]
    place = pc.binary_join_element_wise(table["city"], table["street"], table["house"], " ")
    frame = table.drop_columns(["person"]).append_column("place", place)
    start = time.perf_counter()
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in RULES],
        comparisons=[
            cl.JaroWinklerAtThresholds("first", [0.92, 0.85]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("last", [0.94, 0.88]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("patronymic", [0.9]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("phone", [1, 2]),
            cl.EmailComparison("email"),
            cl.DamerauLevenshteinAtThresholds("birth", [1, 2]),
            cl.JaroWinklerAtThresholds("place", [0.95]).configure(term_frequency_adjustments=True),
        ],
    )
    linker = make_linker(frame, settings, api)
    deterministic = [block_on("phone", "first"), block_on("email", "first"), block_on("first", "last", "birth")]
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (("phone",), ("first", "last"), ("street", "house")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    predicted = linker.inference.predict(threshold_match_probability=0.01).as_duckdbpyrelation().to_arrow_table()
    scored = time.perf_counter() - start
    left, right = (np.asarray(predicted[f"id_{side}"].combine_chunks()) for side in "lr")
    chance = np.asarray(predicted["match_probability"].combine_chunks())
    result = {"rows": table.num_rows, "pairs": len(left), "seconds": round(scored, 2), "lines": {}}
    for line in LINES:
        keep = chance >= line
        graph = coo_matrix((np.ones(int(keep.sum()), np.int8), (left[keep], right[keep])), shape=(table.num_rows,) * 2)
        label = connected_components(graph, directed=False)[1]
        both = pairs_within(truth.astype(np.int64) * (int(label.max()) + 1) + label)
        precision, recall = both / max(pairs_within(label), 1), both / max(pairs_within(truth), 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        result["lines"][line] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
    result["best"] = max(result["lines"].items(), key=lambda item: item[1]["f1"])
    result["peak MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with open(given.out, "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1)
    print(json.dumps({name: result[name] for name in ("rows", "pairs", "seconds", "best", "peak MiB")}))


def make_linker(frame, settings, api):
    try:
        return Linker(frame, settings, db_api=api)
    except TypeError:
        return Linker(api.register(frame), settings)


if __name__ == "__main__":
    main()
