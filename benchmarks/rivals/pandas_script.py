"""What most departments run today: pandas, a few lambdas, one call per format. Usage: pandas_script.py URL FOLDER FORMATS"""

import sys
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine


def main():
    url, folder, formats = sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(",")
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    frame = pd.read_sql("SELECT * FROM bench ORDER BY id", engine).drop(columns="id")
    frame["id_no"] = frame["id_no"].map(lambda value: value[:6] + "*" * (len(value) - 6))
    frame["name"] = frame["name"].map(lambda value: value[0] + "*" * (len(value) - 1))
    frame["phone"] = frame["phone"].map(lambda value: value[:3] + "*" * (len(value) - 3))
    frame["birth"] = frame["birth"].map(lambda value: str(value.year))
    frame["address"] = frame["address"].str.extract("^(.*?市.*?区)")[0]
    write = {
        "csv": lambda path: frame.to_csv(path, index=False),
        "json": lambda path: frame.to_json(path, orient="records", force_ascii=False, date_format="iso"),
        "jsonl": lambda path: frame.to_json(path, orient="records", lines=True, force_ascii=False, date_format="iso"),
        "xml": lambda path: frame.to_xml(path, index=False),
        "xlsx": lambda path: frame.to_excel(path, index=False, engine="xlsxwriter"),
        "parquet": lambda path: frame.to_parquet(path, index=False),
    }
    for name in formats:
        write[name](folder / f"data.{name}")


main()
