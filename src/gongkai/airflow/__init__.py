"""The face towards Airflow: a DAG per approved dataset, its schedule, its tasks, and the servers it runs on.

Nothing below this folder knows of Airflow; nothing here does the work. ``files`` and ``environment`` do not import Airflow, so
the command line may call them at no cost.
"""
