"""Prints the days of festivals as libraries of others compute them, a line a year.

From 1901 to 2100: the year, the day of April on which Qingming falls and the day of December of the winter solstice, both
by cnlunar; and the month and day of Easter, by python-dateutil.
"""

from cnlunar.solar24 import getTheYearAllSolarTermsList
from dateutil.easter import easter

for year in range(1901, 2101):
    # From January on, two terms a month.
    terms = getTheYearAllSolarTermsList(year)
    sunday = easter(year)
    print(year, terms[6], terms[23], sunday.month, sunday.day)
