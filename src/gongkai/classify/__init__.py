"""What a table holds 数据识别: personal data found by the names of columns, their comments and their values.

::

    headers      what a column's name and comment say
    values       what its distinct values say: identifiers, names, places, known sets, forms
    fusion       both together, and whether a person must look
    columns      the finding of a column: ratios, never a value
    sweep        the one identifier in a column of a million plain values
    watch        the same question asked of every release: did the data change?
"""

from gongkai.classify.columns import Finding, Sample, classify
from gongkai.classify.tables import profile

__all__ = ["Finding", "Sample", "classify", "profile"]
