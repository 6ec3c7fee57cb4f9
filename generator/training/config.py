"""A training run as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.errors import PersonError
from generator.training.losses import AdversarialLoss
from generator.training.precision import Precision

CHECKPOINT = "checkpoint.pt"


class ConfigError(PersonError):
    """A run description that cannot be used; the message names the entry to mend."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AvatarSection(_Section):
    """The palette-mask generator: reconstruction first, an adversarial share later."""

    weights: Path | None = None
    """An exported generator to go on from, instead of from chance; `images` counts on, too."""
    learn: tuple[str, ...] = ()
    """The parts of the generator that learn ("trunk64", "palette" ...). The others stay as they
    are, and what lies before the first costs a forward pass only. Without any, all learn."""
    feature_weight: float = Field(4.0, ge=1)
    """How much more an eye, brow or mouth pixel counts than another."""
    mark_weight: float = Field(12.0, ge=1)
    """The same for freckles, moles, scars, stubble and fangs: small, faint and rare."""
    edge_weight: float = Field(1.0, ge=0)
    """How much more a pixel on the border of two slots counts."""
    adversarial_from: int = Field(150_000, ge=0)
    """Images of reconstruction before the critic joins."""
    adversarial_ramp: int = Field(20_000, ge=1)
    """Images over which the adversarial weight rises to its full value."""
    adversarial_weight: float = Field(0.01, ge=0)
    matching_weight: float = Field(0.0, ge=0)
    """Of the critic's features of a drawing and of its render, which are to be alike."""
    loss: AdversarialLoss = "relativistic"
    r1: float = Field(0.05, ge=0)
    r1_every: int = Field(16, ge=1)
    discriminator_lr: float = Field(2e-4, gt=0)
    drawings: tuple[Path, ...] = ()
    """Imported sets of somebody's own pictures: the critic takes them for real, too."""
    drawings_weight: float = Field(0.5, ge=0)
    """Of the difference between labelled drawings and what is drawn in their place."""


class TextbookSection(_Section):
    """The 64 px baselines that everybody learns from."""

    architecture: Literal["dcgan", "vae", "mixture"] = "dcgan"
    latent: int = Field(100, ge=1)
    generators: int = Field(1, ge=1)
    """How many generators share one discriminator (mixture only)."""
    loss: AdversarialLoss = "bce"
    r1: float = Field(0.0, ge=0)
    r1_every: int = Field(8, ge=1)
    kl_weight: float = Field(0.5, ge=0)


class SuperresSection(_Section):
    """The 512 px head of a finished generator."""

    weights: Path = Path("generator/weights/moe.safetensors")
    go_on: bool = False
    """With the head that the weights hold, trained on an earlier state of the generator, instead of
    the 256 px head doubled."""
    feature_weight: float = Field(4.0, ge=1)
    mark_weight: float = Field(12.0, ge=1)


class CloseUpSection(_Section):
    """The close-up of faces on a finished generator. Weights as in `AvatarSection`."""

    weights: Path = Path("generator/weights/moe.safetensors")
    marked: bool = False
    """Show only figures with freckles, moles, scars, stubble, fangs or spiral eyes."""
    feature_weight: float = Field(8.0, ge=1)
    mark_weight: float = Field(12.0, ge=1)
    edge_weight: float = Field(1.0, ge=0)


class EncoderSection(_Section):
    """The encoder: pictures of figures -> specs. Weights of its losses; levels count as 1."""

    weights: Path | None = None
    """An exported encoder to go on from, instead of from chance; `images` counts on, too."""
    numbers_weight: float = Field(1.0, ge=0)
    """Of sliders, placement and details."""
    regions_weight: float = Field(2.0, ge=0)
    """Of marking hair, skin, irises and cloth."""
    colours_weight: float = Field(20.0, ge=0)
    """Of the colours that are read off them."""


class StyleSection(_Section):
    """The style network. Weights of its losses are those of `generator.training.perception`."""

    weights: Path | None = None
    """An exported network to go on from, instead of from chance; `images` counts on, too."""
    size: int = Field(256, ge=96, multiple_of=32)
    """Pixels of what is painted."""
    named: float = Field(0.5, ge=0, le=1)
    """Share of pictures that are painted from the learned code of a named style."""
    own: float = Field(0.08, ge=0, le=1)
    """Share whose style is the picture's own."""
    features: float = Field(1.0, ge=0)
    patches: float = Field(3.0, ge=0)
    colours: float = Field(1.0, ge=0)
    content: float = Field(0.15, ge=0)
    structure: float = Field(0.2, ge=0)
    face: float = Field(3.0, ge=0)
    smoothness: float = Field(0.05, ge=0)


class TrainConfig(_Section):
    """The whole run. Paths are relative to the working directory."""

    name: str = Field(pattern=r"[A-Za-z0-9_.-]+")
    objective: Literal["avatar", "superres", "closeup", "textbook", "encoder", "style"]
    data: tuple[Path, ...] = Field(min_length=1)
    """Rendered sets (avatar, encoder), shown as one; the textbook models take the first, of any
    kind."""
    images: int = Field(gt=0)
    """Training pictures to be shown in all; a finished run goes on when this is raised."""
    batch: int = Field(8, ge=1)
    """Per process."""
    lr: float = Field(2e-3, gt=0)
    """Adam's."""
    kernel_lr: float = Field(0.0, ge=0)
    """Muon's, for kernels of convolutions (avatar, style, encoder); at 0 they are Adam's, too."""
    betas: tuple[float, float] = (0.9, 0.99)
    warmup: int = Field(2_000, ge=0)
    """Images over which the learning rate rises."""
    decay: int = Field(0, ge=0)
    """Images at the end over which the learning rate falls to a twentieth."""
    clip: float = Field(1.0, gt=0)
    """Largest norm of a gradient."""
    ema: float = Field(0.998, ge=0, lt=1)
    seed: int = 0
    precision: Precision = "auto"
    checkpoint_minutes: float = Field(5.0, gt=0)
    picture_images: int = Field(10_000, ge=1)
    """A picture of the fixed grid is written whenever this many more images were shown."""
    runs: Path = Path("runs")
    avatar: AvatarSection = AvatarSection()  # type: ignore[call-arg]
    superres: SuperresSection = SuperresSection()  # type: ignore[call-arg]
    closeup: CloseUpSection = CloseUpSection()  # type: ignore[call-arg]
    textbook: TextbookSection = TextbookSection()  # type: ignore[call-arg]
    style: StyleSection = StyleSection()  # type: ignore[call-arg]
    encoder: EncoderSection = EncoderSection()  # type: ignore[call-arg]

    @property
    def start(self) -> Path | None:
        """The exported network that training goes on from."""
        sections = {
            "avatar": self.avatar.weights, "style": self.style.weights,
            "encoder": self.encoder.weights,
        }  # fmt: skip
        return sections.get(self.objective)

    @property
    def folder(self) -> Path:
        return self.runs / self.name

    @property
    def checkpoint(self) -> Path:
        return self.folder / CHECKPOINT


def read_config(file: Path) -> TrainConfig:
    """Read a run's TOML file.

    Raises:
        ConfigError: It is not there, not TOML, or has an entry that is wrong.
    """
    try:
        return TrainConfig.model_validate(tomllib.loads(file.read_text()))
    except FileNotFoundError as error:
        raise ConfigError(f"there is no file {file}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise ConfigError(f"{file}: {where}: {first['msg']}") from error
