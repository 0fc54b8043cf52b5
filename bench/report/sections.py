"""Which plots and tables show which scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

from bench.report.plots import Range, bars, lines, ratios

NOTHING = "-"
Table = tuple[str, Sequence[str], list[Sequence[str]]]
Section = tuple[list[str], list[Table]]
FEW_ARMS = ("shipped", "id-version", "primary-key", "id-include-version", "brin-version", "earlier-system")
"""Of fifteen lines in one plot none could be told from the others."""


def of(result: Mapping[str, Any]) -> Section:
    """Plots and tables, by the name of the scenario; of one that has none, nothing."""
    make = {
        "locking-indexes": _locking_indexes,
        "overhead": _overhead,
        "peers": _peers,
        "contention": _contention,
        "latency": _latency,
        "outbox": _outbox,
        "micro": _micro,
    }.get(result["scenario"])
    return make(result) if make else ([], [])


def _range(ratio: Mapping[str, Any]) -> Range:
    return ratio["value"], ratio["low"], ratio["high"]


def _interval(ratio: Mapping[str, Any]) -> str:
    value, low, high = _range(ratio)
    if value is None:
        return NOTHING
    bounds = ", ".join(NOTHING if bound is None else f"{bound:.2f}" for bound in (low, high))
    return f"{value:.2f} [{bounds}]"


def _figure(value: float | None, form: str = ",.0f") -> str:
    return NOTHING if value is None else f"{value:{form}}"


def _locking_indexes(result: Mapping[str, Any]) -> Section:
    arms, plots = result["arms"], []
    for table in ("contacts", "sessions"):
        by_arm = {name: arm[table] for name, arm in arms.items()}
        plots += [
            bars(
                f"Heap-only updates, {table}, %",
                [(name, 100 * arm["hot_share"]) for name, arm in by_arm.items()],
                ".1f",
                most=100,
            ),
            bars(
                f"WAL bytes per update, {table}",
                [(name, arm["wal_bytes_per_update"]) for name, arm in by_arm.items()],
            ),
            ratios(
                f"Updates/s in the server, {table}",
                [(name, _range(arm["ratio"]["server_updates_per_second"])) for name, arm in by_arm.items()],
                f"times {result['baseline']}; right is better",
            ),
            lines(
                f"Updates/s through the layer, {table}",
                {
                    name: [
                        (float(clients), figures["updates_per_second"])
                        for clients, figures in by_arm[name]["clients"]["layer"].items()
                    ]
                    for name in FEW_ARMS
                    if name in by_arm
                },
                "clients",
                "updates/s",
            ),
        ]
    for read, title in (
        ("check_version", "Finding by id and version"),
        ("read_version", "Reading the version"),
    ):
        rows = [(name, _range(arm["contacts"]["ratio"][f"{read}_time"])) for name, arm in arms.items()]
        plots.append(ratios(f"{title}, time", rows, f"times {result['baseline']}; left is better"))
    return plots, [_index_table(arms, table) for table in ("contacts", "sessions")]


def _index_table(arms: Mapping[str, Any], table: str) -> Table:
    head = (
        "arm",
        "indexes",
        "HOT %",
        "WAL B/update",
        "page images B/update",
        "server updates/s",
        "layer updates/s",
        "pgbench updates/s",
        "p99 ms",
        "index KiB",
        "index growth",
        "table growth",
        "vacuum ms",
        "cache hits %",
    )
    rows: list[Sequence[str]] = []
    for name, arm in arms.items():
        figures = arm[table]
        layer, pgbench = (list(figures["clients"][client].values())[-1] for client in ("layer", "pgbench"))
        rows.append(
            (
                name,
                str(figures["indexes"]),
                f"{100 * figures['hot_share']:.1f}",
                _figure(figures["wal_bytes_per_update"]),
                _figure(figures["full_page_bytes_per_update"]),
                _figure(figures["server_updates_per_second"]),
                _figure(layer["updates_per_second"]),
                _figure(pgbench["updates_per_second"]),
                _figure(layer["latency_ms"]["p99"], ".1f"),
                _figure(figures["index_bytes"] / 1024),
                _figure(figures["bloat"]["index_bytes"], ".2f"),
                _figure(figures["bloat"]["table_bytes"], ".2f"),
                _figure(1000 * figures["vacuum_seconds"], ".1f"),
                _figure(100 * (figures["cache_hit_share"] or 0), ".1f"),
            )
        )
    return f"{table}, after all updates, most clients", head, rows


def _overhead(result: Mapping[str, Any]) -> Section:
    return _by_profile(result, f"times {result['titles'][result['baseline']]}; left is better")


def _peers(result: Mapping[str, Any]) -> Section:
    ours = result["titles"][result["baseline"]]
    return _by_profile(result, f"times {ours}; right is slower than {ours}")


def _by_profile(result: Mapping[str, Any], axis: str) -> Section:
    """Of each durability, number of connections and operation: a plot of each ratio, and a table."""
    plots: list[str] = []
    tables: list[Table] = []
    for durability, pools in result["work"].items():
        for pool, work in pools.items():
            for operation, arms in work.items():
                title = f"{operation}, {durability}, pool of {pool}"
                others = {name: arm for name, arm in arms.items() if name != result["baseline"]}
                for key, what in (("wall", "wall time"), ("client_cpu", "client CPU")):
                    rows = [
                        (result["titles"][name], _range(arm["ratio"][key])) for name, arm in others.items()
                    ]
                    plots.append(ratios(f"{title}: {what}", rows, axis))
                tables.append(_work_table(title, arms, result["titles"]))
    return plots, tables


def _work_table(title: str, arms: Mapping[str, Any], titles: Mapping[str, str]) -> Table:
    head = (
        *("arm", "p50 ms", "p95 ms", "p99 ms", "per second", "CPU ms", "wall ratio", "CPU ratio"),
        *("round trips", "peak KiB"),
    )
    rows: list[Sequence[str]] = []
    for name, arm in arms.items():
        peak = arm.get("peak_bytes")
        rows.append(
            (
                titles[name],
                *(_figure(arm["latency_ms"][percentile], ".2f") for percentile in ("p50", "p95", "p99")),
                _figure(arm["per_second"]),
                _figure(arm["client_cpu_ms"], ".3f"),
                _interval(arm["ratio"]["wall"]),
                _interval(arm["ratio"]["client_cpu"]),
                _figure(arm.get("round_trips"), ".1f"),
                _figure(peak and peak / 1024, ".1f"),
            )
        )
    known = [any(row[at] != NOTHING for row in rows) for at in range(len(head))]
    return title, [*compress(head, known)], [[*compress(row, known)] for row in rows]


def _contention(result: Mapping[str, Any]) -> Section:
    plots, cells = [], result["cells"]
    for writers in sorted({cell["writers"] for cell in cells}):
        for key, what in (("writes_per_second", "writes/s"), ("conflicts_per_write", "conflicts a write")):
            series = {
                title: [
                    (cell["aggregates"], cell[key])
                    for cell in cells
                    if cell["strategy"] == name and cell["writers"] == writers
                ]
                for name, title in result["titles"].items()
            }
            plots.append(lines(f"{writers} writers: {what}", series, "aggregates", what))
    rows: list[Sequence[str]] = [
        (
            result["titles"][cell["strategy"]],
            str(cell["writers"]),
            str(cell["aggregates"]),
            _figure(cell["writes_per_second"]),
            _interval(cell["ratio"]),
            _figure(cell["conflicts_per_write"], ".2f"),
            *(_figure(cell["latency_ms"][percentile], ".1f") for percentile in ("p50", "p99")),
            _figure(cell["client_cpu_ms"], ".2f"),
        )
        for cell in cells
    ]
    head = ("strategy", "writers", "aggregates", "writes/s", "ratio to optimistic", "conflicts/write")
    return plots, [("All of it", (*head, "p50 ms", "p99 ms", "CPU ms"), rows)]


def _latency(result: Mapping[str, Any]) -> Section:
    def by_distance(pool: str, operation: str, arm: str) -> Iterator[tuple[float, float]]:
        for distance, figures in result["distances"].items():
            arms = figures["pools"][pool][operation]
            if arm in arms:
                yield float(distance), arms[arm]["latency_ms"]["p50"]

    plots = [
        lines(
            f"{operation}, pool of {pool}, median",
            {
                title: points
                for name, title in result["titles"].items()
                if (points := list(by_distance(pool, operation, name)))
            },
            "round trip, ms",
            "ms",
            logarithmic=False,
        )
        for pool, work in next(iter(result["distances"].values()))["pools"].items()
        for operation in work
    ]
    trips = [
        (operation, *(_figure(arms.get(name), ".1f") for name in result["titles"]))
        for operation, arms in result["round_trips"].items()
    ]
    measured = [
        (f"{name} ms", f"{figures['measured_ms']:.2f}") for name, figures in result["distances"].items()
    ]
    return plots, [
        ("Round trips", ("operation", *result["titles"].values()), list(trips)),
        ("What SELECT 1 takes", ("round trip", "measured ms"), list(measured)),
    ]


def _outbox(result: Mapping[str, Any]) -> Section:
    titles, plots, rows = result["titles"], [], list[Sequence[str]]()
    for durability, by_pool in result["commits"].items():
        rates = {
            title: [(float(pool), arms[name]["per_second"]["value"]) for pool, arms in by_pool.items()]
            for name, title in titles.items()
        }
        plots.append(lines(f"Commits, {durability}", rates, "connections", "commits/s"))
        for pool, arms in by_pool.items():
            kept = [(title, _range(arms[name]["ratio"]["off"])) for name, title in titles.items()][1:]
            plots.append(
                ratios(
                    f"Commits/s, {durability}, {pool} connections",
                    kept,
                    f"times {titles['off']}; right is better",
                )
            )
            rows += [
                (
                    f"{durability}, {pool}",
                    titles[name],
                    _figure(arm["per_second"]["value"]),
                    *(_interval(arm["ratio"][baseline]) for baseline in ("off", "on")),
                    *(_figure(arm["latency_ms"][percentile], ".2f") for percentile in ("p50", "p99")),
                    _figure(arm["client_cpu_ms"], ".3f"),
                )
                for name, arm in arms.items()
            ]
    head = (
        "connections",
        "arm",
        "commits/s",
        "ratio to no outbox",
        "ratio to outbox",
        "p50 ms",
        "p99 ms",
        "CPU ms",
    )
    plots += _delivery_plots(result)
    return plots, [
        ("Commits", head, rows),
        _delivery_table(result["delivered"]),
        _memory_table(result["memory"]),
    ]


def _delivery_plots(result: Mapping[str, Any]) -> Iterator[str]:
    delivered, memory = result["delivered"], result["memory"]
    rates = [
        (f"{tenants} tenant(s)", figures["per_second"]["value"]) for tenants, figures in delivered.items()
    ]
    yield bars("Events/s that one relay delivers", rates)
    for percentile in ("p50", "p99"):
        took = [
            (f"{tenants} tenant(s), {pace}/s", latency[percentile])
            for tenants, figures in delivered.items()
            for pace, latency in figures["latency_ms"].items()
        ]
        yield bars(f"Commit to delivery, {percentile}, ms", took, ".1f")
    held = {
        f"backlog {arm['events']:,}, {arm['batch']:,} at a time": [
            (sample["delivered"], sample["mib"]) for sample in arm["samples"] if sample["mib"] is not None
        ]
        for arm in memory.values()
    }
    if all(held.values()):
        yield lines("The relay's memory", held, "events delivered", "MiB", logarithmic=False)


def _delivery_table(delivered: Mapping[str, Any]) -> Table:
    rows: list[Sequence[str]] = [
        (
            tenants,
            _figure(figures["events"]),
            _interval(figures["per_second"]),
            _figure(figures["relay_cpu_ms"], ".2f"),
            pace,
            *(_figure(latency[percentile], ".1f") for percentile in ("p50", "p99")),
        )
        for tenants, figures in delivered.items()
        for pace, latency in figures["latency_ms"].items()
    ]
    head = ("tenants", "backlog", "events/s", "relay's CPU ms", "at commits/s", "p50 ms", "p99 ms")
    return "Delivery by one relay", head, rows


def _memory_table(memory: Mapping[str, Any]) -> Table:
    rows: list[Sequence[str]] = [
        (_figure(arm["events"]), _figure(arm["batch"]), _figure(arm["peak_mib"])) for arm in memory.values()
    ]
    return "Memory of the relay", ("backlog", "read at a time", "MiB at most"), rows


def _micro(result: Mapping[str, Any]) -> Section:
    benchmarks = result["benchmarks"]
    rows = [
        (name, _figure(figures["mean_us"], ".3f"), _figure(figures["stdev_us"], ".3f"))
        for name, figures in benchmarks.items()
    ]
    plot = bars("Microseconds", [(name, figures["mean_us"]) for name, figures in benchmarks.items()], ".2f")
    return [plot], [("pyperf", ("benchmark", "mean µs", "standard deviation µs"), list(rows))]
