"""A network and its optimizers, stepped together; a step that is not finite is left out."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


class Stepper(Generic[M]):
    """Calls go through the engine's wrapper (devices, precision, processes); `module` is bare."""

    def __init__(
        self, fabric: Fabric, module: M, *optimizers: torch.optim.Optimizer, clip: float
    ) -> None:
        self.fabric, self.clip, self.skipped = fabric, clip, 0
        self.module = module
        self.rates = [float(optimizer.param_groups[0]["lr"]) for optimizer in optimizers]
        self.wrapped, *self.optimizers = fabric.setup(module, *optimizers)

    def __call__(self, *args: Any) -> Any:
        return self.wrapped(*args)

    def step(self, loss: Tensor, lr_scale: float) -> float:
        """Backward, clip, update. Returns the gradient's norm before clipping.

        Every process leaves the step out when any of them met a NaN or an infinity: gradients are
        averaged before they are looked at, so all see the same norm.
        """
        self.module.zero_grad(set_to_none=True)
        self.fabric.backward(loss)
        parameters = [p for p in self.module.parameters() if p.grad is not None]
        norm = float(torch.nn.utils.clip_grad_norm_(parameters, self.clip))
        if norm != norm or norm == float("inf"):
            self.skipped += 1
            return norm
        for optimizer, rate in zip(self.optimizers, self.rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * lr_scale
            optimizer.step()
        return norm

    def state(self) -> StepperState:
        return StepperState(self)


class StepperState:
    """What a checkpoint keeps of a `Stepper`."""

    def __init__(self, stepper: Stepper[Any]) -> None:
        self._stepper = stepper

    def state_dict(self) -> dict[str, Any]:
        return {
            "module": self._stepper.module.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self._stepper.optimizers],
            "skipped": self._stepper.skipped,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._stepper.module.load_state_dict(state["module"])
        for optimizer, kept in zip(self._stepper.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        self._stepper.skipped = state["skipped"]
