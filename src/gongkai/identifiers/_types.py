"""The arrays the checks work on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Bytes: TypeAlias = npt.NDArray[np.uint8]
Flags: TypeAlias = npt.NDArray[np.bool_]
Integers: TypeAlias = npt.NDArray[np.integer]

Test: TypeAlias = Callable[[Bytes], Flags]
"""Takes the texts of one width as bytes of shape (width, texts), one row per position; says which texts hold."""

Evidence: TypeAlias = Literal["checksum", "shape", "weak"]
Boundary: TypeAlias = Literal["number", "token"]
