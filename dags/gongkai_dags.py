"""One Airflow DAG per approved dataset 数据集 DAG: declares, does no work.

gongkai copies this file under the name of each department, beside the list of what the department may open.
"""

from gongkai.airflow.factory import declare

globals().update(declare(__file__))
