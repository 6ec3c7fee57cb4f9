"""The report as a page that a stranger can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from generator.evaluation.accuracy import WORN, LevelScore, Scores
from generator.evaluation.colours import CLOSE
from generator.evaluation.comparison import Distances, Row
from generator.evaluation.goals import LEVEL, percent
from generator.evaluation.inbetweens import KINDS

if TYPE_CHECKING:
    from generator.evaluation.report import Report

_CAPTIONS = {
    "figures.png": "The first figures of the data set: drawn by the network, and their renders.",
    "unseen.png": "Combinations that were never rendered for training: drawn, and their renders.",
    "mistakes.png": "Figures that the judge reads otherwise than asked (asked > read).",
    "inbetweens.png": "From one spec to another: specs in between, then mixed conditions.",
    "diversity.png": "Lines of one set of attributes; only sliders and seeds differ.",
    "earlier.png": "The earlier checkpoint and now.",
    "baselines.png": "64 px: renders, ours, and the textbook models.",
}
_KIND_NAMES = dict(
    zip(
        KINDS,
        ("the figures themselves (drawn)", "specs in between", "mixed conditions",
         "two renders laid over each other (known bad)"),
        strict=True,
    )
)  # fmt: skip


def markdown(report: Report) -> str:
    """The whole report.md."""
    reached = sum(goal.reached for goal in report.goals)
    parts = [
        "# How good are the figures?",
        f"{report.figures} figures were asked for that no network was trained on, drawn, and"
        f" judged ({report.minutes:.0f} minutes)."
        f" **{reached} of {len(report.goals)} goals are reached.**",
        "Three readings stand beside each other wherever they can. *Drawn*: what the generator"
        " made. *Ceiling*: the vector renders of the same specs through the same judge; nothing"
        " can be expected to do better. *Floor*: one half of the renders against the other half;"
        " no distance between sets can be expected to be smaller.",
        _goals(report),
        _sheets(report),
        _accuracy(report),
        _colours(report),
        _levels(report),
        _distances(report),
        _rest(report),
        _method(report),
    ]
    return "\n\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _goals(report: Report) -> str:
    rows = [
        (goal.name, goal.target, goal.measured, "yes" if goal.reached else "**no**", goal.note)
        for goal in report.goals
    ]
    return "## Goals\n\n" + _table(("", "goal", "measured", "reached", "note"), rows)


def _sheets(report: Report) -> str:
    return "## To look at\n\n" + "\n\n".join(
        f"{_CAPTIONS.get(name, name)}\n\n![{name}]({name})" for name in report.sheets
    )


def _accuracy(report: Report) -> str:
    rows = [
        (name.replace("_", " "), percent(share), percent(report.shapes_ceiling.accuracy[name]))
        for name, share in report.shapes.accuracy.items()
    ]
    rows.append(("**average**", percent(report.shapes.mean), percent(report.shapes_ceiling.mean)))
    alarms = (
        f"Accessories seen where none was asked for: {percent(report.shapes.false_alarms)} drawn,"
        f" {percent(report.shapes_ceiling.false_alarms)} on renders."
    )
    u = report.unseen
    unseen = _table(
        ("of everything asked for and visible, right", "figures", "drawn", "ceiling"),
        [
            (title, f"{u[f'figures, {key}']:.0f}", percent(u[f"drawn, {key}"]),
             percent(u[f"renders, {key}"]))
            for title, key in (("combinations never rendered in training", "unseen"),
                               ("the rest", "rest"))
        ],
    )  # fmt: skip
    return (
        "## Does the picture show what was asked for?\n\n"
        "The share of figures whose picture shows the asked level, among those where it can be"
        ' seen ("accessories": the mean share of worn ones that are found).\n\n'
        + _table(("attribute", "drawn", "ceiling"), rows)
        + f"\n\n{alarms}\n\n{unseen}"
    )


def _colours(report: Report) -> str:
    rows = []
    for name, drawn in report.colours.items():
        top = report.colours_ceiling[name]
        rows.append(
            (name.replace("_", " "), percent(drawn.close), percent(top.close),
             f"{drawn.median:.1f}", f"{drawn.worst:.1f}", percent(drawn.named), percent(top.named),
             str(drawn.count))
        )  # fmt: skip
    return (
        "## Is it in the colour that was asked for?\n\n"
        "Read off the pixels where the render of the spec has its hair, irises, skin or main cloth."
        f" Right: within CIEDE2000 {CLOSE:g} of the asked colour, which may be any colour. Named:"
        " the asked level of the palette is the nearest one.\n\n"
        + _table(
            ("", "right, drawn", "ceiling", "median difference", "99% below", "named, drawn",
             "ceiling", "figures"),
            rows,
        )
    )  # fmt: skip


def _levels(report: Report) -> str:
    parts = ["## Level by level"]
    weak = [s for s in report.shapes.levels if s.recall < LEVEL]
    blind = [s for s in report.shapes_ceiling.levels if s.recall < LEVEL]
    parts.append(
        "Recall: of the figures asked to show a level, the share that does. Precision: of the"
        " figures that show it, the share asked to."
    )
    parts.append(f"Below {percent(LEVEL)} when drawn: {_names(weak)}.")
    parts.append(f"Below {percent(LEVEL)} on renders already (†): {_names(blind)}.")
    marked = {(s.attribute, s.level) for s in blind}
    for attribute in report.shapes.accuracy:
        rows = [
            [s.level.replace("_", " ") + (" †" if (attribute, s.level) in marked else ""),
             percent(s.recall), _recall(report.shapes_ceiling, s), _precision(s), str(s.count)]
            for s in report.shapes.levels if s.attribute == attribute
        ]  # fmt: skip
        title = "accessories, when worn" if attribute == WORN else attribute.replace("_", " ")
        head = (title, "recall", "ceiling", "precision", "figures")
        parts.append(_table(head, rows))
    for attribute, scores in report.colours.items():
        rows = [
            [s.level.replace("_", " "), percent(s.recall), _precision(s), str(s.count)]
            for s in scores.levels
        ]
        parts.append(_table((attribute.replace("_", " "), "recall", "precision", "figures"), rows))
    return "\n\n".join(parts)


def _names(scores: Sequence[LevelScore]) -> str:
    found = sorted(scores, key=lambda s: s.recall)
    listed = ", ".join(f"{s.attribute} {s.level} ({percent(s.recall)})" for s in found)
    return listed.replace("_", " ") or "none"


def _recall(scores: Scores, like: LevelScore) -> str:
    recall = scores.recall(like.attribute, like.level)
    return "" if recall is None else percent(recall)


def _precision(score: LevelScore) -> str:
    return "" if score.precision != score.precision else percent(score.precision)


def _distances(report: Report) -> str:
    return (
        "## Distance to renders as sets\n\n"
        "KID: 0 for real figures, up to chance (unbiased, subsets, mean ± deviation). Coverage:"
        " the share of renders that have a drawn figure among their neighbourhood; density: how"
        " much of what is drawn lies in such neighbourhoods (5 nearest).\n\n"
        "At 256 px:\n\n"
        + _distance_table(report.distances)
        + "\n\nAt 64 px on white, the only size the textbook models know; they cannot be asked for"
        " anything, so only sets are compared:\n\n" + _distance_table(report.distances_64)
    )


def _distance_table(rows: Sequence[Row]) -> str:
    spaces = next((list(row.kid) for row in rows if isinstance(row, Distances)), [])
    head = [
        "",
        *(f"{what}, {space}" for space in spaces for what in ("KID", "coverage", "density")),
    ]
    lines = []
    for row in rows:
        name = f"{row.name} ({row.note})" if row.note else row.name
        if not isinstance(row, Distances):
            lines.append([name, *[""] * (len(head) - 1)])
            continue
        cells = [name]
        for space in spaces:
            mean, std = row.kid[space]
            cells += [f"{mean:.4g} ± {std:.2g}", f"{row.coverage[space]:.3f}",
                      f"{row.density[space]:.2f}"]  # fmt: skip
        lines.append(cells)
    return _table(head, lines)


def _rest(report: Report) -> str:
    rows = [
        (_KIND_NAMES[kind], f"{c.ghosts:.3f}", percent(c.flagged), f"{c.distance:.3f}")
        for kind, c in report.between.items()
    ]
    pairs = next(iter(report.between.values())).count
    copies = "Not measured: the training set was not there."
    if report.memorisation:
        ratio, close = report.memorisation
        copies = (
            f"A drawn figure is {ratio:.2f} times as far from its nearest training figure as an"
            f" unseen render is (median; far below 1 would be copying). {percent(close)} of them"
            " are nearer than 99% of unseen renders (1% is chance). In the judge's feature space,"
            " which hardly sees colours."
        )
    d = report.diversity
    return (
        "## Between two figures\n\n"
        f"{pairs} pairs, at a random place between 25% and 75%. Ghosts: what a detector of double"
        " exposures finds, which was trained on renders alone. Flagged: more of it than in 95% of"
        " the figures themselves. Distance: to the nearest real figure, ImageNet features.\n\n"
        + _table(("", "ghosts", "flagged", "distance"), rows)
        + f"\n\n## Are figures copied?\n\n{copies}"
        "\n\n## How different are figures with the same attributes?\n\n"
        f"Sliders and seeds make ours differ {d.ratio:.2f} times as much as the renders of the same"
        f" specs ({d.ours:.2f} and {d.renders:.2f}, mean distance, ImageNet features)."
    )


def _method(report: Report) -> str:
    notes = report.judge
    return (
        "## How this was measured\n\n"
        "The judge is a plain convolutional classifier of another architecture and seed than"
        f" anything in training, trained on {notes.get('images', '?')} pictures of renders in"
        f" other figures' colours ({notes.get('minutes', '?')} minutes; it reads"
        f" {percent(float(notes.get('validation', 'nan')))} of the visible shape attributes of"
        " renders kept aside). The second feature space is EfficientNet-Lite0 with ImageNet"
        " weights. What cannot be seen is not judged (`generator/evaluation/visibility.py`).\n\n"
        "KID: Bińkowski et al., arXiv 1801.01401. Density and coverage: Naeem et al., arXiv"
        " 2002.09797. CIEDE2000: Sharma, Wu, Dalal 2005."
    )
