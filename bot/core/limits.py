"""Who may do what, where and how often."""

from __future__ import annotations

from bot.core.events import Event, Person, Place
from bot.core.preferences import NOWHERE, Choices
from bot.core.refusals import RefusalError
from worker.jobs import Record


def channel_allowed(place: Place, shared: Choices) -> None:
    """Nothing is drawn outside the channels that the moderators chose.

    Raises:
        RefusalError: that names where it is possible.
    """
    if place.private or not shared.channels or place.channel in shared.channels:
        return
    named = [channel for channel in shared.channels if channel != NOWHERE]
    if not named or place.platform != "discord":
        raise RefusalError("channel_none")
    raise RefusalError("channel", channels=lambda say: say.listed([f"<#{c}>" for c in named[:5]]))


def owner(event: Event, record: Record) -> None:
    """Only the author of a job, or a moderator of the place it was asked for in.

    Raises:
        RefusalError: for everyone else.
    """
    asked = record.request
    if asked.author.key == event.author.key:
        return
    here = asked.address.platform == event.place.platform and (
        asked.address.guild_id == event.place.guild_id
        if event.place.guild_id
        else asked.address.chat_id == event.place.chat_id
    )
    if not (event.person.moderator and here):
        raise RefusalError("author")


def moderator(person: Person, place: Place) -> None:
    """Only moderators change what counts for everyone.

    Raises:
        RefusalError: for everyone else, and in private chats, where there is no everyone.
    """
    if not person.moderator or place.private:
        raise RefusalError("moderator")
