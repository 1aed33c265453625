"""`deploy/monitoring`: rules and dashboard ask for what a real server tells, and add up only what adds up."""

import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from _server import server
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from blazon.diffusion.counters import EngineCounters
from blazon.serve.engines.calls import CallCounters
from blazon.serve.telemetry.gauges import GaugeCollector, GaugeValues

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy/monitoring"
RULES = yaml.safe_load((FOLDER / "rules.yml").read_text())
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]

GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
TOKEN = re.compile(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d+(?:\.\d+)?|\S')
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
KEYWORDS = {"and", "or", "unless", "bool", "group_left", "group_right"}
BY_SCRAPE = {"job", "instance"}  # labels that Prometheus adds
OF_PROMETHEUS = {"up"}
# What servers may share, or what says nothing when added up.
NEVER_ADDED = re.compile(r"blazon_(ready|storage|disk|webhook_overdue|gpu|build|cluster_re)|process_start_time")
COUNTED = re.compile(r"_(total|count|sum|bucket)$")


@dataclass(frozen=True)
class Selector:
    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    inside: tuple[str, ...]  # the functions and aggregations around it, the outermost first


def find_selectors(query: str) -> Iterator[Selector]:
    tokens = [*TOKEN.findall(GROUPING.sub("", query)), ""]
    around: list[str] = []
    for place, token in enumerate(tokens[:-1]):
        if token == "(":
            before = tokens[place - 1] if place else ""
            around.append(before if re.match(r"[a-z]", before) and before not in KEYWORDS else "")
        elif token == ")":
            around.pop()
        elif re.match(r"[a-zA-Z_:]", token) and tokens[place + 1] != "(" and token not in KEYWORDS:
            braces = tokens[place + 1] if tokens[place + 1].startswith("{") else ""
            yield Selector(token, tuple(MATCHER.findall(braces)), tuple(filter(None, around)))


def find_groupings(query: str) -> set[str]:
    return {label.strip() for group in GROUPING.findall(query) for label in group.split(",") if label.strip()}


def of_panels() -> Iterator[tuple[str, str, str]]:
    """Yield title, query and legend of each target, and of what marks the restarts."""
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"], target["legendFormat"]
    for annotation in DASHBOARD["annotations"]["list"]:
        yield annotation["name"], annotation["expr"], annotation["textFormat"]


QUERIES = {name: rule["expr"] for name, rule in ALERTS.items()} | {
    f"{title} / {legend}": expr for title, expr, legend in of_panels()
}


@pytest.fixture(scope="module")
def told() -> dict[str, list[dict[str, str]]]:
    """What a real `blazon serve` tells after it has drawn a logo: the labels of each series, by name.

    What it tells of step engines, GPUs and replicas comes from the code that tells it: that a server with FLUX tells
    the same is tested in `test_metrics.py`, of replicas in `test_cluster.py`; the machines of the tests have no GPU.
    """
    with server(ENGINE="vector", COMPUTE_PROCESSES="0") as (url, _):
        httpx.post(f"{url}/v1/logos", json={"prompt": "a bakery", "n": 1}, timeout=60).raise_for_status()
        page = httpx.get(f"{url}/metrics", timeout=60).text
    series = defaultdict(list)
    for text in (page, tell_of_engines()):
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                series[sample.name].append(sample.labels)
    return series


def tell_of_engines() -> str:
    report = {"memory_allocated_gb": 1.0, "memory_reserved_gb": 2.0, "memory_total_gb": 3.0, "utilisation": 0.5}
    registry = CollectorRegistry()
    values = GaugeValues(
        waiting=lambda: 0,
        running=lambda: 0,
        engine=lambda: "",
        model=lambda: "",
        gpu=lambda: report,
        engines=lambda: {"default": EngineCounters()},
        cluster=lambda: CallCounters().report(reachable=True),
        ready=lambda: True,
        writable=lambda: True,
        disks=dict,
        webhook_overdue=lambda: 0.0,
    )
    registry.register(GaugeCollector(values))
    return generate_latest(registry).decode()


def test_selectors_are_found_in_queries() -> None:
    query = 'sum by (job, le) (rate(a_total{x="1", y=~"b|c"}[5m])) / on (job) group_left max(d) > 0.5 unless e{}'
    assert list(find_selectors(query)) == [
        Selector("a_total", (("x", "=", "1"), ("y", "=~", "b|c")), ("sum", "rate")),
        Selector("d", (), ("max",)),
        Selector("e", (), ()),
    ]
    assert find_groupings(query) == {"job", "le"}


def test_what_rules_and_panels_ask_for_a_server_tells(told) -> None:
    for name, query in QUERIES.items():
        selectors = list(find_selectors(query))
        assert selectors, f"{name}: nothing is asked for in {query}"
        known = set(BY_SCRAPE)
        for one in selectors:
            assert one.metric in told or one.metric in OF_PROMETHEUS, f"{name}: no server tells {one.metric}"
            labels = set().union(*told[one.metric]) if one.metric in told else set()
            known |= labels
            for label, operation, value in one.matchers:
                assert label in labels | BY_SCRAPE, f"{name}: {one.metric} has no label {label}"
                if label not in BY_SCRAPE and operation in {"=", "=~", "!="}:
                    values = {series.get(label) for series in told[one.metric]}
                    assert set(value.split("|")) <= values, f"{name}: {one.metric} has only {label} {values}"
        assert find_groupings(query) <= known, f"{name}: groups by what is not there"


def test_only_what_adds_up_is_added_up() -> None:
    for name, query in QUERIES.items():
        for one in find_selectors(query):
            if NEVER_ADDED.match(one.metric):
                assert "sum" not in one.inside, f"{name} adds up {one.metric}"
            if COUNTED.search(one.metric):
                assert {"rate", "increase"} & set(one.inside), f"{name} reads the counter {one.metric} as it is"
            if "sum" in one.inside and {"rate", "increase"} & set(one.inside):
                inner = [function for function in one.inside if function in {"sum", "rate", "increase"}]
                assert inner[-1] != "sum", f"{name} adds up before it takes the rate: a restart is a negative rate"


def test_what_a_legend_names_is_left_after_the_aggregation(told) -> None:
    for title, query, legend in of_panels():
        (first, *_) = find_selectors(query)
        labels = set().union(*told[first.metric]) if first.metric in told else set()
        left = find_groupings(query) if re.match(r"(sum|max|min|avg|histogram_quantile)\b", query) else labels
        named = set(re.findall(r"\{\{(\w+)\}\}", legend))
        assert named <= (left | (BY_SCRAPE if left is labels else set())), f"{title}: {legend}"


# The dashboard


def test_every_panel_says_what_it_shows_in_which_unit_and_from_where() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)
    for panel in PANELS:
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"], panel
        assert panel["description"], panel["title"]
        assert defaults["unit"], panel["title"]
        values = [step["value"] for step in defaults["thresholds"]["steps"]]
        assert values[0] is None
        assert values[1:] == sorted(values[1:])
        for one in (panel, *panel["targets"]):
            assert one["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        for target in panel["targets"]:
            assert 'job=~"$job", instance=~"$instance"' in target["expr"], panel["title"]
    variables = [variable["name"] for variable in DASHBOARD["templating"]["list"]]
    assert variables == ["datasource", "job", "instance"]
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"


def test_panels_fill_the_grid_without_overlaps() -> None:
    places = [(panel["title"], panel["gridPos"]) for panel in DASHBOARD["panels"]]
    for title, place in places:
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24, title
        assert place["h"] > 0, title
    for (one, a), (other, b) in combinations(places, 2):
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        assert beside or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"], f"{one} overlaps {other}"
    height = max(place["y"] + place["h"] for _, place in places)
    assert sum(place["w"] * place["h"] for _, place in places) == 24 * height  # no holes


# The rules


def test_every_alert_has_a_section_that_says_what_helps() -> None:
    page = (ROOT / "docs/how-to/monitor.md").read_text()
    assert re.findall(r"^### (\w+)$", page, re.MULTILINE) == list(ALERTS)
    assert f"| {len(ALERTS)} alerts |" in page
    for name, rule in ALERTS.items():
        assert rule["annotations"]["runbook"] == f"docs/how-to/monitor.md#{name.lower()}"
        assert rule["labels"]["severity"] in {"critical", "warning"}
        for one in find_selectors(rule["expr"]):
            assert ("job", "=", "blazon") in one.matchers, name


def test_every_alert_has_a_case_that_fires_it_and_one_that_does_not() -> None:
    fires: dict[str, set[bool]] = defaultdict(set)
    for case in yaml.safe_load((FOLDER / "rules.test.yml").read_text())["tests"]:
        for one in case["alert_rule_test"]:
            fires[one["alertname"]].add(bool(one["exp_alerts"]))
    assert fires == {name: {True, False} for name in ALERTS}


def test_alertmanager_names_alerts_that_exist() -> None:
    config = yaml.safe_load((FOLDER / "alertmanager.yml").read_text())
    receivers = {receiver["name"] for receiver in config["receivers"]}
    assert {config["route"]["receiver"], *(route["receiver"] for route in config["route"]["routes"])} == receivers
    text = json.dumps(config["inhibit_rules"])
    assert set(re.findall(r"Blazon\w+", text)) <= set(ALERTS)


def run_promtool(*arguments: str) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed here; apt install prometheus")
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=60, cwd=FOLDER)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_passes_configuration_and_rules() -> None:
    run_promtool("check", "config", "prometheus.yml")
    run_promtool("test", "rules", "rules.test.yml")


def test_promtool_reads_every_query_of_the_dashboard(tmp_path) -> None:
    rules: list[dict[str, Any]] = []
    for _, query, _ in of_panels():
        filled = query.replace("$__rate_interval", "5m").replace("$job", ".*").replace("$instance", ".*")
        rules.append({"record": f"query:{len(rules)}", "expr": filled})
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    run_promtool("check", "rules", str(file))
