"""From a reply to the arguments of discord.py's send and edit."""

from __future__ import annotations

import io
from collections.abc import Sequence

import discord
from PIL import Image

from bot.core.replies import File, Reply

MESSAGE_LIMIT = 2000
FILES_LIMIT = 10
SIZE_LIMIT = 10 * 1024 * 1024
"""Bytes of an upload where nothing better is known (Discord's lowest limit)."""


def text_of(reply: Reply) -> str:
    """The text with everything escaped that Discord would take for markup, cut to the limit."""
    return discord.utils.escape_markdown(reply.text)[:MESSAGE_LIMIT]


def attachments(reply: Reply, limit: int = SIZE_LIMIT) -> list[discord.File] | None:
    """The files of a reply.

    Args:
        reply: What to show.
        limit: Bytes that one message may carry here.

    Returns:
        The files to attach, or None if they are too big for this place.
    """
    chosen: Sequence[File] = reply.files
    if reply.picture is not None:
        chosen = (_smaller(reply.picture, limit),)
    if sum(len(file.data) for file in chosen) > limit:
        return None
    return [discord.File(io.BytesIO(file.data), file.name) for file in chosen[:FILES_LIMIT]]


def _smaller(picture: File, limit: int) -> File:
    """A preview may lose a little to arrive at all."""
    if len(picture.data) <= limit or picture.name.endswith(".gif"):
        return picture
    out = io.BytesIO()
    Image.open(io.BytesIO(picture.data), formats=("PNG",)).convert("RGB").save(
        out, "JPEG", quality=88
    )
    return File(picture.name.removesuffix(".png") + ".jpg", out.getvalue())
