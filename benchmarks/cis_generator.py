"""Dirty CIS customer records with known truth: `python benchmarks/cis_generator.py 100000 out.parquet --seed 1`.

People live in households (couples, children, fathers and sons with crossed names) and change in the course of time:
they move, change phones and mailboxes, marry. Five sources write them down at some moment, each with habits of its own:
language, order of the name, which fields it asks for, how it writes phones and addresses, how often its operators
mistype, what it puts where nothing is known. The vocabulary grows with the rows (`cis_vocabulary`). Everything is drawn
from one seed; nothing of these files is read by the matcher.
"""

import argparse
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from cis_cells import address_cells, births, email_cells, name_cells, phone_cells
from cis_people import PROFILES, USUAL, Dirt, People, copies, people_of
from cis_vocabulary import Words

Array = np.ndarray[Any, Any]
_PART = 1_000_000


def generate(rows: int, seed: int = 1, dirt: Dirt = USUAL) -> pa.Table:
    """`rows` records with the column `person` as truth, in no particular order."""
    rng = np.random.default_rng(seed)
    words = Words(rng, rows)
    counts = copies(rng, rows, dirt)
    people = people_of(rng, len(counts), words, dirt)
    person = np.repeat(np.arange(len(counts)), counts)
    rng.shuffle(person)
    parts = [_written(rng, person[s : s + _PART], people, words, dirt) for s in range(0, rows, _PART)]
    table = pa.concat_tables(parts).combine_chunks()
    ids = pc.binary_join_element_wise("r", pa.array(np.arange(rows)).cast(pa.string()), "")
    return table.add_column(1, "record_id", ids)


def _written(rng: np.random.Generator, person: Array, people: People, words: Words, dirt: Dirt) -> pa.Table:
    """The records of these people, one each, every one by some source at some moment."""
    count = len(person)
    source = rng.choice(len(dirt.sources), count, p=[s.share for s in dirt.sources])
    tongue = np.zeros(count, np.int64)
    for number, s in enumerate(dirt.sources):
        of = np.flatnonzero(source == number)
        tongue[of] = rng.choice(3, len(of), p=s.ru_uk_latin)
    spelling = np.where(tongue == 2, rng.choice([2, 3, 4, 5], count, p=(0.35, 0.2, 0.15, 0.3)), tongue)
    late = (rng.random(count) > people.turn[person]).astype(np.int64)
    chance = np.array([s.mistyped for s in dirt.sources])[source]
    columns = name_cells(rng, person, people, words, dirt, source, spelling, late, chance)
    columns["phone"] = phone_cells(rng, person, people, dirt, source, late, chance)
    columns["email"] = email_cells(rng, person, people, words, dirt, source, late, chance, columns["phone"] == None)  # noqa: E711
    columns["address"] = address_cells(rng, person, people, words, dirt, source, late, chance, spelling)
    born = births(rng, person, people, dirt, source, chance)
    text = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
    names = pa.array([s.name for s in dirt.sources]).take(pa.array(source))
    return pa.table({"source": names, "person": pa.array(person), **text, "birth_date": born})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", choices=PROFILES, default="usual")
    given = parser.parse_args()
    pq.write_table(generate(given.rows, given.seed, PROFILES[given.profile]), given.out)
