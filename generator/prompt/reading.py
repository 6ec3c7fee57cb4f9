"""Reading a prompt: what it asks for, which words say so, and which were not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.prompt.claims import SOFT, Claim, claims
from generator.prompt.describe import Language, phrase_of, phrases
from generator.prompt.lexicon import lexicon
from generator.prompt.resolve import resolve
from generator.prompt.text import LIMIT, clean
from generator.prompt.tokens import read
from generator.spec import resolve_colour
from generator.wish import Wish

Notice = Literal["too_long"]


@dataclass(frozen=True)
class Understood:
    """One attribute and the words that asked for it.

    Attributes:
        attribute: A field of `Wish`; "wear" for an accessory.
        value: The level, slider value or accessory.
        words: The words of the prompt, as written.
        negated: The value was ruled out.
        implied: It came with an archetype ("witch") rather than being said.
    """

    attribute: str
    value: str | float | bool
    words: str
    negated: bool = False
    implied: bool = False

    def phrase(self, language: Language = "en") -> str:
        """The attribute in a few words, such as "pink hair" or "no glasses"."""
        return phrase_of(self.attribute, self.value, language, negated=self.negated)


@dataclass(frozen=True)
class Reading:
    """What a prompt says.

    Attributes:
        wish: The part of a figure that it asks for.
        understood: What was understood, in the order of the words.
        dropped: What was understood but gave way to a later word ("cat and bunny ears").
        unknown: Words that were not understood, in order, as written.
        notice: "too_long" if the text was cut at `generator.prompt.LIMIT` characters.
    """

    wish: Wish
    understood: tuple[Understood, ...] = ()
    dropped: tuple[Understood, ...] = ()
    unknown: tuple[str, ...] = ()
    notice: Notice | None = None

    def phrases(self, language: Language = "en") -> tuple[str, ...]:
        """What will be drawn, in short phrases: ("girl", "pink twintails")."""
        return phrases(self.wish, language)


def _understood(claim: Claim) -> Understood:
    return Understood(
        claim.attribute,
        claim.value,
        claim.token.text,
        negated=claim.negated,
        implied=claim.rank <= SOFT,
    )


def colour(text: str) -> str | None:
    """The colour that words name, as cloth has it: "light blue", "粉色", "水色", "#ffe4e1".

    Returns:
        #rrggbb; None if the words name no colour, or anything besides one.

    Example:
        >>> colour("pink"), colour("pink twintails")
        ('#f7a3bf', None)
    """
    reading = parse(f"{text} outfit")
    asked = reading.wish.asked
    if reading.unknown or reading.dropped or set(asked) != {"outfit_colour"}:
        return None
    return resolve_colour("outfit_colour", asked["outfit_colour"])


def parse(text: str) -> Reading:
    """Read a prompt in English, Chinese or Japanese, in any mixture.

    Never raises: whatever is not understood ends up in `Reading.unknown`.

    Args:
        text: Anything; only the first `LIMIT` characters count.

    Example:
        >>> reading = parse("cute girl with pink twintails, cyberpunk")
        >>> reading.wish.hair, reading.wish.hair_colour, reading.unknown
        ('twintails', 'pink', ('cyberpunk',))
    """
    tokens = read(clean(text), lexicon())
    outcome = resolve(claims(tokens))
    unknown = [token.text for token in tokens if token.kind == "unknown" or token.lost]
    return Reading(
        wish=outcome.wish,
        understood=tuple(_understood(claim) for claim in outcome.kept),
        dropped=tuple(_understood(claim) for claim in outcome.dropped),
        unknown=tuple(unknown),
        notice="too_long" if len(text) > LIMIT else None,
    )
