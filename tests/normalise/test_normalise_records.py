import pyarrow as pa
import pytest

from reactivate import normalise
from reactivate.contracts.schemas import RECORDS


def records(**columns):
    count = len(next(iter(columns.values())))
    return RECORDS.table(source=["crm"] * count, record_id=[str(i) for i in range(count)], **columns)


def test_two_languages_meet_in_one_skeleton():
    table = records(name=["Терехина Наталья Алексеевна", "Терьохіна Наталія Олексіївна", "Наталья Алексеевна Терехина"])
    found = normalise.normal_records(table, region="UA").select(["n_first", "n_last", "n_patronymic"]).to_pylist()
    assert found[0] == found[1] == found[2]


def test_people_are_addressed_in_their_own_script():
    table = records(name=["КОВАЛЕНКО ОЛЕНА", "anna kowalska", "мар'яна о'ніл"])
    assert normalise.normal_records(table, region="UA")["first_display"].to_pylist() == ["Олена", "Anna", "Мар'яна"]


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("Клиент", "placeholder"),
        ("Зелёный Кот", "placeholder"),
        ("Сделка #123", "placeholder"),
        ("+7 916 111-22-33", "phone"),
        ("anna@mail.ru", "email"),
        ("ООО Ромашка", "company"),
        ("12345", "digits"),
        ("\x00😀", "empty"),
        (None, "empty"),
        ("Волков", None),
        ("Саша", None),
    ],
)
def test_junk_in_the_name_field_gets_a_word(name, flaw):
    assert normalise.normal_records(records(name=[name]), region="RU")["n_name_flaw"].to_pylist() == [flaw]


def test_notes_are_cut_off_and_kept():
    row = normalise.normal_records(records(name=["Анна Коваль не звонить"]), region="UA").to_pylist()[0]
    assert (row["n_first"], row["n_last"], row["n_note"]) == ("ana", "koval", "не звонить")


def test_contacts_are_dug_out_of_comments():
    table = records(comment=["звонить 067 111 22 99, mail: a.b@i.ua, доставка ул. Лесная 5 кв 6"])
    found = normalise.contacts(table, region="UA").to_pylist()
    assert {(row["kind"], row["value"]) for row in found} == {
        ("phone", "+380671112299"),
        ("email", "a.b@i.ua"),
        ("address", "|lesn|5|6"),
    }


def test_a_phone_of_six_people_is_nobodys():
    table = records(
        name=[f"{name} Коваль" for name in ("Анна", "Иван", "Пётр", "Ольга", "Олег", "Инна")], phone=["0671112299"] * 6
    )
    found = normalise.contacts(table, region="UA")
    assert set(found["flaw"].to_pylist()) == {"shared_by_many"}
    assert normalise.normal_records(table, region="UA")["n_phone"].null_count == 6


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_and_null_tables_pass(rows):
    table = RECORDS.table(source=["a"] * rows, record_id=["1"] * rows)
    assert normalise.normal_records(table, region="UA").num_rows == rows
    assert normalise.contacts(table, region="UA").num_rows == 0


def test_no_column_is_compulsory():
    assert normalise.normal_records(pa.table({"record_id": ["1"]}), region="UA")["n_first"].null_count == 1
