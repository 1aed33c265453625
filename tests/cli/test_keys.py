"""`blazon keys`, and what `blazon doctor` says about keys."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from blazon.store.database import open_database
from blazon.store.keys import KeyStore

COMMANDS = ("create", "list", "rotate", "revoke")
KEY = re.compile(r"blz_[0-9a-f]{12}_[A-Za-z0-9_-]{43}\n")


@pytest.fixture(autouse=True)
def _settings(monkeypatch):
    for name in ("DATA_DIR", "DATABASE_URL", "API_KEYS", "HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", "0")


@pytest.fixture
def admitted(tmp_path):
    """Say whom the keys of the data folder let in."""

    def look(text: str):
        database = open_database("", tmp_path / "blazon-data")
        try:
            return KeyStore(database).authenticate(text.strip())
        finally:
            database.close()

    return look


@pytest.mark.parametrize("arguments", [("keys",), ("keys", "--help")])
def test_the_group_names_its_commands(blazon, arguments):
    outcome = blazon(*arguments)
    assert outcome.code == 0
    assert outcome.stdout.startswith("Usage: blazon keys COMMAND\n")
    assert all(f"\n  {command} " in outcome.stdout for command in COMMANDS)
    assert "\nExamples:\n  blazon keys create " in outcome.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(blazon, command):
    outcome = blazon("keys", command, "-h")
    assert outcome.code == 0
    assert outcome.stdout.startswith(f"Usage: blazon keys {command} [OPTIONS]")
    assert f"\n  blazon keys {command}" in outcome.stdout
    assert all(len(line) <= 80 for line in outcome.stdout.splitlines())


def test_create_prints_the_key_alone_and_says_what_to_do_with_it_elsewhere(blazon, admitted):
    outcome = blazon("keys", "create", "shop")
    assert outcome.code == 0
    assert KEY.fullmatch(outcome.stdout)
    assert outcome.stdout.strip() not in outcome.stderr
    assert "not shown again" in outcome.stderr
    client = admitted(outcome.stdout)
    assert (client.name, client.scopes) == ("shop", {"generate", "read"})


def test_create_takes_every_limit(blazon, admitted):
    outcome = blazon(
        *("keys", "create", "shop", "--scope", "read", "--scope", "admin", "--rate", "6", "--quota", "7"),
        *("--model", "flux-dev", "--model", "flux-schnell", "--weight", "2.5", "--json"),
    )
    document = json.loads(outcome.stdout)
    client = admitted(document["key"])
    assert client.scopes == {"read", "admin"}
    assert (client.requests_per_minute, client.daily_quota, client.weight) == (6, 7, 2.5)
    assert client.models == ("flux-dev", "flux-schnell")
    assert document["webhook_secret"] == client.webhook_secret
    assert document["id"] == client.id
    assert document["scopes"] == ["admin", "read"]
    made = datetime.strptime(document["created_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - made).total_seconds()) < 60


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([""], "a name has 1 to 80 printable characters"),
        (["blz_mine"], "must not look like"),
        (["x", "--quota", "0"], "'--quota'"),
        (["x", "--rate", "-1"], "'--rate'"),
        (["x", "--scope", "everything"], "'generate', 'read', 'admin'"),
        (["x", "--weight", "0"], "'--weight'"),
        (["x", "--weight", "nan"], "weight"),
        (["x", "--model", ""], "the name of a model"),
        ([], "NAME"),
    ],
)
def test_what_cannot_be_made_is_bad_input(blazon, tmp_path, arguments, told):
    outcome = blazon("keys", "create", *arguments)
    assert outcome.code == 2
    assert told in outcome.error
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_taken_once(blazon):
    blazon("keys", "create", "shop")
    outcome = blazon("keys", "create", "shop")
    assert outcome.code == 1
    assert "an active key is called 'shop'" in outcome.error


def test_create_says_so_if_the_server_asks_for_no_keys(blazon, monkeypatch):
    monkeypatch.setenv("API_KEYS", "off")
    assert "API_KEYS=off" in blazon("keys", "create", "shop").stderr


def test_list_shows_what_a_key_may_and_no_secret(blazon):
    text = blazon("keys", "create", "shop", "--rate", "60", "--model", "flux-dev").stdout
    blazon("keys", "create", "京都", "--scope", "admin")
    outcome = blazon("keys", "list")
    heading, first, second = outcome.stdout.splitlines()
    assert heading.split()[:4] == ["id", "name", "scopes", "rate"]
    assert re.match(r"[0-9a-f]{12}  shop  generate,read  60    -      1       flux-dev  20\d\d-", first)
    assert first.endswith("never")
    assert re.match(r"[0-9a-f]{12}  京都  admin ", second)
    assert text.strip().split("_", 2)[2] not in outcome.stdout
    document = blazon("keys", "list", "--json").stdout
    assert [key["name"] for key in json.loads(document)["keys"]] == ["shop", "京都"]
    assert text.strip().split("_", 2)[2] not in document
    assert "whsec" not in document


def test_list_of_none(blazon):
    outcome = blazon("keys", "list")
    assert (outcome.code, outcome.stdout) == (0, "")
    assert "blazon keys create" in outcome.stderr
    assert json.loads(blazon("keys", "list", "--json").stdout) == {"keys": []}


def test_revoked_keys_are_listed_on_demand(blazon, admitted):
    text = blazon("keys", "create", "shop").stdout
    blazon("keys", "create", "other")
    outcome = blazon("keys", "revoke", "shop")
    assert re.fullmatch(r"revoked [0-9a-f]{12} shop\n", outcome.stdout)
    assert outcome.stderr == ""
    assert admitted(text) is None
    assert "shop" not in blazon("keys", "list").stdout
    assert re.search(r"shop .* revoked 20", blazon("keys", "list", "--all").stdout)
    document = json.loads(blazon("keys", "list", "--all", "--json").stdout)
    ended = {key["name"]: key["revoked_at"] for key in document["keys"]}
    assert (ended["other"], bool(ended["shop"])) == (None, True)


def test_a_leaked_key_can_be_revoked_by_itself(blazon, admitted):
    text = blazon("keys", "create", "shop").stdout
    outcome = blazon("keys", "revoke", text.strip(), "--json")
    assert json.loads(outcome.stdout)["name"] == "shop"
    assert "It was the last one" in outcome.stderr
    assert admitted(text) is None
    again = blazon("keys", "revoke", text.strip())
    assert again.code == 1
    assert text.strip() not in again.error


def test_rotate_prints_another_secret(blazon, admitted):
    first = blazon("keys", "create", "shop").stdout
    outcome = blazon("keys", "rotate", "shop")
    assert KEY.fullmatch(outcome.stdout)
    assert "The former one ended." in outcome.stderr
    assert (admitted(first), admitted(outcome.stdout).name) == (None, "shop")


def test_rotate_with_grace_keeps_the_former_secret_for_a_while(blazon, admitted):
    first = json.loads(blazon("keys", "create", "shop", "--json").stdout)
    outcome = blazon("keys", "rotate", first["id"], "--grace", "3600", "--json")
    second = json.loads(outcome.stdout)
    assert "works for 3600 seconds more" in outcome.stderr
    assert admitted(first["key"]) == admitted(second["key"])
    assert second["previous_until"]
    assert second["webhook_secret"] == first["webhook_secret"]


@pytest.mark.parametrize("command", ["revoke", "rotate"])
@pytest.mark.parametrize("named", ["nobody", "0" * 12, "", "caf\udce9"])
def test_an_unknown_key_is_one_line(blazon, command, named):
    outcome = blazon("keys", command, named)
    assert outcome.code == 1
    assert "no active key has that id or name" in outcome.error


def test_settings_choose_the_database(blazon, tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    blazon("keys", "create", "shop")
    assert (tmp_path / "elsewhere" / "blazon.db").is_file()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/own.db")
    assert blazon("keys", "list").stdout == ""
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    outcome = blazon("keys", "list")
    assert outcome.code == 2
    assert outcome.error.startswith("DATABASE_URL='nonsense' cannot be understood")


def test_a_folder_that_cannot_be_made_is_one_line(blazon, tmp_path):
    (tmp_path / "blazon-data").write_text("")
    outcome = blazon("keys", "create", "shop")
    assert outcome.code == 1
    assert "blazon-data is a file, not a folder; see DATA_DIR" in outcome.error


def test_help_loads_nothing_heavy():
    code = """
