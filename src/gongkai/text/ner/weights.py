"""The published weights of a small Chinese BiGRU-CRF, read from the files of the jieba package 权重.

jieba 0.42.1 carries Baidu's ``lac_small`` in its folder. Only its files are read, byte for byte the known ones; no code
of the package runs. The tensors are stored in Paddle 1.x's LoDTensor format: u32 version, u64 levels, u32 version, i32
length of a protobuf TensorDesc (its ``dims`` are field 2), then the numbers as little-endian float32.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gongkai.errors import ConfigError, Fault

Floats = NDArray[np.float32]

HIDDEN = 128
"""Units of a GRU, of an embedding too."""

DIGESTS = {
    "model_baseline/crfw": "1883c72d43449227dc301a56fd9d22dedcb3536ce5032700d5ea23be4f56587b",
    "model_baseline/fc_0.b_0": "815e0a25669ea66f6cf58a719fbe09eeb8007ad5cdc7c28b73fdf5640aea475e",
    "model_baseline/fc_0.w_0": "f07f01d3ff0a5e9b93b623a28fda050e16010640a5516cd83b0501add0b7b435",
    "model_baseline/fc_1.b_0": "c3f42160370292134e7ddb21dadb30b9320b324204e1038a437ea51b05d53312",
    "model_baseline/fc_1.w_0": "147454ee4c8e960e168347dd76bdc08c9bb865896c4bfbbb5a9d090693852f3a",
    "model_baseline/fc_2.b_0": "f83b10a5e1b53deef130c68df5d385ed0412351012af5415ee8cb4b055041696",
    "model_baseline/fc_2.w_0": "514f9904cda432864b5f1faa257be1f1d24c205e29eb97e968dd38b425297f1d",
    "model_baseline/fc_3.b_0": "9d7e41b09e929f3817148687fd03d17c239887bff18a5599b87cbd2b4290af8c",
    "model_baseline/fc_3.w_0": "a8fb02bf59bd971abc47872c11482fbee242343639a6bddd6e559c3c9c009492",
    "model_baseline/fc_4.b_0": "899a1aba22b4cb1f23cf703d0061c024a661ff33523bf4bb1cb3cafcf8444ecb",
    "model_baseline/fc_4.w_0": "9a5666f104851dddb51bedf267d7b829e71f26a257be4f67cdc08c7d861e3c30",
    "model_baseline/gru_0.b_0": "3940a09d14029870b442c55841cd2f4d4ea4ac7142221ebb50eeaea78aaae839",
    "model_baseline/gru_0.w_0": "b9822a37d80c79f77f28a7395e3d04f00c9834a9b21d37f535a38c4a5fd7b720",
    "model_baseline/gru_1.b_0": "ed17bdf16b928323d23b7652fca9003362908909360a874cc3cbe6f2a68eae12",
    "model_baseline/gru_1.w_0": "1d2e72eefdea8649929a9b625716643e18cad11530b270af412ea237e6778351",
    "model_baseline/gru_2.b_0": "cda019c833a1abf4986dec6dfa04e4115acdbf589c4ad5151277c4958338712e",
    "model_baseline/gru_2.w_0": "f38ae5d2a94eee65c41232ba834ad0b7ab63de739664c01a33dcec608932f664",
    "model_baseline/gru_3.b_0": "5dee386ee162fc417024886ac83d4d4659baa08bc75a3acb0940c4310c7cb5da",
    "model_baseline/gru_3.w_0": "91f837f6deaa75ba877f048bedd987198a1f635c061b85c39cd773ea6e69136b",
    "model_baseline/word_emb": "3b65cdc2d4ebd78f03bbfe8747162c1e63f5b1c821d08f0ec695248c40f8be38",
    "tag.dic": "ae35d28de6256118b80174526f03de95d3227f3219b4170e1dc8aa010908ea4a",
    "word.dic": "0d21d1e11490c1f74b3dbb5d291213593dcf443dad742027551972f7ef0d9f25",
}
"""SHA-256 of every file that is read; all of them belong to jieba 0.42.1."""


@dataclass(frozen=True, slots=True)
class Gru:
    """One direction of one layer: gates are [update | reset], input products [update | reset | candidate]."""

    input: Floats  # [inputs, 3 * HIDDEN]
    bias: Floats  # [3 * HIDDEN]
    gates: Floats  # [HIDDEN, 2 * HIDDEN]
    candidate: Floats  # [HIDDEN, HIDDEN]


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything the network is made of."""

    vocabulary: dict[str, int]  # character -> row of ``embedding``; "OOV" stands for every other one
    tags: tuple[str, ...]  # "PER-B", "PER-I", ... "O"
    embedding: Floats  # [characters, HIDDEN]
    grus: tuple[Gru, Gru, Gru, Gru]  # layer 1 forward, backward; layer 2 forward, backward
    output: Floats  # [2 * HIDDEN, tags]
    output_bias: Floats  # [tags]
    start: Floats  # [tags]
    stop: Floats  # [tags]
    transition: Floats  # [from, to]


