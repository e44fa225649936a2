"""Generated lists as ``gongkai.airflow.files`` writes them, for the tests of this folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from gongkai.project import shipped_folder

APPROVED = "2026-03-02T02:00:00+00:00"


def listing(code: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "department": "hrss",
        "title": "社会保障卡持卡情况",
        "abstract": "持卡人数|按区县",
        "provider": "人力资源和社会保障局",
        "category": "社会保障",
        "opening": "conditional",
        "conditions": "签订协议",
        "licence": "开放授权协议",
        "frequency": "daily",
        "at": "02:00",
        "workdays": True,
        "timezone": "Asia/Shanghai",
        "revision": "ab" * 32,
        "approved": APPROVED,
        **changes,
    }


def written(folder: Path, *listings: dict[str, Any], department: str = "hrss") -> Path:
    """A department's DAG file beside its list."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"gongkai_{department}.py"
    shutil.copyfile(shipped_folder() / "dags" / "gongkai_dags.py", file)
    file.with_suffix(".json").write_text(json.dumps(listings, ensure_ascii=False), encoding="utf-8")
    return file
