"""Where releases are published 开放平台: one module per kind of store, each with ``push``; a city adds its own."""

from gongkai.content import folders

__path__ += [str(folder) for folder in folders("stores")]
