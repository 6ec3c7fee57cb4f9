"""From a picture to what a pack's network eats, and back."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.packs.manifest import Input, PackError, PackManifest
from generator.packs.networks import Array, Network

_LEAST = 64
"""Pixels that each side is filled up to: networks that mirror their borders need some."""


class PhotoStyle:
    """A loaded pack. `stylize` may be called from one thread at a time."""

    def __init__(self, manifest: PackManifest, network: Network) -> None:
        self.manifest = manifest
        self._network = network

    def stylize(self, image: Image.Image) -> Image.Image:
        """Paint a picture in the pack's style.

        Args:
            image: Upright, of any size and mode. What is transparent is white to the network.

        Returns:
            RGB, or RGBA if the picture was transparent somewhere; of the picture's size, but its
            longer side at most the manifest's `input.size`, and just that if it is `fixed`.

        Raises:
            PackError: The network fails, or gives something else than a picture of that size.
        """
        colours, alpha = _flattened(_fitting(image, self.manifest.input))
        pixels = np.asarray(colours, np.float32)
        painted = self._paint(self._filled_up(pixels))[: pixels.shape[0], : pixels.shape[1]]
        result = Image.fromarray(painted)
        if alpha is not None:
            result.putalpha(alpha)
        return result

    def _filled_up(self, pixels: Array) -> Array:
        """(h, w, 3) to (H, W, 3), repeating the last row and column."""
        given = self.manifest.input
        if given.fixed:
            sides = [given.size, given.size]
        else:
            step = given.multiple
            sides = [ceil(max(side, _LEAST) / step) * step for side in pixels.shape[:2]]
        more = [(0, side - n) for side, n in zip(sides, pixels.shape[:2], strict=True)]
        return np.pad(pixels, (*more, (0, 0)), mode="edge")

    def _paint(self, pixels: Array) -> NDArray[np.uint8]:
        """(H, W, 3) in [0, 255] through the network, to the same."""
        given, got = self.manifest.input, self.manifest.output
        low, high = given.range
        array = pixels / 255 * (high - low) + low
        if given.channels == "BGR":
            array = array[..., ::-1]
        array = (array - np.asarray(given.mean or 0)) / np.asarray(given.std or 1)
        if given.layout == "NCHW":
            array = array.transpose(2, 0, 1)
        result = self._network.run(np.ascontiguousarray(array[None], np.float32))
        if result.ndim == 4 and (got.layout or given.layout) == "NCHW":
            result = result.transpose(0, 2, 3, 1)
        if result.shape != (1, *pixels.shape):
            raise PackError(
                f"{self.manifest.name} makes {result.shape} of a picture of {pixels.shape[:2]}: "
                "layout, size or multiple are wrong in its manifest, or it is no such network"
            )
        if not np.isfinite(result).all():
            raise PackError(f"{self.manifest.name} gives no numbers: it is no such network")
        if (got.channels or given.channels) == "BGR":
            result = result[..., ::-1]
        low, high = got.range
        scaled = (result[0].astype(np.float32) - low) * (255 / (high - low))
        return np.ascontiguousarray(scaled.round().clip(0, 255).astype(np.uint8))


def _fitting(image: Image.Image, given: Input) -> Image.Image:
    """The picture with its longer side at most (fixed: just) the network's size."""
    scale = given.size / max(image.size)
    if scale == 1 or (scale > 1 and not given.fixed):
        return image
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _flattened(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The picture on white, and its alpha if it has one."""
    if not image.has_transparency_data:
        return image.convert("RGB"), None
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB"), image.getchannel("A")
