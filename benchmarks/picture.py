"""How figures grow with a size, as one SVG: a panel for each, both axes from nought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 210, 150
LEFT, TOP, GAP = 20, 66, 30


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    figures: Sequence[float]


def draw(title: str, sizes: Sequence[int], panels: Sequence[Panel]) -> str:
    """A straight line from the corner is growth in proportion."""
    width = LEFT * 2 + len(panels) * WIDTH + (len(panels) - 1) * GAP
    drawn = "".join(
        _panel(panel, sizes, LEFT + number * (WIDTH + GAP)) for number, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{TOP + HEIGHT + 36}" '
        'font-family="sans-serif" font-size="12" fill="#333">'
        '<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{LEFT}" y="26" font-size="15">{escape(title)}</text>{drawn}</svg>\n'
    )


def _panel(panel: Panel, sizes: Sequence[int], left: int) -> str:
    bottom = TOP + HEIGHT
    widest, highest = max(sizes), max(panel.figures) * 1.15
    points = [
        (left + size / widest * WIDTH * 0.92, bottom - figure / highest * HEIGHT)
        for size, figure in zip(sizes, panel.figures, strict=True)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#0b62a4"/>' for x, y in points)
    (x, y), figure = points[-1], panel.figures[-1]
    told = f"{figure:,.0f}" if figure >= 10 else f"{figure:.2f}"
    return (
        f'<text x="{left}" y="{TOP - 12}">{escape(panel.title)}</text>'
        f'<path d="M{left} {TOP}V{bottom}H{left + WIDTH}" fill="none" stroke="#999"/>'
        f'<polyline points="{line}" fill="none" stroke="#0b62a4" stroke-width="2"/>{dots}'
        f'<text x="{x - 8:.1f}" y="{y - 7:.1f}" text-anchor="end">{told}</text>'
        f'<text x="{left}" y="{bottom + 18}">0</text>'
        f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{widest:,}</text>'
    )