import sys
from blazon.cli import run
run(["keys", "create", "--help"])
print([name for name in ("sqlalchemy", "alembic", "rich.console", "pydantic_settings") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_terminal_gets_colours_and_a_pipe_does_not(blazon, tmp_path):
    blazon("keys", "create", "shop")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "blazon", "keys", "list"]
    environment = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": ""}
    subprocess.run(command, cwd=tmp_path, env=environment, stdout=follower, check=True, timeout=60)
    os.close(follower)
    shown = os.read(leader, 10_000).decode()
    os.close(leader)
    assert "\x1b[" in shown
    assert "shop" in shown
    piped = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, check=True, timeout=60)
    assert b"\x1b[" not in piped.stdout


# Doctor


def _doctor(blazon) -> tuple[int, dict[str, str]]:
    outcome = blazon("doctor", "--json")
    findings = json.loads(outcome.stdout)["findings"]
    return outcome.code, next(finding for finding in findings if finding["topic"] == "keys")


def test_doctor_is_content_on_this_machine_alone(blazon, tmp_path):
    assert _doctor(blazon) == (0, {"topic": "keys", "found": "0 active, not asked for", "problem": "", "warning": ""})
    assert list(tmp_path.iterdir()) == []


def test_doctor_warns_of_an_open_server_and_leaves_with_0(blazon, monkeypatch):
    monkeypatch.setenv("HOST", "0.0.0.0")
    code, finding = _doctor(blazon)
    assert code == 0
    assert "anybody who reaches it can draw" in finding["warning"]
    shown = blazon("doctor").stdout
    assert "anybody who reaches it can draw" in shown
    assert shown.endswith("\n1 warning, see above.\n")
    blazon("keys", "create", "shop")
    assert _doctor(blazon)[1] == {"topic": "keys", "found": "1 active, asked for", "problem": "", "warning": ""}


def test_doctor_finds_that_nobody_can_come_in(blazon, monkeypatch):
    blazon("keys", "create", "shop")
    blazon("keys", "revoke", "shop")
    code, finding = _doctor(blazon)
    assert (code, finding["found"]) == (1, "none")
    assert "none is active" in finding["problem"]
    monkeypatch.setenv("API_KEYS", "off")
    assert _doctor(blazon)[0] == 0


def test_doctor_says_that_the_database_cannot_be_read(blazon, tmp_path):
    (tmp_path / "blazon-data").mkdir()
    (tmp_path / "blazon-data" / "blazon.db").write_text("a letter" * 1000)
    code, finding = _doctor(blazon)
    assert code == 1
    assert "the database cannot be opened" in finding["problem"]
