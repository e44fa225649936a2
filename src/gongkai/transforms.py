"""Desensitization methods 脱敏方法: the files of every ``transforms/`` folder, the city's own first.

``gongkai.transforms.mask`` is a true import name, so a method pickles and logs by it, and a city adds or replaces a
method by dropping a file.
"""

from gongkai.content import folders

__path__ = [str(folder) for folder in folders("transforms")]
