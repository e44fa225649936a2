"""Levels of generalization 概化层级: what a date, a place or a number is when coarser; methods and ladders stand on them."""