def read(folder: Path | None = None) -> Weights:
    """Every weight, from the installed package or from ``folder``; ConfigError unless each file is the known one."""
    root = folder if folder is not None else _installed()
    content = _verified(root)
    dense = {name.rpartition("/")[2]: tensor(data) for name, data in content.items() if name.startswith("model_baseline/")}
    crf = dense["crfw"]
    return Weights(
        vocabulary={word: int(row) for row, word in _pairs(content["word.dic"])},
        tags=tuple(tag for _, tag in sorted((int(row), tag) for row, tag in _pairs(content["tag.dic"]))),
        embedding=dense["word_emb"],
        grus=(_gru(dense, 0), _gru(dense, 1), _gru(dense, 2), _gru(dense, 3)),
        output=dense["fc_4.w_0"],
        output_bias=dense["fc_4.b_0"],
        start=crf[0],
        stop=crf[1],
        transition=crf[2:],
    )


def tensor(data: bytes) -> Floats:
    """The array in a LoDTensor file without levels.

    >>> header = bytes(16) + (4).to_bytes(4, "little") + bytes([0x08, 5, 0x10, 2])
    >>> tensor(header + np.array([1, 2], dtype="<f4").tobytes())
    array([1., 2.], dtype=float32)
    """
    size = int.from_bytes(data[16:20], "little")
    shape = _dims(data[20 : 20 + size])
    values = np.frombuffer(data, dtype="<f4", offset=20 + size, count=math.prod(shape))
    return values.astype(np.float32).reshape(shape)


def _dims(description: bytes) -> tuple[int, ...]:
    """Field 2 of a TensorDesc, as often as it stands there; every field in it is a varint."""
    numbers: list[int] = []
    value = shift = 0
    for byte in description:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value)
            value = shift = 0
    return tuple(number for key, number in zip(numbers[::2], numbers[1::2], strict=True) if key == 0x10)


def _gru(dense: dict[str, Floats], index: int) -> Gru:
    """The recurrent file holds its two gates as one [HIDDEN, 2 * HIDDEN] block, then the candidate's."""
    recurrent = dense[f"gru_{index}.w_0"].ravel()
    split = 2 * HIDDEN * HIDDEN
    return Gru(
        input=dense[f"fc_{index}.w_0"],
        bias=dense[f"fc_{index}.b_0"] + dense[f"gru_{index}.b_0"].ravel(),
        gates=recurrent[:split].reshape(HIDDEN, 2 * HIDDEN),
        candidate=recurrent[split:].reshape(HIDDEN, HIDDEN),
    )


def _pairs(data: bytes) -> list[tuple[str, str]]:
    """Lines of ``number<TAB>word``."""
    rows = (line.split("\t") for line in data.decode("utf-8").split("\n"))
    return [(row[0], row[1]) for row in rows if len(row) == 2]


def _installed() -> Path:
    found = importlib.util.find_spec("jieba")
    if found is None or not found.submodule_search_locations:
        raise ConfigError.of("the package that carries the name model is not installed", _REMEDY, file="jieba")
    return Path(found.submodule_search_locations[0]) / "lac_small"


def _verified(root: Path) -> dict[str, bytes]:
    content: dict[str, bytes] = {}
    faults: list[Fault] = []
    for name, digest in DIGESTS.items():
        path = root / name
        if not path.is_file():
            faults.append(Fault(f"jieba/lac_small/{name}", "", "is missing", _REMEDY))
            continue
        content[name] = path.read_bytes()
        if hashlib.sha256(content[name]).hexdigest() != digest:
            faults.append(Fault(f"jieba/lac_small/{name}", "", "is not the known file", _REMEDY))
    if faults:
        raise ConfigError(*faults)
    return content


_REMEDY = "install jieba==0.42.1 with its lac_small folder, as published"
