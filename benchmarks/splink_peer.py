"""The peer: Splink 5 on DuckDB, on the same normalised table: `python splink_peer.py normal.parquet out.json`.

Runs in an environment of its own (`pip install splink`); `bench_matching.py --keep DIR` writes the table. Settings,
frozen before our own figures were read: ten blocking rules, u from five million random pairs, three EM passes, term
frequencies on names and e-mail, Jaro-Winkler levels on names, e-mail levels, equal and near phones, equal and near
birth dates, one comparison for the whole address (street, house, flat and city as four comparisons count the same
evidence four times, which costs Splink precision). Bases without phone and e-mail: the rules of Splink's tutorial on
historical persons, and every further column that ours compares, with term frequencies. Judged after clustering at
whichever line suits it best.
"""

import argparse
import json
import logging
import resource
import time
import warnings

import numpy as np
import pyarrow.parquet as pq
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from quality import pairs_within, quality
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
    ("last", "patronymic", "substr(first, 1, 1)"),
    ("substr(phone, 1, 9)", "first"),
    ("substr(email, 1, 6)", "last"),
]
# For a million rows and more. Two of the rules above grow with the square of the rows where a country has few names:
# namesakes (8.9 million pairs at a million rows), and e-mails that begin with the last name they are blocked with (25.9
# million). Whoever tunes Splink narrows them; without that it did not finish in five minutes.
NARROW = {
    ("first", "last"): ("first", "last", "substr(birth, 1, 4)"),
    ("substr(email, 1, 6)", "last"): ("split_part(email, '@', 1)",),
}
# Where there is neither phone nor e-mail: the rules of Splink's own tutorial on historical persons, which are wider.
PERSON_RULES = [
    ("substr(first, 1, 3)", "substr(last, 1, 4)"),
    ("last", "birth"),
    ("first", "birth"),
    ("postcode", "first"),
    ("postcode", "last"),
    ("birth", "x_birth_place"),
    ("substr(postcode, 1, 3)", "birth"),
    ("substr(postcode, 1, 3)", "first"),
    ("substr(postcode, 1, 3)", "last"),
    ("substr(first, 1, 2)", "substr(last, 1, 2)", "substr(birth, 1, 4)"),
]
PASSES = (("phone",), ("first", "last"), ("email",))
PERSON_PASSES = (("first", "last"), ("birth",))
LINES = [0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999]


def comparisons(columns: set[str]) -> list[object]:
    """What of these the table has."""
    every = {
        "first": cl.JaroWinklerAtThresholds("first", [0.92, 0.85]).configure(term_frequency_adjustments=True),
        "last": cl.JaroWinklerAtThresholds("last", [0.94, 0.88]).configure(term_frequency_adjustments=True),
        "patronymic": cl.JaroWinklerAtThresholds("patronymic", [0.9]).configure(term_frequency_adjustments=True),
        "phone": cl.LevenshteinAtThresholds("phone", [1]),
        "email": cl.EmailComparison("email").configure(term_frequency_adjustments=True),
        "birth": cl.DamerauLevenshteinAtThresholds("birth", [1, 2]),
        "street": cl.CustomComparison(
            output_column_name="address",
            comparison_levels=[
                cll.NullLevel("street"),
                cll.And(cll.ExactMatchLevel("street"), cll.ExactMatchLevel("house"), cll.ExactMatchLevel("flat")),
                cll.And(cll.ExactMatchLevel("street"), cll.ExactMatchLevel("house")),
                cll.ExactMatchLevel("street"),
                cll.ElseLevel(),
            ],
        ),
        "postcode": cl.PostcodeComparison("postcode"),
    }
    further = [
        cl.JaroWinklerAtThresholds(name, [0.9]).configure(term_frequency_adjustments=True)
        for name in sorted(columns)
        if name.startswith("x_")
    ]
    return [comparison for name, comparison in every.items() if name in columns] + further


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("normal")
    parser.add_argument("out")
    parser.add_argument("--narrow", action="store_true", help="narrower rules: for a million rows")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.getLogger("splink").setLevel(logging.ERROR)
    table = pq.read_table(given.normal)
    truth = np.unique(np.asarray(table["person"].combine_chunks()), return_inverse=True)[1]
    frame = table.drop_columns(["person"])
    there = {name for name in frame.column_names if frame[name].null_count < frame.num_rows}
    start, spent = time.perf_counter(), time.process_time()
    contacts = bool({"phone", "email"} & there)
    wanted = [NARROW.get(rule, rule) for rule in RULES] if given.narrow else RULES if contacts else PERSON_RULES
    rules = [rule for rule in wanted if all(_column(part) in there for part in rule)]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        comparisons=comparisons(there),
    )
    linker = make_linker(frame, settings, DuckDBAPI())
    sure = [rule for rule in (("phone", "first"), ("email", "first"), ("first", "last", "birth")) if set(rule) <= there]
    linker.training.estimate_probability_two_random_records_match([block_on(*rule) for rule in sure], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6)
    for rule in PASSES if contacts else PERSON_PASSES:
        if set(rule) <= there:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    predicted = linker.inference.predict(threshold_match_probability=0.001).as_duckdbpyrelation().to_arrow_table()
    left, right = (np.asarray(predicted[f"id_{side}"].combine_chunks()) for side in "lr")
    chance = np.asarray(predicted["match_probability"].combine_chunks())
    components(table.num_rows, left, right, chance >= 0.95)
    wall, cpu = time.perf_counter() - start, time.process_time() - spent
    same = truth[left] == truth[right]
    result = {"rows": table.num_rows, "pairs": len(left), "wall s": round(wall, 2), "cpu s": round(cpu, 2)}
    result["peak MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    result["recall of blocking"] = round(float(same.sum()) / max(pairs_within(truth), 1), 4)
    result["lines"] = {line: quality(components(table.num_rows, left, right, chance >= line), truth) for line in LINES}
    result["best"] = max(result["lines"].items(), key=lambda item: item[1]["f1"])
    with open(given.out, "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1)
    result.pop("lines")
    print(json.dumps(result))


def _column(part: str) -> str:
    return part.partition("(")[2].partition(",")[0] or part


def components(count: int, left: np.ndarray, right: np.ndarray, keep: np.ndarray) -> np.ndarray:
    graph = coo_matrix((np.ones(int(keep.sum()), np.int8), (left[keep], right[keep])), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def make_linker(frame: object, settings: object, api: DuckDBAPI) -> Linker:
    """Splink 5 registers tables first; 4 did not."""
    try:
        return Linker(frame, settings, db_api=api)
    except TypeError:
        return Linker(api.register(frame), settings)


if __name__ == "__main__":
    main()
