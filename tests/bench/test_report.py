"""The page holds all that was measured, by itself; and the command line makes it."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench.command import SCENARIOS
from bench.command import main as bench_main
from bench.report.page import page
from bench.report.plots import bars, lines, ratios
from bench.result import plain
from ventros.cli import main

Results = dict[str, dict[str, Any]]


def svgs(html: str) -> list[ET.Element]:
    texts = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    return [ET.fromstring(text) for text in texts]  # noqa: S314 - made by us


def test_the_page_needs_nothing_else(results: Results) -> None:
    html = page(list(results.values()))
    assert "<script" not in html
    assert not re.search(r"(src|href)=\"(?!#)", html)
    assert "url(" not in html
    assert 'name="viewport"' in html


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scenario_has_plots_and_its_answers(results: Results, name: str) -> None:
    result = results[name]
    html = page([result])
    assert svgs(html)
    assert html.count("<li>") >= len(result["verdicts"])
    assert "Volatile profile" in html
    assert "Volatile profile" not in page([{**result, "durability": "durable"}])


def test_nothing_is_drawn_outside_of_its_plot(results: Results) -> None:
    for svg in svgs(page(list(results.values()))):
        _, _, width, height = (float(word) for word in svg.attrib["viewBox"].split())
        for element in svg:
            for name, bound in (("x", width), ("cx", width), ("x2", width), ("y", height), ("cy", height)):
                assert 0 <= float(element.attrib.get(name, 0)) <= bound, ET.tostring(element)


def test_wild_values_are_drawn_too() -> None:
    drawn = [
        bars("a", [("none", None), ("zero", 0.0), ("<&>", 5.0)]),
        ratios(
            "a",
            [("unbounded", (2.0, None, None)), ("wild", (1.0, 1e-9, 1e9)), ("nothing", (None, None, None))],
            "x",
        ),
        lines("a", {"one point": [(1.0, 0.0)], "none": []}, "x", "y"),
    ]
    assert len(svgs("".join(drawn))) == 3


def test_json_says_no_nan() -> None:
    assert plain({"a": math.nan, "b": (math.inf, 1.23456789)}) == {"a": None, "b": [None, 1.23457]}


def test_the_page_of_an_earlier_run(results: Results, tmp_path: Path) -> None:
    file, html = tmp_path / "run.json", tmp_path / "run.html"
    file.write_text(json.dumps([results["overhead"], results["contention"]]))
    done = CliRunner().invoke(main, ["bench", "report", str(file), "--html", str(html)])
    assert done.exit_code == 0, done.output
    assert html.read_text() == page([results["overhead"], results["contention"]])
    assert results["overhead"]["verdicts"][0]["answer"] in done.output


def test_json_to_standard_output_is_nothing_but_json(results: Results, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(results["overhead"]))
    done = CliRunner().invoke(bench_main, ["report", str(file), "--json", "-"])
    assert json.loads(done.stdout) == results["overhead"]
    assert results["overhead"]["verdicts"][0]["answer"] in done.stderr


@pytest.mark.parametrize("arguments", [["nonsense"], ["report"], ["overhead", "surplus.json"], []])
def test_wrong_arguments(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["bench", *arguments]).exit_code == 2


def test_help_names_the_scenarios() -> None:
    done = CliRunner().invoke(main, ["bench", "--help"])
    assert done.exit_code == 0
    assert all(name in done.output for name in SCENARIOS)


def test_without_a_checkout_it_says_so(tmp_path: Path) -> None:
    """The checkout's own directory is taken off the path, as if only the wheel were installed."""
    text = """
import sys
import ventros
from pathlib import Path
root = Path(ventros.__file__).parents[1]
sys.path = [each for each in sys.path if Path(each or ".").resolve() != root]
from ventros.cli import main
main(["bench", "overhead"])
"""
    done = subprocess.run(
        (sys.executable, "-c", text), capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "need a checkout" in done.stderr
