"""The rules run on Spark, between tables of facts and what was found of them, both in DuckDB."""

import shutil
from pathlib import Path

from engine.duck import Duck
from engine.queries import FOUND
from engine.spark import Spark, local_session
from service.batch.output import quoted


class OnSpark:
    """Evaluates what a connection of DuckDB holds. Raises InputError where there is no Spark, or no Java."""

    def __init__(self, duck: Duck) -> None:
        self.duck = duck
        self.spark = Spark(duck.program, local_session())

    def evaluate(self, folder: Path) -> None:
        """Leave `found` in DuckDB; the tables go over by Parquet, through a folder of their own."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        connection = self.duck.connection
        for table in self.duck.schema.tables:
            connection.execute(f"COPY {table} TO '{quoted(folder / table)}.parquet' (FORMAT parquet)")
        self.spark.read(folder.absolute().as_uri())
        self.spark.evaluate()
        self.spark.write((folder.absolute() / FOUND).as_uri())
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {FOUND} AS FROM read_parquet('{quoted(folder / FOUND)}/*.parquet')"
        )
        shutil.rmtree(folder)
