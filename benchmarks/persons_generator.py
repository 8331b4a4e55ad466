# ruff: noqa: E501, SIM905 - vocabularies read best as lines of words
"""English persons with known truth: `python benchmarks/persons_generator.py 50000 out.parquet --seed 1`.

Another kind of base than the CIS customers: historical people, about ten records each, no phone, no e-mail, dates of the
16th to 20th century, names with pet forms, titles and namesakes in one town, dates that are wrong by a year or reduced
to the first of January, postcodes of which the end is wrong. Nothing of this file is read by the matcher.
"""

import argparse
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MEN = """john:jack,johnny,jno william:will,bill,willy,wm thomas:tom,thos,tommy george:geo james:jim,jimmy,jas charles:charlie,chas henry:harry,hal
robert:bob,rob,robt edward:ned,ted,edwd richard:dick,rich joseph:joe,jos frederick:fred,freddie samuel:sam,saml arthur:art alfred:alf,fred
francis:frank walter:walt,wally albert:bert,al david:dave,davy daniel:dan,danl benjamin:ben,benjn peter:pete philip:phil alexander:alex,sandy andrew:andy
edmund:ned ernest:ernie harold:harry herbert:bert hugh: stephen:steve anthony:tony michael:mick,mike matthew:mat nicholas:nick patrick:pat,paddy
ralph: roger: simon: theodore:ted timothy:tim valentine: vincent: augustus:gus cecil: christopher:kit,chris cuthbert: evelyn: gerald:gerry gilbert:gil
godfrey: horace: isaac: jacob:jake jonathan:jon josiah: laurence:larry leonard:len lewis:lew mark: martin: maurice: nathaniel:nat oliver: oscar: owen:""".split()
WOMEN = """mary:polly,molly,may elizabeth:eliza,betty,liz,bess anne:nancy,annie sarah:sally jane:jenny margaret:maggie,peggy,meg catherine:kate,kitty alice:
eleanor:nell,ellen emma: florence:flo frances:fanny harriet:hattie charlotte:lottie caroline:carrie isabella:bella louisa:lou martha:patty matilda:tilly
rebecca:becky susan:sue dorothy:dolly edith:edie ethel: georgina: hannah: helen:nellie julia: lucy: maria: rachel: rose: victoria:vicky winifred:winnie""".split()
LAST = """smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts green hall wood jackson clarke
lewis harris clark patel young allen king turner hill scott cooper morris ward moore lee watson baker harrison morgan bell bailey parker edwards
collins bennett cook shaw stewart phillips marshall carter foster mason gray webb hunt palmer mills rogers simpson fisher ellis barnes knight butler
russell hughes price stevens dixon pearson fletcher howard andrews reynolds elliott fox burton newman chapman barker dawson holmes lawrence bradley
berkeley cavendish chetwynd clifford courtenay cunliffe dalrymple egerton fitzgerald fitzroy gascoigne grenville grosvenor hamilton herbert heywood
howe lascelles lyttelton montagu mortimer nightingale osborne paget percy pelham ponsonby rawlinson ridley russell sackville seymour spencer stanhope
talbot thynne trevelyan vavasour villiers walpole wentworth wilberforce windham wodehouse wyndham yelverton abercrombie ainsworth arkwright baring
bosanquet burdett calthorpe chamberlain cholmondeley conyers davenport dering drummond erskine fairfax fanshawe gladstone godolphin hawtrey""".split()
TOWNS = """london westminster manchester liverpool birmingham leeds edinburgh glasgow dublin bristol norwich york bath oxford cambridge exeter plymouth
southampton kensington chelsea brighton nottingham sheffield newcastle cardiff swansea aberdeen dundee belfast cork lancaster derby leicester lincoln""".split()
JOBS = """politician writer painter cricketer footballer engraver lawyer cleric physician soldier composer actor historian merchant botanist engineer
architect banker poet judge diplomat officer photographer""".split()
COLUMNS = ("record_id", "person", "full_name", "first_name", "last_name", "birth_date", "birth_place", "postcode", "gender", "occupation")  # fmt: skip


