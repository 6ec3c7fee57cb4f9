"""What the generator has to reach, beside what was measured."""

from __future__ import annotations

from dataclasses import dataclass

from generator.evaluation.accuracy import ColourScores, Scores
from generator.evaluation.comparison import Distances, chance
from generator.evaluation.inbetweens import ENDS, SPECS, Cleanliness

COLOUR, SHAPE, LEVEL = 0.98, 0.95, 0.85
KID_TIMES, COVERAGE, UNSEEN_POINTS = 1.5, 0.9, 0.03
FLAGGED, FARTHER = 0.10, 1.10


@dataclass(frozen=True)
class Goal:
    """`note` says what the ceiling allows, or why a goal is hard to meet."""

    name: str
    target: str
    measured: str
    reached: bool
    note: str = ""


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def judge_goals(
    *, colours: dict[str, ColourScores], shapes: Scores, ceiling: Scores, ours: Distances,
    floor: Distances, unseen: float, rest: float, unseen_ceiling: float, rest_ceiling: float,
    between: dict[str, Cleanliness],
) -> list[Goal]:  # fmt: skip
    """The list of section "To reach", in its order. `unseen`, `rest`: shares of what is right."""
    goals = []
    for attribute, scores in colours.items():
        goals.append(
            Goal(
                f"{attribute.replace('_', ' ')} accuracy", f"≥ {percent(COLOUR)}",
                percent(scores.close), scores.close >= COLOUR,
            )
        )  # fmt: skip
    goals.append(
        Goal(
            "shape attributes, average", f"≥ {percent(SHAPE)}", percent(shapes.mean),
            shapes.mean >= SHAPE, f"renders: {percent(ceiling.mean)}",
        )
    )  # fmt: skip
    goals.append(_worst_level(shapes, ceiling))
    for space, (mean, std) in ours.kid.items():
        limit = KID_TIMES * chance(floor, space)
        goals.append(
            Goal(
                f"KID, {space}", f"≤ {limit:.4g}", f"{mean:.4g} ± {std:.2g}", mean <= limit,
                "1.5 × what chance gives between two sets of renders",
            )
        )  # fmt: skip
        goals.append(
            Goal(
                f"coverage, {space}", f"≥ {COVERAGE}", f"{ours.coverage[space]:.3f}",
                ours.coverage[space] >= COVERAGE, f"renders: {floor.coverage[space]:.3f}",
            )
        )  # fmt: skip
    lost, lost_ceiling = rest - unseen, rest_ceiling - unseen_ceiling
    goals.append(
        Goal(
            "combinations never rendered in training", f"≤ {100 * UNSEEN_POINTS:.0f} points lost",
            f"{100 * lost:.1f} points", lost <= UNSEEN_POINTS,
            f"renders: {100 * lost_ceiling:.1f}",
        )
    )  # fmt: skip
    middle, ends = between[SPECS], between[ENDS]
    goals.append(
        Goal(
            "in-betweens without ghosts", f"≤ {percent(FLAGGED)} flagged", percent(middle.flagged),
            middle.flagged <= FLAGGED, "5% of the end points are, by definition",
        )
    )  # fmt: skip
    farther = middle.distance / ends.distance
    goals.append(
        Goal(
            "in-betweens as near to renders as the ends", f"≤ {FARTHER:.2f} ×", f"{farther:.2f} ×",
            farther <= FARTHER,
        )
    )  # fmt: skip
    return goals


def _worst_level(shapes: Scores, ceiling: Scores) -> Goal:
    if not shapes.levels:
        return Goal("weakest level of a shape attribute", f"≥ {percent(LEVEL)}", "too few", False)
    worst = min(shapes.levels, key=lambda s: s.recall)
    below = [s for s in shapes.levels if s.recall < LEVEL]
    beyond = [s for s in below if (ceiling.recall(s.attribute, s.level) or 0) < LEVEL]
    note = ""
    if beyond:
        note = f"{len(beyond)} of the {len(below)} below it are not told apart on renders either"
    return Goal(
        "weakest level of a shape attribute", f"≥ {percent(LEVEL)}",
        f"{percent(worst.recall)} ({worst.attribute}: {worst.level})", not below, note,
    )  # fmt: skip
