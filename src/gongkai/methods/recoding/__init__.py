"""Recoding of a whole table 整表泛化: ladders, the lattice of their levels, and what each combination loses."""
