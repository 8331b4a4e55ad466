"""Files as ten programs export them, and `init` at a terminal: what is proposed passes check, plan and simulate."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from reactivate.cli.main import cli
from reactivate.host.registry import Registry
from reactivate.spec.load import load
from reactivate.starter.look import look
from reactivate.starter.propose import propose
from reactivate.starter.told import as_text

EXPORTS = {
    "ru_shop": ("Номер заказа;Дата заказа;Сумма заказа;Статус;ФИО клиента;Эл. почта;Телефон",
                "101;01.02.2025;1 200,50;Доставлен;Иванов Иван;a@b.ru;+7 916 123-45-67", "cp1251",
                "order_id ordered_on amount status name email phone"),
    "uk_crm": ("№,Дата покупки,Сума,Стан,Прізвище,Ім'я,Пошта,Моб. тел.,Місто",
               "1,2025-02-01,100.00,Виконано,Коваль,Олена,o@k.ua,0501234567,Київ", "utf-8",
               "ordered_on amount status last_name first_name email phone city"),
    "pl_shop": ("Numer zamówienia;Data;Wartość;Status;Klient;E-mail;Telefon;Produkty",
                "Z1;2025-02-01;99,00;wysłane;Jan Nowak;j@n.pl;600 700 800;buty", "utf-8-sig",
                "order_id ordered_on amount status name email phone items"),
    "shopify": ("Name,Email,Financial Status,Created at,Total,Phone,Lineitem name,Lineitem quantity",
                "#1001,a@b.com,paid,2025-02-01 10:11:12 +0200,20.00,+14155550100,Tea,2", "utf-8",
                "name email status ordered_on amount phone item"),
    "snake_case": ("order_id,created_at,total_price,state,customer_name,customer_email,customer_phone",
                   "1,2025-02-01,5.5,completed,Ann,a@b.com,+14155550100", "utf-8",
                   "order_id ordered_on amount status name email phone"),
    "camelCase": ("orderId,orderDate,orderTotal,orderStatus,clientName,emailAddress,phoneNumber",
                  "1,02/25/2025,5.5,completed,Ann,a@b.com,+14155550100", "utf-8",
                  "order_id ordered_on amount status name email phone"),
    "CAPITALS": ("ORDER NO\tDATE\tAMOUNT\tSTATUS\tCUSTOMER\tEMAIL\tPHONE",
                 "1\t13/02/2025\t5.5\tPAID\t77\ta@b.com\t+14155550100", "utf-8",
                 "order_id ordered_on amount status id email phone"),
    "1c": ("Контрагент;Документ реализации;Дата документа;Сумма документа;Контактный телефон;Адрес электронной почты",
           "Иванов;РТ-1;01.02.2025 10:00:00;1200,00;89161234567;a@b.ru", "cp1251",
           "name order_id ordered_on amount phone email"),
    "booking": ("Дата визита;Клиент;Телефон;Мастер;Услуги;Стоимость;Статус визита",
                "01.02.2025 12:30;Анна;77011234567;Ольга;Стрижка;5000;пришел", "utf-8",
                "ordered_on name phone staff items amount status"),
    "bitrix": ("ID,Стадия сделки,Сумма,Дата закрытия,Контакт,Рабочий e-mail,Мобильный телефон,Ответственный",
               "7,Сделка успешна,900,01.02.2025,Анна,a@b.ru,+79161234567,Пётр", "utf-8",
               "id status amount ordered_on name email phone staff"),
}  # fmt: skip


def written(folder: Path, style: str) -> Path:
    header, row, encoding, _ = EXPORTS[style]
    path = folder / f"{style}.csv"
    path.write_bytes(f"{header}\n{row}\n".encode(encoding))
    return path


@pytest.mark.parametrize("style", EXPORTS)
def test_the_columns_are_known_and_what_init_writes_passes_check(tmp_path, style):
    path = written(tmp_path, style)
    found = {item.ours for item in propose(look(path)).mapping}
    assert found >= set(EXPORTS[style][3].split())
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "shop"), "--from", str(path)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    spec = load(tmp_path / "shop" / "campaign.yml", Registry())
    assert spec.diagnostics == ()


def test_a_file_without_a_header_is_told_so(tmp_path):
    path = tmp_path / "bare.csv"
    path.write_text("1,2025-02-01,5.5,Ann,a@b.com,+14155550100\n2,2025-02-03,5.5,Bob,b@b.com,+14155550101\n")
    assert "! the first row looks like cells: put the names of the columns there" in as_text(propose(look(path)))


@pytest.mark.slow
@pytest.mark.parametrize("style", ["ru_shop", "shopify", "1c"])
def test_what_init_writes_can_be_planned_and_played(tmp_path, style):
    path = written(tmp_path, style)
    run = CliRunner().invoke
    assert run(cli, ["init", str(tmp_path / "shop"), "--from", str(path)]).exit_code == 0
    spec = str(tmp_path / "shop" / "campaign.yml")
    for words in (["plan", spec], ["simulate", spec, "--days", "10"]):
        done = run(cli, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output


def test_at_a_terminal_it_asks(tmp_path):
    """Five questions, each with a usual answer; a wrong one is asked again; what is typed is what is written."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "reactivate", "init", str(tmp_path / "shop")]
    asked = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, close_fds=True)
    os.close(theirs)
    os.write(ours, "Крамниця\nhryvnia\nUAH\nEurope/Kyiv\nuk\nua\n".encode())
    said = asked.communicate(timeout=120)[0].decode()
    os.close(ours)
    assert asked.returncode == 0, said
    for question in ("Name people see", "Currency", "Time zone", "Language of the letters", "Policy pack"):
        assert question in said
    assert "expected a currency code such as UAH, got 'hryvnia'" in said
    business = (tmp_path / "shop" / "business.yml").read_text(encoding="utf-8")
    assert 'brand: "Крамниця"' in business
    assert "currency: UAH" in business
    assert "policy: ua" in business
    assert load(tmp_path / "shop" / "campaign.yml", Registry()).diagnostics == ()


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--currency", "euro", "did you mean EUR?"),
        ("--timezone", "Kyiv", "did you mean Europe/Kyiv?"),
        ("--language", "ukr", "expected a language code"),
        ("--policy", "de", "there is no policy pack 'de'; packs: by, eu"),
        ("--brand", " ", "the text is empty"),
    ],
)
def test_a_flag_that_no_spec_may_hold_writes_nothing(tmp_path, flag, value, said):
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "shop"), flag, value])
    assert done.exit_code == 2
    assert said in done.output
    assert not (tmp_path / "shop").exists()
