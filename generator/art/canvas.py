"""A vector canvas that is painted in palette slots and written out as SVG.

The one place that knows SVG syntax. Coordinates are SVG user units on a 256 x 256 square, y down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from math import hypot
from typing import Literal

from generator.art.palette import RGB, Slot, hex_colour

SIDE = 256
Point = tuple[float, float]
Feature = Literal["eyes", "brows", "mouth", "marks"]
FEATURES: tuple[Feature, ...] = ("eyes", "brows", "mouth", "marks")
"""Marks: what is small on a face and must not be overlooked, as freckles or fangs."""
_TOKEN = re.compile(r"@(\d+):(\d)@")


@dataclass(frozen=True)
class Stop:
    """A gradient stop; `offset` and `opacity` in [0, 1]."""

    offset: float
    slot: Slot
    opacity: float = 1.0


@dataclass(frozen=True)
class Gradient:
    """A paint made by `Canvas.linear` or `Canvas.radial`."""

    reference: str


Paint = Slot | Gradient


def fmt(value: float) -> str:
    """A number as short as a hundredth of a unit allows."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


class Canvas:
    """Collects shapes in painter's order: what is drawn later lies on top."""

    def __init__(self, *, line_scale: float = 1.0) -> None:
        """`line_scale` multiplies every stroke width (the spec's line weight)."""
        self.line_scale = line_scale
        self._nodes: list[str] = []
        self._defs: list[str] = []
        self._ids = count()
        self._gradients: dict[str, Gradient] = {}
        self._feature = 0
        self._last_strand: tuple[int, object] = (0, None)

    def path(
        self,
        d: str,
        *,
        fill: Paint | None = None,
        stroke: Slot | None = None,
        width: float = 2.4,
        opacity: float = 1.0,
        cap: Literal["round", "butt"] = "round",
    ) -> None:
        """Paint SVG path data `d`. Strokes get round joins; `opacity` in [0, 1] covers both."""
        paint = f'fill="{self._paint(fill)}"' if fill is not None else 'fill="none"'
        if stroke is not None:
            paint += (
                f' stroke="{self._paint(stroke)}" stroke-width="{fmt(width * self.line_scale)}"'
                f' stroke-linejoin="round" stroke-linecap="{cap}"'
            )
        if opacity < 1.0:
            paint += f' fill-opacity="{fmt(opacity)}" stroke-opacity="{fmt(opacity)}"'
        self._nodes.append(f'<path d="{d}" {paint}/>')

    def ellipse(
        self, cx: float, cy: float, rx: float, ry: float, *, fill: Paint | None = None,
        stroke: Slot | None = None, width: float = 2.4, opacity: float = 1.0,
    ) -> None:  # fmt: skip
        self.path(ellipse(cx, cy, rx, ry), fill=fill, stroke=stroke, width=width, opacity=opacity)

    def strand(
        self, points: Sequence[Point], width: float, *, fill: Paint, opacity: float = 1.0,
        taper: tuple[float, float] = (0.0, 0.0),
    ) -> None:  # fmt: skip
        """A brush stroke through `points`, `width` wide in its middle.

        `taper` gives the share of the width that is left at the start and at the end, so that
        (0, 0) is a lash-like stroke, pointed at both ends.
        """
        d = brush(points, width * self.line_scale, taper)
        paint = (fill, opacity, self._feature)
        if self._last_strand == (len(self._nodes), paint):
            # Ribbons all wind the same way, so that one path may hold many: cheaper to draw.
            node = self._nodes[-1]
            self._nodes[-1] = f"{node[:9]}{d}{node[9:]}"
            return
        self.path(d, fill=fill, opacity=opacity)
        self._last_strand = (len(self._nodes), paint)

    def linear(self, x1: float, y1: float, x2: float, y2: float, stops: Sequence[Stop]) -> Gradient:
        """A linear gradient between two points in the coordinates of the current group."""
        return self._gradient(
            "linearGradient", f'x1="{fmt(x1)}" y1="{fmt(y1)}" x2="{fmt(x2)}" y2="{fmt(y2)}"', stops
        )

    def radial(self, cx: float, cy: float, r: float, stops: Sequence[Stop]) -> Gradient:
        return self._gradient(
            "radialGradient", f'cx="{fmt(cx)}" cy="{fmt(cy)}" r="{fmt(r)}"', stops
        )

    @contextmanager
    def group(self, *, transform: str = "", clip: str = "", opacity: float = 1.0) -> Iterator[None]:
        """Draw inside a transform (SVG syntax), clipped to path data `clip`, as one layer."""
        attributes = f' transform="{transform}"' if transform else ""
        if clip:
            name = f"c{next(self._ids)}"
            self._defs.append(f'<clipPath id="{name}"><path d="{clip}"/></clipPath>')
            attributes += f' clip-path="url(#{name})"'
        if opacity < 1.0:
            attributes += f' opacity="{fmt(opacity)}"'
        self._nodes.append(f"<g{attributes}>")
        yield
        self._nodes.append("</g>")

    @contextmanager
    def feature(self, name: Feature) -> Iterator[None]:
        """What is drawn inside belongs to this face feature (see `svg_features`)."""
        outer, self._feature = self._feature, FEATURES.index(name) + 1
        yield
        self._feature = outer

    def used_slots(self) -> set[Slot]:
        """The slots that any shape was painted with."""
        text = "".join(self._defs) + "".join(self._nodes)
        return {Slot(int(m[1])) for m in _TOKEN.finditer(text)}

    def svg(self, colours: Sequence[RGB], *, size: int = SIDE) -> str:
        """The picture as an SVG document; `colours` in `Slot` order."""
        texts = [hex_colour(c) for c in colours]
        return self._document(lambda m: texts[int(m[1])], size)

    def svg_features(self, *, size: int = SIDE) -> str:
        """Face features as colours (eyes red, brows green, mouth blue, marks white), all else
        black: what of each feature is visible under hair and accessories."""
        texts = ("#000000", "#ff0000", "#00ff00", "#0000ff", "#ffffff")
        return self._document(lambda m: texts[int(m[2])], size)

    def _document(self, colour: object, size: int) -> str:
        body = f"<defs>{''.join(self._defs)}</defs>{''.join(self._nodes)}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}"'
            f' width="{size}" height="{size}">{_TOKEN.sub(colour, body)}</svg>'  # type: ignore[call-overload]
        )

    def _paint(self, paint: Paint) -> str:
        return paint.reference if isinstance(paint, Gradient) else self._token(paint)

    def _token(self, slot: Slot) -> str:
        return f"@{int(slot)}:{self._feature}@"

    def _gradient(self, tag: str, attributes: str, stops: Sequence[Stop]) -> Gradient:
        inner = "".join(
            f'<stop offset="{fmt(s.offset)}" stop-color="{self._token(s.slot)}"'
            + (f' stop-opacity="{fmt(s.opacity)}"' if s.opacity < 1 else "")
            + "/>"
            for s in stops
        )
        key = f'gradientUnits="userSpaceOnUse" {attributes}>{inner}</{tag}>'
        if key not in self._gradients:
            name = f"g{next(self._ids)}"
            self._defs.append(f'<{tag} id="{name}" {key}')
            self._gradients[key] = Gradient(f"url(#{name})")
        return self._gradients[key]


