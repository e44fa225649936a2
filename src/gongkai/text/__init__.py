"""Personal data inside running text 自由文本识别: names, addresses, organisations and identifiers as spans.

>>> from gongkai.project import SHIPPED
>>> detector(SHIPPED).detect(["电话13812345678"])
[[Span(start=2, end=13, entity='PHONE', score=1.0)]]
"""

from gongkai.text.config import Config, ask_for_files
from gongkai.text.engine import Detector, detector
from gongkai.text.span import Span

__all__ = ["Config", "Detector", "Span", "ask_for_files", "detector"]
