"""What people write 手写文档: YAML read strictly, and every fault said at once."""

from gongkai.documents.reading import MAX_BYTES, parse, path, read

__all__ = ["MAX_BYTES", "parse", "path", "read"]