def ellipse(cx: float, cy: float, rx: float, ry: float) -> str:
    """Path data of an ellipse."""
    return (
        f"M{fmt(cx - rx)} {fmt(cy)}a{fmt(rx)} {fmt(ry)} 0 1 1 {fmt(2 * rx)} 0"
        f"a{fmt(rx)} {fmt(ry)} 0 1 1 {fmt(-2 * rx)} 0Z"
    )


def smooth(points: Sequence[Point], *, closed: bool = False, tension: float = 1.0) -> str:
    """Path data of a Catmull-Rom curve through `points` (as cubic Beziers), in tenths of a unit."""
    n = len(points)
    if closed:
        around = [points[-1], *points, points[0], points[1 % n]]
    else:
        around = [points[0], *points, points[-1]]
    k = tension / 6
    (x0, y0), (x1, y1), (x2, y2) = around[:3]
    d = [f"M{x1:.1f} {y1:.1f}"]
    for x3, y3 in around[3:]:
        d.append(
            f"C{x1 + (x2 - x0) * k:.1f} {y1 + (y2 - y0) * k:.1f}"
            f" {x2 - (x3 - x1) * k:.1f} {y2 - (y3 - y1) * k:.1f} {x2:.1f} {y2:.1f}"
        )
        x0, y0, x1, y1, x2, y2 = x1, y1, x2, y2, x3, y3
    return "".join(d) + ("Z" if closed else "")


def brush(points: Sequence[Point], width: float, taper: tuple[float, float] = (0.0, 0.0)) -> str:
    """Path data of a stroke of varying width: full in the middle, `taper` shares at the ends."""
    dense = curve(points, 3 if len(points) < 4 else 2)
    left: list[Point] = []
    right: list[Point] = []
    last = len(dense) - 1
    for i, (x, y) in enumerate(dense):
        (ax, ay), (bx, by) = dense[max(i - 1, 0)], dense[min(i + 1, last)]
        length = hypot(bx - ax, by - ay) or 1.0
        t = i / last
        end = taper[0] if t < 0.5 else taper[1]
        half = width / 2 * (end + (1 - end) * (1 - (2 * t - 1) ** 2) ** 0.7) / length
        nx, ny = (ay - by) * half, (bx - ax) * half
        left.append((x + nx, y + ny))
        if half > 0.001:  # a pointed end is one point
            right.append((x - nx, y - ny))
    return smooth(left + right[::-1], closed=True, tension=0.9)


def curve(points: Sequence[Point], per_span: int) -> list[Point]:
    """Points along the Catmull-Rom curve through `points`."""
    weights = _WEIGHTS.get(per_span) or _weights(per_span)
    last = len(points) - 1
    dense: list[Point] = []
    for i in range(last):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[i]
        (cx, cy), (dx, dy) = points[i + 1], points[min(i + 2, last)]
        for a, b, c, d in weights:
            dense.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    dense.append(points[-1])
    return dense


_WEIGHTS: dict[int, list[tuple[float, float, float, float]]] = {}
"""Of the four points around a span, at each of its steps; thousands of curves share them."""


def _weights(per_span: int) -> list[tuple[float, float, float, float]]:
    rows = []
    for step in range(per_span):
        t = step / per_span
        rows.append(
            (
                0.5 * (-t + 2 * t * t - t**3),
                0.5 * (2 - 5 * t * t + 3 * t**3),
                0.5 * (t + 4 * t * t - 3 * t**3),
                0.5 * (-t * t + t**3),
            )
        )
    _WEIGHTS[per_span] = rows
    return rows
