"""Desensitization methods 脱敏方法: the shipped files of the ``transforms/`` folder, which lies where a city edits its own.

``gongkai.transforms.mask`` is a true import name, so a method pickles and logs by it. A city's own methods are loaded by
``gongkai.plugins`` and have names of their own.
"""

from gongkai.project import shipped_folder

__path__ = [str(shipped_folder() / "transforms")]
