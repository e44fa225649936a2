"""The spill 暂存: the desensitized columns of a table, on disk while the others are decided on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from gongkai import disk


class Spill:
    """Batches of one schema in a file that only its owner may read, in the order they came."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self.schema = path, schema
        if not disk.own(path, b""):
            raise FileExistsError(path.name)
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_stream(self._file, schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Finish writing; may be called twice."""
        if not self._file.closed:
            self._writer.close()
            self._file.close()

    def read(self, *names: str) -> Iterator[pa.RecordBatch]:
        """The batches, or some of their columns; after ``close``."""
        wanted = [self.schema.get_field_index(name) for name in names]
        with pa.OSFile(str(self._path), "rb") as file:
            yield from pa.ipc.open_stream(file, options=pa.ipc.IpcReadOptions(included_fields=wanted or None))

    def remove(self) -> None:
        """Take it from disk, whatever was written."""
        self.close()
        self._path.unlink(missing_ok=True)
