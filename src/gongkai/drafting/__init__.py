"""Tables nobody registered 数据摸底: read where they stand, classified, and turned into a draft entry that runs.

::

    origin       a table, a file or a registered source, with its columns and comments
    dictionary   a list of columns instead of a table
    look         one pass over all rows: findings and facts
    draft        an entry with types, cleaning, methods and key; write and expect make its files
    decisions    what was decided about a registered dataset's columns
"""
