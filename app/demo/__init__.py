"""The demo region: synthetic territory, people and orders with a known share of late and missing ones.

Every person, school number and telephone here is made up; no name stands for a living person.
"""
