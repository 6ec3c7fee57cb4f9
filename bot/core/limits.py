"""Who may do what, where, how often and with which words: the one place that says no.

What is asked is decided here, in this order: bans, channels, roles and people, words, and how
much; the numbers and names come from the settings, the owners' rules for everywhere and the
managers' for their place (`bot.moderation`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from bot.core.events import Event, Person, Place, Press
from bot.core.preferences import Preferences
from bot.core.refusals import LimitError, RefusalError
from bot.moderation.buckets import Bucket, Buckets, Limit, Name
from bot.moderation.filter import word_filter
from bot.moderation.folding import TooLongError
from bot.moderation.rules import NOWHERE, Deed, Rulebook, Rules, Standing
from bot.settings import LimitSettings
from worker.errors import BusyError, ChatError, StoreAwayError
from worker.jobs import Record
from worker.logs import pseudonym

QUIET = (60, 3600)
"""Seconds, at least and at most, for which a refusal is not repeated in front of everybody."""
E = TypeVar("E", bound=Event)

_ALWAYS = frozenset({"privacy", "forget", "keep"})
"""What somebody who is banned may do nevertheless: it is about their own data."""


class Limits:
    """Says no with a `LimitError`, or nothing.

    Args:
        preferences: For their connection.
        settings: The limits of the whole bot, and its owners.
    """

    def __init__(self, preferences: Preferences, settings: LimitSettings) -> None:
        self.rulebook = Rulebook(preferences.redis)
        self._buckets = Buckets(preferences.redis)
        self._settings = settings
        self._user = Limit.parse(settings.user_limit)
        self._place = Limit.parse(settings.place_limit)
        self._total = Limit.parse(settings.total_limit)

    def recognized(self, event: E) -> E:
        """The event of an owner says so; owners moderate every group that they are in.

        Whoever sits at the console runs the bot.
        """
        keys = self._settings.owner_keys
        if event.place.platform != "console" and event.author.key not in keys:
            return event
        moderator = event.person.moderator or not event.place.private
        return replace(event, person=replace(event.person, owner=True, moderator=moderator))

    async def standing(self, event: Event, command: str | None = None) -> Standing:
        """The rules that count for an event.

        Args:
            event: What somebody did.
            command: The command's own name, if it is one.

        Raises:
            LimitError: for who is banned.
        """
        found = await self.rulebook.standing(event.place.owner, f"user:{event.author.key}")
        action = event.action.name if isinstance(event, Press) else command
        free = action in _ALWAYS or event.person.owner
        # A manager could lift the ban of their own place anyway.
        if found.ban is None or free or (found.ban_here and event.person.moderator):
            return found
        if found.ban:
            raise LimitError("banned_until", found.ban - found.clock)
        raise LimitError("banned")

    def place(self, event: Event, standing: Standing) -> None:
        """Whether something is drawn here, and for this person.

        Raises:
            LimitError: if not; it names where it is possible.
        """
        place, here = event.place, standing.here
        if not place.private:
            allowed = not here.channels or place.channels & set(here.channels)
            if not allowed or place.channels & set(here.not_channels):
                raise _elsewhere(place, here)
        if not event.person.moderator and not event.person.owner:
            for rules in (standing.here, standing.everywhere):
                _person_allowed(event, rules)

    def words(self, prompt: str, standing: Standing) -> str:
        """What may be drawn of a wish.

        Raises:
            LimitError: if a word in it is refused.
            RefusalError: if it is beyond all measure long.
        """
        rules = (standing.everywhere, standing.here)
        minded = word_filter(
            tuple(word for each in rules for word in each.deny),
            tuple(word for each in rules for word in each.ignore),
            own=self._settings.word_filter,
        )
        try:
            verdict = minded.check(prompt)
        except TooLongError:
            raise LimitError("words") from None
        if verdict.denied:
            raise LimitError("words")
        return verdict.text

    async def take(self, event: Event, standing: Standing, *, closer: bool) -> list[Bucket]:
        """Count one picture.

        Args:
            event: What asks for it.
            standing: The rules.
            closer: It is a closer look at one that was drawn, for which nobody has to cool down.

        Returns:
            Where it was counted, for `give_back`.

        Raises:
            LimitError: with the time to wait.
        """
        buckets = self._wanted(event, standing, closer)
        refused = await self._buckets.take(buckets)
        if refused is None:
            return buckets
        bucket, seconds = refused
        if bucket.name == "cooldown":
            raise LimitError("cooldown", seconds)
        if bucket.name == "user":
            raise LimitError("limit_user", seconds, limit=bucket.limit.count)
        if bucket.name == "place":
            raise LimitError("limit_place", seconds)
        raise LimitError("limit_total", seconds)

    async def give_back(self, buckets: list[Bucket]) -> None:
        """Nothing was drawn after all."""
        with suppress(StoreAwayError):
            await self._buckets.give_back(buckets)

    async def repeated(self, event: Event, error: ChatError) -> bool:
        """Whether to keep quiet: in front of everybody a person is refused once in a while only."""
        if not event.overheard or not isinstance(error, LimitError | BusyError):
            return False
        seconds = error.seconds if isinstance(error, LimitError) else 0
        window = int(min(max(seconds, QUIET[0]), QUIET[1]))
        what = f"{event.place.owner}|{event.author.key}|{error.key}"
        with suppress(StoreAwayError):
            return await self.rulebook.told(what, window)
        return False

    def deed(self, event: Event, what: str) -> Deed:
        """An entry of the audit; the person is a pseudonym, as in the logs."""
        return Deed(pseudonym(event.author.key), what, event.place.channel)

    def in_force(self, rules: Rules) -> dict[str, Limit | None]:
        """The limits of the whole bot: what the owners set, else the settings."""
        return {
            "user": rules.user_limit or self._user,
            "place": rules.place_limit or self._place,
            "total": rules.total_limit or self._total,
        }

    def _wanted(self, event: Event, standing: Standing, closer: bool) -> list[Bucket]:
        """The buckets of one picture."""
        person, place, here = event.person, event.place, standing.here
        if person.owner:
            return []
        user, ours = event.author.key, self.in_force(standing.everywhere)
        wanted: list[tuple[Name, str, Limit | None]] = [
            ("user", user, ours["user"]),
            ("total", "", ours["total"]),
        ]
        if not place.private:
            wanted.append(("place", place.owner, ours["place"]))
            wanted.append(("place", f"{place.owner}|managers", here.place_limit))
            if not person.moderator:
                mine = f"{place.owner}|{user}"
                wait = None if closer or not here.cooldown else Limit(1, here.cooldown)
                wanted.append(("user", mine, here.user_limit))
                wanted.append(("cooldown", mine, wait))
        return [Bucket(name, whose, limit) for name, whose, limit in wanted if limit is not None]


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


def _elsewhere(place: Place, here: Rules) -> LimitError:
    named = [c for c in here.channels if c != NOWHERE and c not in here.not_channels]
    if not named or place.platform != "discord":
        return LimitError("channel_none")
    return LimitError("channel", channels=lambda say: say.listed([f"<#{c}>" for c in named[:5]]))


def _person_allowed(event: Event, rules: Rules) -> None:
    roles = set(event.person.roles)
    # Everywhere a person is "discord:1", here just "1".
    names = {event.person.user_id, event.author.key}
    chosen = roles & set(rules.roles) or names & set(rules.users)
    if roles & set(rules.not_roles) or ((rules.roles or rules.users) and not chosen):
        raise LimitError("role")
