"""/settings: everybody's own defaults, and the shared ones for moderators."""

from __future__ import annotations

from typing import Literal

from pydantic import ValidationError

from bot.core import limits
from bot.core.events import Action, Command, Event, Place, Press
from bot.core.limits import Limits
from bot.core.preferences import Choices, Preferences
from bot.core.refusals import RefusalError
from bot.core.replies import Button, Reply, Rows
from bot.moderation.rules import MAX_COOLDOWN, NOWHERE, Rules
from bot.texts import LANGUAGES, Texts, texts

Scope = Literal["m", "s"]
"""For me, or for the server: short since buttons carry it."""
SETTINGS: dict[str, tuple[str, ...]] = {
    "style": ("moe", "chibi", "any"),
    "count": ("auto", "1", "2", "3", "4"),
    "language": ("auto", *LANGUAGES),
    "channels": ("here", "not-here", "everywhere"),
    "cooldown": ("0", "30", "120"),
}
"""What can be changed, with the values that have a button; a cooldown may be any seconds."""
SHARED_ONLY = ("channels", "cooldown")
_EVERYONE = {"server", "group", "everyone", "all", "s"} | {
    texts(language)("buttons.server").lower() for language in LANGUAGES
}
_BACK = {"any", "auto", "everywhere"}
"""Values that take a choice back."""


def label(say: Texts, name: str, value: str) -> str:
    """What a value of a setting is called, on its button and elsewhere."""
    match name:
        case "style":
            return say(f"styles.{value}")
        case "count":
            return say("say.automatic") if value == "auto" else value
        case "language":
            return say("say.automatic") if value == "auto" else texts(value)("language.name")
        case "channels":
            button = {"here": "here_on", "not-here": "here_off"}.get(value, value)
            return say(f"buttons.{button}")
    return say.wait(int(value)) if value != "0" else say("time.none")


_NAMES = {name: name for name in SETTINGS} | {
    texts(language)(f"settings.{name}").lower(): name for language in LANGUAGES for name in SETTINGS
}
"""Every name that a setting goes by, in all languages."""
_VALUES = {
    (name, label(texts(language), name, value).lower()): value
    for language in LANGUAGES
    for name, values in SETTINGS.items()
    for value in values
}
"""And every value."""


def owner(event: Event, scope: str) -> str:
    """Whose choices they are."""
    return event.place.owner if scope == "s" else f"user:{event.author.key}"