def generate(rows: int, seed: int = 1) -> pa.Table:
    """`rows` records of about a tenth as many people; birth dates as text."""
    rng = np.random.default_rng(seed)
    out: list[dict[str, Any]] = []
    while len(out) < rows:
        person = _person(rng, len(out))
        out += [_record(rng, person) for _ in range(1 + int(rng.gamma(2.2, 4.2)))]
    order = rng.permutation(len(out))[:rows]
    records = [dict(out[i], record_id=f"p{place}") for place, i in enumerate(order.tolist())]
    types = {"person": pa.int64()}
    return pa.table({name: pa.array([row[name] for row in records], types.get(name, pa.string())) for name in COLUMNS})


def _pick(rng: np.random.Generator, items: list[str], power: float) -> str:
    return items[min(int(len(items) * rng.random() ** power), len(items) - 1)]


def _person(rng: np.random.Generator, number: int) -> dict[str, Any]:
    man = bool(rng.random() < 0.82)
    name, _, pets = _pick(rng, MEN if man else WOMEN, 2.2).partition(":")
    second = _pick(rng, MEN if man else WOMEN, 1.5).partition(":")[0] if rng.random() < 0.4 else None
    area = f"{''.join(rng.choice(list('abcdeghlmnstw'), 2))}{rng.integers(1, 30)}"
    return {
        "person": number, "first": name, "pets": [pet for pet in pets.split(",") if pet], "second": second,
        "last": _pick(rng, LAST, 1.3), "born": date(1560, 1, 1) + timedelta(int(rng.integers(140000))),
        "place": _pick(rng, TOWNS, 1.8), "postcode": f"{area} {rng.integers(1, 10)}{''.join(rng.choice(list('abdefhjlnpqrst'), 2))}",
        "gender": "male" if man else "female", "job": _pick(rng, JOBS, 1.5),
        "title": str(rng.choice(["sir ", "lord ", "rev. ", "baron "])) if rng.random() < 0.12 else "",
    }  # fmt: skip


def _record(rng: np.random.Generator, person: dict[str, Any]) -> dict[str, Any]:
    first = person["first"]
    if person["pets"] and rng.random() < 0.12:
        first = str(rng.choice(person["pets"]))
    elif person["second"] and rng.random() < 0.08:
        first = person["second"]
    last = person["last"] if rng.random() > 0.03 else _pick(rng, LAST, 1.0)
    first, last = _mistyped(rng, first, 0.06), _mistyped(rng, last, 0.10)
    middle = f" {person['second']}" if person["second"] and rng.random() < 0.5 else ""
    born = _born(rng, person["born"])
    postcode = person["postcode"]
    if rng.random() < 0.35:
        postcode = postcode[:-2] + "".join(rng.choice(list("abdefhjlnpqrst"), 2))
    return {
        "person": person["person"],
        "full_name": f"{person['title']}{first}{middle} {last}",
        "first_name": first if rng.random() > 0.03 else None,
        "last_name": last if rng.random() > 0.04 else None,
        "birth_date": born if rng.random() > 0.22 else None,
        "birth_place": _mistyped(rng, person["place"], 0.05) if rng.random() > 0.25 else None,
        "postcode": postcode if rng.random() > 0.25 else None,
        "gender": person["gender"] if rng.random() > 0.15 else None,
        "occupation": (person["job"] if rng.random() > 0.05 else _pick(rng, JOBS, 1.0)) if rng.random() > 0.3 else None,
    }


def _born(rng: np.random.Generator, born: date) -> str:
    draw = rng.random()
    if draw < 0.10:
        born = date(born.year, 1, 1)
    elif draw < 0.18:
        born = date(max(born.year + int(rng.choice([-10, -1, 1, 10])), 1), born.month, min(born.day, 28))
    elif draw < 0.24:
        born += timedelta(int(rng.choice([-30, -1, 1, 9, 30])))
    return born.isoformat()


def _mistyped(rng: np.random.Generator, word: str, chance: float) -> str:
    if len(word) < 4 or rng.random() >= chance:
        return word
    place, kind = int(rng.integers(1, len(word) - 1)), int(rng.integers(3))
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + str(rng.choice(list("aeiounrstl"))) + word[place + 1 :]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    pq.write_table(generate(given.rows, given.seed), given.out)
