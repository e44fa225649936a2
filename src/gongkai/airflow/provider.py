"""What Airflow learns about gongkai's connection type 部门数据库: its name, its form, its hook."""

from __future__ import annotations

from typing import Any

CONNECTION_TYPE = "department_db"
DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql")


def get_provider_info() -> dict[str, Any]:
    """The provider's description, in the shape of Airflow's ``provider_info.schema.json``."""
    return {
        "package-name": "gongkai",
        "name": "gongkai 公开",
        "description": "从部门数据表到脱敏后的公共数据开放发布",
        "connection-types": [
            {
                "connection-type": CONNECTION_TYPE,
                "hook-class-name": "gongkai.airflow.hook.DepartmentDatabaseHook",
                "hook-name": "部门数据库",
                "ui-field-behaviour": {
                    "hidden-fields": [],
                    "relabeling": {
                        "description": "说明",
                        "host": "主机（SQLite 填文件路径）",
                        "port": "端口",
                        "schema": "数据库名",
                        "login": "只读账号",
                        "password": "口令",
                        "extra": "其他连接参数（JSON）",
                    },
                    "placeholders": {"host": "db.example.gov.cn", "port": "5432", "login": "gongkai_readonly"},
                },
                "conn-fields": {
                    "dialect": {
                        "label": "数据库类型",
                        "description": "部门业务库的类型；所需驱动须已安装",
                        "schema": {"type": ["string", "null"], "default": DIALECTS[0], "enum": list(DIALECTS)},
                    },
                },
            }
        ],
    }
