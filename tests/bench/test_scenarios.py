"""Every scenario runs from end to end, says what it promised, and answers in sentences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.command import SCENARIOS
from bench.result import dump
from tests.support.bench_sizes import SIZES

COMMON = {
    *("scenario", "profile", "durability", "seed", "started_at", "seconds", "machine", "versions", "git"),
    *("server_settings", "parameters", "verdicts", "notes"),
}
Results = dict[str, dict[str, Any]]


def test_each_scenario_is_tried() -> None:
    assert list(SIZES) == list(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_every_result_holds(results: Results, name: str) -> None:
    result = results[name]
    assert result.keys() >= COMMON
    assert result["scenario"] == name
    assert result["durability"] == "volatile"
    assert result["seed"] == 7
    assert {"processor", "cores", "memory_gib", "load_before"} <= result["machine"].keys()
    assert {"postgresql", "python", "ventros", "asyncpg"} <= result["versions"].keys()
    assert result["verdicts"]
    for verdict in result["verdicts"]:
        assert verdict["question"].endswith("?") or "?" in verdict["question"]
        assert verdict["answer"].endswith(".")
    assert json.loads(dump([result])) == result


def test_locking_indexes(results: Results) -> None:
    arms = results["locking-indexes"]["arms"]
    for arm in arms.values():
        assert {"hot_share", "wal_bytes_per_update", "updates_per_second", "index_bytes"} <= arm.keys()
        for table in ("contacts", "sessions"):
            assert (
                arm[table]["clients"]["layer"].keys() == arm[table]["clients"]["pgbench"].keys() == {"1", "2"}
            )
            assert {"bloat", "vacuum_seconds", "cache_hit_share", "ratio"} <= arm[table].keys()
    repeated = arms["shipped-again"]["wal_bytes_per_update"] / arms["shipped"]["wal_bytes_per_update"]
    assert 0.9 < repeated < 1.1
    assert arms["id-version"]["hot_share"] == 0
    assert arms["shipped"]["hot_share"] > 0.5
    assert arms["brin-version"]["hot_share"] > 0.5
    assert arms["id-version"]["wal_bytes_per_update"] > 1.3 * arms["shipped"]["wal_bytes_per_update"]
    assert arms["id-version"]["index_bytes"] > arms["shipped"]["index_bytes"]
    assert arms["history"]["wal_bytes_per_update"] > 1.3 * arms["shipped"]["wal_bytes_per_update"]


def test_overhead(results: Results) -> None:
    assert results["overhead"]["work"].keys() == {"volatile"}  # of a server that does not wait for the disk
    pools = results["overhead"]["work"]["volatile"]
    assert pools.keys() == {"2"}
    work = pools["2"]
    assert work.keys() == {
        *("get", "save", "unit_of_work", "process_inbound_message", "save_all", "list_page"),
    }
    for arms in work.values():
        assert {"ventros", "asyncpg-same", "asyncpg-usual"} <= arms.keys()
        assert arms["asyncpg-same"]["ratio"]["wall"]["value"] == 1
        assert arms["ventros"]["round_trips"] <= arms["asyncpg-usual"]["round_trips"]
        assert arms["ventros"]["peak_bytes"] > 0
    assert "pgbench" in work["save"]
    arms = work["unit_of_work"]
    names = ("ventros", "ventros-save", "ventros-apart", "asyncpg-same")
    assert [arms[name]["round_trips"] for name in names] == [2, 3, 5, 5]


def test_peers(results: Results) -> None:
    peers = results["peers"]
    assert peers["work"]["volatile"].keys() == {"1", "2"}
    assert peers["ratios"].keys() == {"get", "save", "unit_of_work"}
    for ratios in peers["ratios"].values():
        assert ratios.keys() == {
            "sqlalchemy-orm",
            "sqlalchemy-core",
            "piccolo",
            "tortoise",
            "aiosql",
            "psycopg",
            "psycopg-pipeline",
            "psqlpy",
            "asyncpg-usual",
            "asyncpg-same",
            "ventros-save",
            "ventros-apart",
        }
        assert all({"wall", "client_cpu"} == ratio.keys() for ratio in ratios.values())
    arms = peers["work"]["volatile"]["1"]["unit_of_work"]
    assert [arms[name]["round_trips"] for name in ("psycopg-pipeline", "psqlpy", "psycopg")] == [3, 4, 6]
    assert any("no optimistic locking" in note for note in peers["notes"])


def test_contention(results: Results) -> None:
    contention = results["contention"]
    assert contention["lost_updates"] == 0
    assert {cell["strategy"] for cell in contention["cells"]} == {
        *("optimistic", "reapplied", "for-update", "serializable"),
    }
    assert len(contention["cells"]) == 2 * 2 * 4
    met = {
        cell["strategy"]: cell["conflicts_per_write"]
        for cell in contention["cells"]
        if (cell["writers"], cell["aggregates"]) == (4, 1)
    }
    assert met["optimistic"] > 0
    assert met["for-update"] == 0


def test_latency(results: Results) -> None:
    distances = results["latency"]["distances"]
    assert list(distances) == ["0", "0.25", "1", "5"]
    assert distances["5"]["measured_ms"] >= 5
    trips = results["latency"]["round_trips"]["unit_of_work"]
    assert trips == {
        "ventros": 2,
        "ventros-save": 3,
        "ventros-apart": 5,
        "asyncpg-same": 5,
        "asyncpg-usual": 7,
        "psycopg-pipeline": 3,
        "sqlalchemy-orm": trips["sqlalchemy-orm"],
    }
    for arm, count in trips.items():
        work = distances["5"]["pools"]["1"]["unit_of_work"]
        assert work[arm]["latency_ms"]["p50"] >= 5 * count


def test_outbox(results: Results) -> None:
    outbox = results["outbox"]
    assert outbox["commits"].keys() == {"volatile"}
    assert outbox["commits"]["volatile"].keys() == {"1", "2"}
    for arms in outbox["commits"]["volatile"].values():
        assert arms.keys() == {"off", "on", "relayed", "notify"}
        assert arms["off"]["ratio"]["off"]["value"] == arms["on"]["ratio"]["on"]["value"] == 1
    assert outbox["delivered"].keys() == {"1", "20"}
    for figures in outbox["delivered"].values():
        assert figures["events"] == 80
        assert figures["per_second"]["value"] > 0
        assert 0 <= figures["latency_ms"]["20"]["p50"] <= figures["latency_ms"]["20"]["p99"]
    memory = outbox["memory"]
    assert memory.keys() == {"little", "backlog", "whole"}
    assert all(arm["samples"][-1]["delivered"] > 0 for arm in memory.values())
    assert memory["whole"]["peak_mib"] > memory["backlog"]["peak_mib"], "the control reads all at once"


def test_micro(results: Results) -> None:
    benchmarks = results["micro"]["benchmarks"]
    assert {"contact: from_row", "contact: update_args", "statements: load all"} <= benchmarks.keys()
    assert all(figures["mean_us"] > 0 for figures in benchmarks.values())
