"""From a reply to Telegram's keyboards, photos and albums."""

from __future__ import annotations

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAnimation,
    InputMediaDocument,
    InputMediaPhoto,
)

from bot.core.replies import File, Reply, Rows

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ALBUM_LIMIT = 10
PHOTO_LIMIT = 10 * 1024 * 1024
"""Bytes of a photo; anything bigger goes as a document (https://core.telegram.org/bots/api)."""


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """The rows under a message; None takes buttons away."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    f"{button.emoji} {button.label}" if button.emoji else button.label,
                    callback_data=button.action.data,
                )
                for button in row
            ]
            for row in rows
        ]
    )


Medium = InputMediaAnimation | InputMediaPhoto | InputMediaDocument


def medium(reply: Reply) -> Medium | None:
    """What a message shows besides its text: the preview, or the only file; None for neither."""
    caption = reply.text[:CAPTION_LIMIT]
    if reply.picture is not None:
        if reply.picture.name.endswith(".gif"):
            return InputMediaAnimation(
                reply.picture.data, caption=caption, filename=reply.picture.name
            )
        kind = InputMediaPhoto if len(reply.picture.data) <= PHOTO_LIMIT else InputMediaDocument
        return kind(reply.picture.data, caption=caption, filename=reply.picture.name)
    if len(reply.files) == 1:
        return _document(reply.files[0], caption)
    return None


def albums(reply: Reply) -> list[list[InputMediaDocument]]:
    """Several files, as albums of at most ten; the text stands under the first file."""
    files = reply.files
    return [
        [
            _document(file, reply.text[:CAPTION_LIMIT] if start == number == 0 else None)
            for number, file in enumerate(files[start : start + ALBUM_LIMIT])
        ]
        for start in range(0, len(files), ALBUM_LIMIT)
    ]


def _document(file: File, caption: str | None) -> InputMediaDocument:
    # Without this Telegram makes a JPEG of some documents after all.
    return InputMediaDocument(
        file.data, caption=caption, filename=file.name, disable_content_type_detection=True
    )
