"""The work of matcher `splink`: normal forms in, Splink's predictions out as links."""

import logging
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from reactivate.api import LINKS, Context, normalise
from reactivate_splink import SplinkSettings

_REGIONS = {"uk": "UA", "kk": "KZ", "be": "BY", "pl": "PL"}
_COLUMNS = {
    "phone": ("phone",),
    "email": ("email",),
    "name": ("first", "last", "patronymic"),
    "address": ("street", "house", "flat"),
}
_RULES = (
    ("phone",),
    ("email",),
    ("first", "last"),
    ("last", "birth"),
    ("first", "birth"),
    ("street", "house", "last"),
    ("street", "house", "first"),
)
_PASSES = (("phone",), ("email",), ("first", "last"))
_RANDOM_PAIRS = 1e6
_DIGITS = 6


class Splink:
    """Links records by Splink's model, fitted to the records themselves."""

    def __init__(self, settings: SplinkSettings, context: Context) -> None:
        self._settings = settings
        self._seed = context.seed + 1
        self._region = _REGIONS.get(context.language, "RU")

    def link(self, records: pa.Table) -> pa.Table:
        """Pairs above the two lines; records without normal forms are normalised first."""
        table = self._prepared(records)
        there = {name for name in table.column_names if table[name].null_count < table.num_rows}
        rules = [rule for rule in _RULES if there.issuperset(rule)]
        if table.num_rows < 2 or not rules:
            return LINKS.empty()
        predicted = self._predicted(table, rules, there)
        return self._links(table, predicted)

    def _prepared(self, records: pa.Table) -> pa.Table:
        """The compared columns as text, by key: what is drawn or added up does not depend on the order of the rows."""
        ready = (
            records if "n_phones" in records.column_names else normalise.normal_records(records, region=self._region)
        )
        wanted = [name for word in self._settings.by for name in _COLUMNS[word]] + ["birth"]
        columns = {name: ready[f"n_{name}"].cast(pa.string()) for name in wanted}
        placed = pa.table({"row": pa.array(range(ready.num_rows), pa.int64()), **columns})
        keys = pa.table({"source": ready["source"], "record_id": ready["record_id"]})
        ordered = placed.take(pc.sort_indices(keys, sort_keys=[("source", "ascending"), ("record_id", "ascending")]))
        return ordered.add_column(0, "id", pa.array(range(ordered.num_rows), pa.int64()))

    def _predicted(self, table: pa.Table, rules: list[tuple[str, ...]], there: set[str]) -> pa.Table:
        logging.getLogger("splink").setLevel(logging.ERROR)
        settings = SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="id",
            blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
            comparisons=_comparisons(there),
        )
        api = DuckDBAPI()
        linker = Linker(api.register(table.drop_columns(["row"])), settings)
        linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=self._seed)
        if table.num_rows >= self._settings.train_from:
            sure = [("phone", "first"), ("email", "first"), ("first", "last", "birth")]
            certain = [block_on(*rule) for rule in sure if there.issuperset(rule)]
            if certain:
                linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
            for rule in _PASSES:
                if there.issuperset(rule):
                    linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
        found = linker.inference.predict(threshold_match_probability=float(self._settings.review_at))
        predicted: pa.Table = found.as_duckdbpyrelation().to_arrow_table()
        return predicted

    def _links(self, table: pa.Table, predicted: pa.Table) -> pa.Table:
        rows = table["row"].combine_chunks()
        one, two = (rows.take(predicted[f"id_{side}"].combine_chunks()) for side in "lr")
        chance = pc.round(predicted["match_probability"].combine_chunks(), _DIGITS)
        band = pc.if_else(pc.greater_equal(chance, float(self._settings.merge_at)), "merge", "review")
        weight = pc.round(predicted["match_weight"].combine_chunks(), 1).cast(pa.string())
        return LINKS.table(
            left=pc.min_element_wise(one, two),
            right=pc.max_element_wise(one, two),
            probability=chance,
            band=band,
            reason=pc.binary_join_element_wise("match weight", weight, " "),
        ).sort_by([("left", "ascending"), ("right", "ascending")])


def _comparisons(there: set[str]) -> list[Any]:
    """Of what the table has: names with term frequencies, contacts by edits, the address as one piece of evidence."""
    every = {
        "first": cl.JaroWinklerAtThresholds("first", [0.92, 0.85]).configure(term_frequency_adjustments=True),
        "last": cl.JaroWinklerAtThresholds("last", [0.94, 0.88]).configure(term_frequency_adjustments=True),
        "patronymic": cl.JaroWinklerAtThresholds("patronymic", [0.9]),
        "phone": cl.LevenshteinAtThresholds("phone", [1]),
        "email": cl.LevenshteinAtThresholds("email", [2]),
        "birth": cl.DamerauLevenshteinAtThresholds("birth", [1]),
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
    }
    return [comparison for name, comparison in every.items() if name in there]
