"""Prints whether people in China worked on each day from 2004 to 2026, as chinesecalendar has it.

A line a day: the day's number from 1970-01-01, and 1 for a workday or 0.
"""

import datetime
import sys

import chinese_calendar

EPOCH = datetime.date(1970, 1, 1).toordinal()


def main():
    lines = []
    for ordinal in range(datetime.date(2004, 1, 1).toordinal(), datetime.date(2026, 12, 31).toordinal() + 1):
        date = datetime.date.fromordinal(ordinal)
        lines.append(f"{ordinal - EPOCH} {int(chinese_calendar.is_workday(date))}")
    sys.stdout.write("\n".join(lines) + "\n")


main()
