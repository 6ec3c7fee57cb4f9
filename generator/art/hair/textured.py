"""Registry of the short, coily, roped and covered silhouettes."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas
from generator.art.frame import Frame
from generator.art.hair import coily, covered, ropes, short, spiked

BACK: dict[str, Callable[[Canvas, Frame], None]] = {
    "pixie": short.pixie_back,
    "wolf_cut": short.wolf_back,
    "spiky": spiked.spiky_back,
    "short_crop": short.crop_back,
    "undercut": short.undercut_back,
    "curly": coily.curly_back,
    "afro": coily.afro_back,
    "locs": ropes.locs_back,
    "box_braids": ropes.braids_back,
    "hijab": covered.hijab_back,
}
FRONT: dict[str, Callable[[Canvas, Frame], None]] = {
    "pixie": short.pixie_front,
    "wolf_cut": short.wolf_front,
    "spiky": spiked.spiky_front,
    "short_crop": short.crop_front,
    "undercut": short.undercut_front,
    "curly": coily.curly_front,
    "afro": coily.afro_front,
    "locs": ropes.locs_front,
    "box_braids": ropes.braids_front,
    "bald": covered.bald_front,
    "hijab": covered.hijab_front,
}
