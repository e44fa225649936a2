"""Identifiers in use in China 标识符: one module each, found by its file's name. A city adds one by adding a file.

Each module has::

    TITLE      its Chinese name
    ENTITY     the code of rules/entities.yml a column of it is
    EVIDENCE   "checksum"  a value proves itself: chance passes it once in ten or more rarely
               "shape"     a value tells by its form
               "weak"      any number or word looks like it: only together with a column's name or a word nearby
    FIND       where it may stand in running text of half width: a pattern without boundaries, groups and Unicode classes, good
               for Python's re and for RE2. It is looser than `validate`: a mistyped number behind its trigger word is one still
    BOUNDARY   what may not stand beside it: "number", an ASCII letter or digit; "token", also @ . _ -
    CONTEXT    the words that speak of it

    compact(text)     half width, separators dropped: the form two ways of writing have in common; never raises
    validate(text)    the compact form, or InvalidIdentifier with the reason: length, shape, date, checksum, component
    is_valid(text)    whether it holds; never raises
    check(column)     is_valid for a whole column of text, from its bytes; null stays null
    generate(random)  a valid one, at random

`validate` and `check` are written apart and agree on every text; a test walks over all modules and holds them to it.
"""
