"""The hook of the connection type 部门数据库: what Airflow's page uses to test a login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk.bases.hook import BaseHook

from gongkai import connections
from gongkai.airflow.provider import CONNECTION_TYPE
from gongkai.errors import ConfigError
from gongkai.project import Project

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection


class DepartmentDatabaseHook(BaseHook):
    """A department's business database, through SQLAlchemy. The password is masked in Airflow's logs in every form."""

    conn_name_attr = "department_db_conn_id"
    conn_type = CONNECTION_TYPE
    hook_name = "部门数据库"

    def __init__(self, department_db_conn_id: str, **others: Any) -> None:
        super().__init__(**others)
        self.department_db_conn_id = department_db_conn_id

    @property
    def sqlalchemy_url(self) -> URL:
        """Raises ConfigError when the connection is unknown or names no dialect."""
        return connections.url(Project.find_or_shipped(), self.department_db_conn_id)

    def get_conn(self) -> Connection:
        """An open connection; the caller closes it."""
        from sqlalchemy import NullPool, create_engine

        return create_engine(self.sqlalchemy_url, poolclass=NullPool).connect()

    def test_connection(self) -> tuple[bool, str]:
        """Whether the database answers, in a sentence without login or server text."""
        from sqlalchemy import exc, text

        try:
            with self.get_conn() as connection:
                connection.execute(text("SELECT 1"))
        except ConfigError as error:
            return False, str(error)
        except (exc.SQLAlchemyError, ImportError) as error:
            cause = getattr(error, "orig", None) or error
            return False, f"连接失败 cannot connect ({type(cause).__name__})"
        return True, "连接成功 connected"
