"""Plots as inline SVG: bars, ratios with their intervals on a logarithmic axis, and lines.

Drawn 380 units wide, which is about a phone's width in pixels, so that their text is as large as the page's
there and a little larger on a desktop.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

WIDTH = 380
LABEL = 138
ROW = 22
TOP = 30
COLOURS = 8
"""How many classes ``c0`` … the style sheet of the page has."""

Point = tuple[float, float]
Range = tuple[float | None, float | None, float | None]
"""Value, low, high."""


def bars(title: str, rows: Sequence[tuple[str, float | None]], form: str = ",.0f", *, most: float = 0) -> str:
    """One bar to a row, its figure behind it; the axis ends at ``most`` or at the longest."""
    longest = max([most, *(value or 0 for _, value in rows)]) or 1
    room = WIDTH - LABEL - 62
    parts = []
    for at, (label, value) in enumerate(rows):
        y = TOP + at * ROW
        length = room * (value or 0) / longest
        figure = "-" if value is None else f"{value:{form}}"
        parts += [
            _text(LABEL - 8, y + 14, label, "end"),
            f'<rect class="c0 fill" x="{LABEL}" y="{y + 3}" width="{max(length, 1):.1f}" height="14"/>',
            _text(LABEL + length + 6, y + 14, figure, "start", "figure"),
        ]
    return _svg(title, TOP + len(rows) * ROW + 6, parts)


def ratios(title: str, rows: Sequence[tuple[str, Range]], axis: str) -> str:
    """A dot and its interval to a row, on a logarithmic axis with a line at 1."""
    ends = [bound for _, interval in rows for bound in interval if bound and bound > 0]
    low, high = _octaves(min([*ends, 0.8]), max([*ends, 1.25]))
    room = WIDTH - LABEL - 74

    def x(value: float) -> float:
        inside = min(max(value, low), high)
        return LABEL + room * math.log(inside / low) / math.log(high / low)

    bottom = TOP + len(rows) * ROW
    parts = [
        f'<line class="grid" x1="{x(tick):.1f}" y1="{TOP}" x2="{x(tick):.1f}" y2="{bottom}"/>'
        + _text(x(tick), bottom + 14, f"{tick:g}", "middle", "tick")
        for tick in _ticks(low, high)
    ]
    parts.append(f'<line class="one" x1="{x(1):.1f}" y1="{TOP}" x2="{x(1):.1f}" y2="{bottom}"/>')
    for at, (label, (value, least, most)) in enumerate(rows):
        y = TOP + at * ROW + 11
        parts.append(_text(LABEL - 8, y + 4, label, "end"))
        if value is None:
            continue
        parts += [
            f'<path class="c0 stroke" d="M{x(least or low):.1f},{y} H{x(most or high):.1f}"/>',
            f'<circle class="c0 fill" cx="{x(value):.1f}" cy="{y}" r="4"/>',
            _text(WIDTH - 4, y + 4, f"{value:.2f}", "end", "figure"),
        ]
    parts.append(_text(LABEL + room / 2, bottom + 30, axis, "middle", "tick"))
    return _svg(title, bottom + 38, parts)


def lines(
    title: str, series: Mapping[str, Sequence[Point]], x_axis: str, y_axis: str, *, logarithmic: bool = True
) -> str:
    """A line to a series, its name in the key below; x logarithmic if it may be, y from 0."""
    points = [point for line in series.values() for point in line]
    xs, most = sorted({x for x, _ in points}), _round_up(max([y for _, y in points], default=1) or 1)
    left, right, height = 48, WIDTH - 14, 170
    scale = math.log if logarithmic else float
    first, last = scale(xs[0]), scale(xs[-1])

    def place(x: float, y: float) -> tuple[float, float]:
        share = (scale(x) - first) / ((last - first) or 1)
        return left + (right - left) * share, TOP + height * (1 - y / most)

    parts = []
    for step in range(5):
        _, y = place(xs[0], most * step / 4)
        parts.append(f'<line class="grid" x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
        parts.append(_text(left - 6, y + 4, _compact(most * step / 4), "end", "tick"))
    parts += [_text(place(x, 0)[0], TOP + height + 15, f"{x:g}", "middle", "tick") for x in _spread(xs)]
    parts.append(_text((left + right) / 2, TOP + height + 31, f"{x_axis} → {y_axis} ↑", "middle", "tick"))
    for at, line in enumerate(series.values()):
        drawn = [place(*point) for point in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        parts.append(f'<polyline class="c{at % COLOURS} stroke" points="{path}"/>')
        parts += [f'<circle class="c{at % COLOURS} fill" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in drawn]
    key = TOP + height + 46
    for at, name in enumerate(series):
        x, y = 12 + (at % 2) * (WIDTH / 2), key + (at // 2) * 18
        parts.append(f'<rect class="c{at % COLOURS} fill" x="{x}" y="{y}" width="10" height="10" rx="2"/>')
        parts.append(_text(x + 16, y + 9, name, "start"))
    return _svg(title, key + math.ceil(len(series) / 2) * 18 + 4, parts)


def _svg(title: str, height: float, parts: Iterable[str]) -> str:
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"{_text(4, 16, title, 'start', 'title')}{''.join(parts)}</svg></figure>"
    )


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _octaves(low: float, high: float) -> tuple[float, float]:
    """Widened to powers of two, and cut at a thousandfold, so that one wild interval hides no other.

    A bound that is null in JSON, because there is none, reaches to the end.
    """
    low, high = max(low, 1 / 32), min(high, 32)
    return 2.0 ** math.floor(math.log2(low)), 2.0 ** math.ceil(math.log2(high))


def _ticks(low: float, high: float) -> list[float]:
    powers = range(round(math.log2(low)), round(math.log2(high)) + 1)
    step = max(1, math.ceil(len(powers) / 6))
    return [2.0**power for power in powers if power % step == 0]


def _round_up(value: float) -> float:
    """To what four equal steps lead to in round numbers."""
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * step for step in (1, 2, 4, 6, 8, 10) if unit * step >= value)


def _spread(values: Sequence[float]) -> list[float]:
    step = max(1, math.ceil(len(values) / 7))
    return [value for at, value in enumerate(values) if at % step == 0]


def _compact(value: float) -> str:
    return f"{value / 1000:.3g}k" if value >= 1000 else f"{value:.3g}"
