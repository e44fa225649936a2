"""Keyed ciphers of whole columns 列式密码: what stands in for a value, so that nobody without the key can compute or undo it.

``cmac`` and ``hmac_sm3`` give digests, ``distinct_blocks`` blocks that never meet, ``ff1`` numerals of the same form. Each lays
the values of a column side by side and calls the block cipher once for all of them, not once per value.
"""

from gongkai.ciphers import ff1, layout, writing
from gongkai.ciphers.blocks import BLOCK, KEY_BYTES, Bytes, Name
from gongkai.ciphers.cmac import cmac
from gongkai.ciphers.distinct import distinct_blocks
from gongkai.ciphers.sm3 import hmac_sm3

__all__ = ["BLOCK", "KEY_BYTES", "Bytes", "Name", "cmac", "distinct_blocks", "ff1", "hmac_sm3", "layout", "writing"]
