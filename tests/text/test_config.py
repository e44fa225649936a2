"""The settings: what a city may write, and what is said when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai import rules
from gongkai.errors import ConfigError
from gongkai.project import SHIPPED, Project, shipped_folder
from gongkai.text import config, detector, models
from gongkai.text.span import Span

WRITTEN = (shipped_folder() / "rules" / "text.yml").read_text(encoding="utf-8")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A city's own rules/text.yml."""
    (tmp_path / "rules").mkdir()
    return tmp_path / "rules" / "text.yml"


WRONG = [
    ("ner: lac", "ner: bert", r"ner: is not one of the known words"),
    ("mode: balanced", "mode: loose", r"mode: is not one of the known words"),
    ("ner: lac", "ner: spacy", r"model_path: is missing"),
    ("model_path: null", "model_path: models/zh", r"model_path: stands without a model"),
    ("ner: lac\nmodel_path: null", "ner: hf\nmodel_path: no/such/folder", r"model_path: is not a folder of this machine"),
    ("PERSON: {word: 姓名", "PERSONS: {word: 姓名", r"entities.PERSONS: is no entity; did you mean 'PERSON'"),
    ("column: PERSON_NAME", "column: NAME", r"entities.PERSON.column: is not an entity of rules/entities.yml"),
    ("adjacent: [WECHAT, QQ]", "adjacent: [WECHAT, QK]", r"adjacent\[1\]: is no entity"),
    ("before: 20", "before: -1", r"context.before"),
    ("identifiers: {balanced: 0.5", "identifiers: {balanced: 5", r"identifiers.balanced"),
    ("mode: balanced", "mode: balanced\nmodes: strict", r"modes: is not a key known here"),
    ("mode: balanced", "", r"mode: is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG, ids=[new or "no mode" for _, new, _ in WRONG])
def test_what_is_wrong_is_told(city: Path, old: str, new: str, said: str) -> None:
    assert old in WRITTEN
    city.write_text(WRITTEN.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        config.load(Project.at(city.parents[1]))


def test_a_citys_own_file_is_used(city: Path) -> None:
    city.write_text(WRITTEN.replace("ner: lac", "ner: none").replace("{word: 电话}", "{word: 联系方式}"), encoding="utf-8")
    project = Project.at(city.parents[1])
    own = config.load(project)
    assert own.word("PHONE") == "联系方式"
    assert own.digest != config.Config.model_validate({**own.model_dump(), "mode": "strict"}).digest
    assert detector(project, own).detect(["王建国来电"]) == [[]]


def test_shipped_settings_name_columns_of_the_shipped_rules() -> None:
    settings = config.load(SHIPPED)
    assert {settings.column(entity) for entity in config.entities()} <= set(rules.load(SHIPPED).entities) | {"MAC"}


def test_every_entity_has_a_word() -> None:
    settings = config.load(SHIPPED)
    assert all("〔" not in settings.word(entity) and settings.word(entity) for entity in config.entities())
    assert settings.word("NUMBER") == "号码"


@pytest.mark.parametrize("ner", ["hf", "gliner"])
def test_a_model_without_its_library_is_refused(ner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "find_spec", lambda name: None)
    settings = config.load(SHIPPED).model_copy(update={"ner": ner, "model_path": str(tmp_path)})
    with pytest.raises(ConfigError, match="not installed"):
        models.load(settings, SHIPPED)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    settings = config.load(SHIPPED).model_copy(update={"ner": "spacy", "model_path": str(tmp_path)})
    with pytest.raises(ConfigError, match="model_path: cannot be loaded"):
        models.load(settings, SHIPPED)


def train(folder: Path) -> None:
    """A model that knows one name."""
    import spacy

    pipeline = spacy.blank("zh")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "安心"}, {"label": "DATE", "pattern": "今天"}])
    folder.parent.mkdir(exist_ok=True)
    pipeline.to_disk(folder)


def test_a_city_brings_its_own_model(tmp_path: Path) -> None:
    train(tmp_path / "model")
    settings = config.load(SHIPPED, "balanced").model_copy(update={"ner": "spacy", "model_path": str(tmp_path / "model")})
    assert detector(SHIPPED, settings).detect(["今天安心来电"]) == [[Span(2, 4, "PERSON", 0.85)]]


def test_a_model_lies_in_the_project_wherever_the_command_is_run(
    city: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(city.parents[1] / "models" / "zh")
    city.write_text(WRITTEN.replace("ner: lac\nmodel_path: null", "ner: spacy\nmodel_path: models/zh"), encoding="utf-8")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    project = Project.at(city.parents[1])
    assert config.load(project, "balanced").model_path == "models/zh"
    assert detector(project, config.load(project, "balanced")).detect(["今天安心来电"]) == [[Span(2, 4, "PERSON", 0.85)]]
