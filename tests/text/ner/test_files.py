"""What the tagger is made of must be the known files; anything else stops it before the first text."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from gongkai.errors import ConfigError
from gongkai.project import Project
from gongkai.text.ner import features, head, weights


@pytest.fixture(scope="module")
def installed() -> Path:
    spec = importlib.util.find_spec("jieba")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "lac_small"


@pytest.fixture
def copy(installed: Path, tmp_path: Path) -> Path:
    for name in weights.DIGESTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(installed / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", ["model_baseline/crfw", "model_baseline/word_emb", "tag.dic"])
def test_one_flipped_bit_is_refused(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ConfigError, match=rf"jieba/lac_small/{name}: is not the known file; install jieba==0\.42\.1"):
        weights.read(copy)


def test_every_missing_file_is_named(copy: Path) -> None:
    (copy / "word.dic").unlink()
    (copy / "model_baseline/fc_0.w_0").unlink()
    with pytest.raises(ConfigError) as caught:
        weights.read(copy)
    assert sorted(fault.file for fault in caught.value.faults) == [
        "jieba/lac_small/model_baseline/fc_0.w_0",
        "jieba/lac_small/word.dic",
    ]


def test_a_missing_package_is_a_fault_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="is not installed; install jieba"):
        weights.read()


def test_shapes(installed: Path) -> None:
    source = weights.read(installed)
    assert source.embedding.shape == (20941, 128)
    assert [gru.input.shape for gru in source.grus] == [(128, 384), (128, 384), (256, 384), (256, 384)]
    assert source.transition.shape == (57, 57)
    assert len(source.tags) == 57 and source.tags[48] == "PER-B"
    assert all(np.isfinite(array).all() for array in (source.embedding, source.output, source.transition))


def _arrays() -> dict[str, np.ndarray]:
    heard = features.FEATURES + 1
    shapes = {"hidden": (heard, 4), "direct": (heard, 7), "output": (4, 7), "step": (7, 7), "start": (7,)}
    return {name: np.zeros(shape, np.float16) for name, shape in shapes.items()}


def test_a_citys_own_head_is_taken(tmp_path: Path) -> None:
    (tmp_path / "rules" / "names").mkdir(parents=True)
    np.savez(tmp_path / "rules" / "names" / "head.npz", **_arrays())
    assert head.read(head.find(Project.at(tmp_path))).passing.shape == (7, 7)


def _without(name: str) -> dict[str, np.ndarray]:
    return {key: value for key, value in _arrays().items() if key != name}


@pytest.mark.parametrize(
    "arrays",
    [
        _without("start"),
        _arrays() | {"extra": np.zeros(1)},
        _arrays() | {"hidden": np.zeros((3, 4))},
        _arrays() | {"output": np.zeros(4)},
        _arrays() | {"start": np.full(7, np.nan)},
    ],
)
def test_another_file_is_no_head(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez(tmp_path / "head.npz", **arrays)
    with pytest.raises(ConfigError, match=r"rules/names/head.npz: does not have the arrays of a head"):
        head.read(tmp_path / "head.npz")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_garbage_is_no_head(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head.npz").write_bytes(content)
    with pytest.raises(ConfigError, match=r"is not a file of arrays; restore the shipped file"):
        head.read(tmp_path / "head.npz")


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    np.savez(tmp_path / "head.npz", **_arrays() | {"start": np.array([{"a": 1}], dtype=object)}, allow_pickle=True)
    with pytest.raises(ConfigError, match="is not a file of arrays"):
        head.read(tmp_path / "head.npz")
