"""A pack's network in memory: an array of one picture in, an array of one picture out."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from generator.packs.inspection import INSTALL
from generator.packs.manifest import PackError

Array = NDArray[np.float32]


class Network(Protocol):
    """What turns pictures into pictures."""

    def run(self, picture: Array) -> Array:
        """(1, 3, H, W) or (1, H, W, 3), as its manifest says, to the same.

        Raises:
            PackError: It fails on this picture.
        """


def threads() -> int:
    """As many as the rest of the worker uses."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdigit() and int(told) else os.cpu_count() or 1


class OnnxNetwork:
    """ONNX on the CPU, through onnxruntime.

    Args:
        file: Inspected already. It is given as bytes, so that there is no folder to look into.
    """

    def __init__(self, file: Path) -> None:
        try:
            import onnxruntime as ort
        except ImportError as error:
            raise PackError(INSTALL) from error
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads()
        options.inter_op_num_threads = 1
        # Spinning threads would take the cores from the networks of torch; an arena would keep
        # the largest picture's memory for ever.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        try:
            self._session = ort.InferenceSession(
                file.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's exceptions have no common name
            raise PackError(f"onnxruntime does not take it: {_line(error)}") from error
        ends = [*self._session.get_inputs(), *self._session.get_outputs()]
        if len(ends) != 2 or any(e.type != "tensor(float)" or len(e.shape) != 4 for e in ends):
            raise PackError("it is not a network with one float32 picture in and one out")
        self._input = ends[0].name

    def run(self, picture: Array) -> Array:
        try:
            (result,) = self._session.run(None, {self._input: picture})
        except Exception as error:
            raise PackError(f"it fails on a picture: {_line(error)}") from error
        return np.asarray(result)


class TorchScriptNetwork:
    """TorchScript on the CPU.

    Args:
        file: Inspected already, and from somebody whom the admin trusts: loading it runs it.
    """

    def __init__(self, file: Path) -> None:
        import torch

        self._torch: Any = torch
        try:
            with warnings.catch_warnings():
                # "Deprecated": there are networks that exist in no other format.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._module = self._torch.jit.load(str(file), map_location="cpu").eval()
        except (RuntimeError, ValueError) as error:
            raise PackError(f"PyTorch does not take it: {_line(error)}") from error

    def run(self, picture: Array) -> Array:
        torch = self._torch
        try:
            with torch.inference_mode():
                result = self._module(torch.from_numpy(picture))
        except Exception as error:  # a TorchScript program may raise what it likes
            raise PackError(f"it fails on a picture: {_line(error)}") from error
        if not isinstance(result, torch.Tensor) or result.dtype != torch.float32:
            raise PackError("it gives no float32 picture")
        return np.asarray(result.numpy())


def _line(error: Exception) -> str:
    """The last line of a library's message, cut and without what a terminal obeys."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    text = lines[-1].strip() if lines else type(error).__name__
    return "".join(c for c in text if c.isprintable())[:200]
