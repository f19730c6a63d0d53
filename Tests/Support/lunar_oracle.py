"""Prints the Chinese date of every day from 1921 to 2056, as two libraries of others compute it.

A line a day: the day's number from 1970-01-01, then year, month, whether it is a leap month (0 or 1) and day, once by
LunarCalendar and once by lunardate. lunardate's tables are wrong in 1933, 1954 and 1978, so those years have only the
first.
"""

import datetime
import sys

import lunarcalendar
import lunardate

WRONG_IN_LUNARDATE = {1933, 1954, 1978}
EPOCH = datetime.date(1970, 1, 1).toordinal()


def main():
    lines = []
    first = datetime.date(1921, 1, 1).toordinal()
    last = datetime.date(2056, 12, 31).toordinal()
    for ordinal in range(first, last + 1):
        date = datetime.date.fromordinal(ordinal)
        a = lunarcalendar.Converter.Solar2Lunar(lunarcalendar.Solar(date.year, date.month, date.day))
        line = f"{ordinal - EPOCH} {a.year} {a.month} {int(a.isleap)} {a.day}"
        if date.year not in WRONG_IN_LUNARDATE:
            b = lunardate.LunarDate.from_solar_date(date.year, date.month, date.day)
            line += f" {b.year} {b.month} {int(b.is_leap_month)} {b.day}"
        lines.append(line)
    sys.stdout.write("\n".join(lines) + "\n")


main()