class Panel:
    """The settings of one conversation."""

    def __init__(self, preferences: Preferences, limits: Limits) -> None:
        self._preferences = preferences
        self._limits = limits

    async def command(self, event: Command, say: Texts) -> Reply:
        """ "/settings", "/settings style chibi", "/settings 画风 Q版", "/settings server count 2".

        Raises:
            RefusalError: for what cannot be set, or not by this person.
        """
        words = event.words.lower().replace("=", " ").split()
        scope: Scope = "s" if event.options.get("scope") == "s" else "m"
        if words and words[0] in _EVERYONE:
            scope, words = "s", words[1:]
        asked = event.options.get("what", words[0] if words else "")
        if not asked:
            return await self.show(event, say, scope)
        name = _NAMES.get(asked, "")
        if not name:
            raise RefusalError("setting", settings=_all_names)
        value = event.options.get("value", " ".join(words[1:])).strip().lower()
        value = _VALUES.get((name, value), value)
        if name in SHARED_ONLY:
            scope = "s"
        return await self.set(event, say, scope, name, value)

    async def press(self, event: Press, say: Texts) -> Reply:
        """A button of the panel: "set:m.style:chibi" or "panel:s:"."""
        scope, _, name = event.action.subject.partition(".")
        checked: Scope = "s" if scope == "s" else "m"
        if event.action.name == "set":
            return await self.set(event, say, checked, name, event.action.argument)
        return await self.show(event, say, checked)

    async def set(self, event: Event, say: Texts, scope: Scope, name: str, value: str) -> Reply:
        """Change one thing and show the panel."""
        if scope == "s":
            limits.moderator(event.person, event.place)
        whose = owner(event, scope)
        if scope == "s":
            rules = await self._limits.rulebook.rules(whose)
            stored = _stored(event.place, rules, name, value)
            deed = self._limits.deed(event, f"settings {name} {value}")
            await self._limits.rulebook.change(whose, {name: stored}, deed)
        else:
            stored = _stored(event.place, Rules(), name, value)
            await self._preferences.choose(whose, name, stored)
        if name == "language" and value in LANGUAGES:
            say = texts(value)
        panel = await self.show(event, say, scope)
        return Reply(f"{say('say.saved')}\n{panel.text}", panel.rows, private=True, replace=True)

    async def show(self, event: Event, say: Texts, scope: Scope) -> Reply:
        """What is chosen, with a button for each other choice."""
        if scope == "s":
            limits.moderator(event.person, event.place)
        (chosen,) = await self._preferences.choices(owner(event, scope))
        automatic = say("say.automatic")
        text = say(
            "say.settings",
            heading=say("say.settings_server" if scope == "s" else "say.settings_mine"),
            style=say(f"styles.{chosen.style or 'any'}"),
            count=chosen.count or automatic,
            language=texts(chosen.language)("language.name") if chosen.language else automatic,
        )
        rules = Rules()
        if scope == "s":
            rules = await self._limits.rulebook.rules(event.place.owner)
            open_in = [channel for channel in rules.channels if channel != NOWHERE]
            text += "\n" + say(
                "say.settings_limits",
                channels=say("say.channel_count", count=len(open_in))
                if rules.channels
                else say("say.channels_all"),
                cooldown=say.wait(rules.cooldown) if rules.cooldown else say("time.none"),
            )
        return Reply(text, rows(event, say, scope, chosen, rules), private=True, replace=True)


def rows(event: Event, say: Texts, scope: Scope, chosen: Choices, rules: Rules) -> Rows:
    """The buttons; what is chosen now stands out."""

    def button(name: str, value: str, now: object) -> Button:
        look: Literal["main", "plain"] = "main" if str(now) == value else "plain"
        return Button(label(say, name, value), Action("set", f"{scope}.{name}", value), look)

    made: list[tuple[Button, ...]] = [
        tuple(button(name, value, now) for value in SETTINGS[name])
        for name, now in (
            ("style", chosen.style or "any"),
            ("count", chosen.count or "auto"),
            ("language", chosen.language or "auto"),
        )
    ]
    if scope == "s":
        here = event.place.channel in rules.channels
        made.append(
            (
                button("channels", "not-here" if here else "here", ""),
                button("channels", "everywhere", ""),
                *(button("cooldown", value, rules.cooldown) for value in SETTINGS["cooldown"]),
            )
        )
    if event.person.moderator and not event.place.private:
        other, whose = ("m", "mine") if scope == "s" else ("s", "server")
        made.append((Button(say(f"buttons.{whose}"), Action("panel", other)),))
    return tuple(made)


def _stored(place: Place, old: Rules, name: str, value: str) -> str | None:
    """What Redis keeps for a value; None takes the choice back.

    Raises:
        RefusalError: if the value does not fit.
    """
    if name == "channels":
        kept = [c for c in old.channels if c not in (place.channel, NOWHERE)]
        if value == "here":
            return " ".join([*kept, place.channel])
        if value == "not-here":
            return " ".join(kept) or NOWHERE
    if value in _BACK and value in SETTINGS.get(name, ()):
        return None
    try:
        if name not in SETTINGS or name == "channels" or not value:
            raise ValueError(name)
        (Rules if name in SHARED_ONLY else Choices).model_validate({name: value})
    except (ValidationError, ValueError):
        raise RefusalError(
            "value",
            setting=lambda say: say(f"settings.{name}"),
            value=value[:40] or "–",
            values=lambda say: _values(say, name),
        ) from None
    return value


def _all_names(say: Texts) -> str:
    return say.listed([say(f"settings.{name}") for name in SETTINGS])


def _values(say: Texts, name: str) -> str:
    if name == "cooldown":
        return f"0–{MAX_COOLDOWN}"
    return say.listed([label(say, name, value) for value in SETTINGS[name]])
