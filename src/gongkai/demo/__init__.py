"""A whole city in a folder 演示: three departments of the invented city 云澜市, their sources, entries, schedules and releases.

Nobody in it exists: the city, its offices, its people and companies are made up, and identity numbers begin with a
division code no county has.
"""
