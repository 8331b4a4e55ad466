import numpy as np
import pyarrow as pa
import pytest

from reactivate import matching, normalise
from reactivate.contracts.schemas import RECORDS

NAMES = ["Терехина Наталья Алексеевна", "Терьохіна Наталія Олексіївна", "Коваль Олег", "Олег Коваль", "Коваль Анна"]
PHONES = ["0965104420", "0965104420", "0671112299", "0671112299", "0671112299"]


@pytest.fixture(scope="module")
def normal():
    ids = [str(i) for i in range(len(NAMES))]
    table = RECORDS.table(source=["crm"] * len(NAMES), record_id=ids, name=NAMES, phone=PHONES)
    return normalise.normal_records(table, region="UA")


def test_bits_add_up_to_the_probability(normal):
    told = matching.explain_pair(matching.score(normal), 0, 1)
    assert told.prior_bits + sum(item.bits for item in told.evidence) == pytest.approx(told.total_bits, abs=0.1)
    assert told.probability == pytest.approx(1 / (1 + 2**-told.total_bits), abs=0.01)


def test_a_pair_tells_values_and_levels(normal):
    told = {item.field: item for item in matching.explain_pair(matching.score(normal), 2, 4).evidence}
    assert (told["first"].left, told["first"].right, told["first"].level) == ("oleg", "ana", "different")
    assert told["first"].bits < 0 < told["phone"].bits
    assert told["patronymic"].level is None
    assert told["patronymic"].bits == 0


def test_the_weakest_bridge_of_each_person(normal):
    linked = matching.link(normal)
    bridges = matching.weakest_bridges(linked, normal.num_rows)
    found = {(row["left"], row["right"], row["records"]) for row in bridges.to_pylist()}
    assert found == {(0, 1, 2), (2, 3, 2)}
    assert np.all(np.diff(bridges["probability"].to_numpy()) >= 0)


def test_nobody_united_has_no_bridge():
    nobody = matching.Linked(matching.link(normalise.normal_records(RECORDS.empty(), region="UA")).links)
    assert matching.weakest_bridges(nobody, 0).num_rows == 0
    assert isinstance(matching.weakest_bridges(nobody, 3), pa.Table)
