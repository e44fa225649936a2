"""What a release is written in 格式: one module per format, each with ``write`` and ``read``; a city adds its own."""

from gongkai.content import folders

__path__ += [str(folder) for folder in folders("formats")]
