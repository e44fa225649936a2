"""A table nobody has registered yet 数据摸底: read, classified, and drafted as an entry."""
