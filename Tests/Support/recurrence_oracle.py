"""Prints recurrence rules with their dates as others compute them, a line a rule.

A line has tabs between the rule, its first day, the first and the last day of a range, and the dates in that range with
blanks between; all days are numbers counted from 1970-01-01. Asked for `examples` these are the rules of RFC 5545,
section 3.8.5.3, that are about days, by python-dateutil; with `random` 10,000 rules made up from a fixed seed, by
python-dateutil; with `chinese` rules of RFC 7529 on the Chinese calendar, by looking at each day's date in LunarCalendar.
"""

import datetime
import random
import sys
import types

import dateutil.rrule
import lunarcalendar

EPOCH = datetime.date(1970, 1, 1).toordinal()
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

# A rule without dates is searched up to this year; python-dateutil's own is 9999, which takes minutes.
calendar = types.SimpleNamespace(**vars(datetime))
dateutil.rrule.datetime = calendar

# The first day, the rule, and the last day that is looked at. Times of day are left out: UNTIL names the last day.
EXAMPLES = [
    ("19970902", "FREQ=DAILY;COUNT=10"),
    ("19970902", "FREQ=DAILY;UNTIL=19971223"),
    ("19970902", "FREQ=DAILY;INTERVAL=2"),
    ("19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5"),
    ("19980101", "FREQ=YEARLY;UNTIL=20000131;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA"),
    ("19980101", "FREQ=DAILY;UNTIL=20000131;BYMONTH=1"),
    ("19970902", "FREQ=WEEKLY;COUNT=10"),
    ("19970902", "FREQ=WEEKLY;UNTIL=19971223"),
    ("19970902", "FREQ=WEEKLY;INTERVAL=2;WKST=SU"),
    ("19970902", "FREQ=WEEKLY;UNTIL=19971006;WKST=SU;BYDAY=TU,TH"),
    ("19970902", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH"),
    ("19970901", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971223;WKST=SU;BYDAY=MO,WE,FR"),
    ("19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH"),
    ("19970905", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR"),
    ("19970905", "FREQ=MONTHLY;UNTIL=19971223;BYDAY=1FR"),
    ("19970907", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU"),
    ("19970922", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO"),
    ("19970928", "FREQ=MONTHLY;BYMONTHDAY=-3"),
    ("19970902", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15"),
    ("19970930", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1"),
    ("19970910", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15"),
    ("19970902", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU"),
    ("19970610", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7"),
    ("19970310", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3"),
    ("19970101", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200"),
    ("19970519", "FREQ=YEARLY;BYDAY=20MO"),
    ("19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO"),
    ("19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH"),
    ("19970605", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8"),
    ("19970902", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"),
    ("19970913", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13"),
    ("19961105", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8"),
    ("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3"),
    ("19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2"),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO"),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU"),
    ("20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5"),
]


def number(date):
    return date.toordinal() - EPOCH


def line(rule, start, first, last, dates):
    found = " ".join(str(number(date)) for date in dates)
    return f"{rule}\t{number(start)}\t{number(first)}\t{number(last)}\t{found}"


def by_dateutil(rule, start, first, last):
    calendar.MAXYEAR = last.year
    midnight = datetime.time()
    dates = dateutil.rrule.rrulestr(rule, dtstart=datetime.datetime.combine(start, midnight)).between(
        datetime.datetime.combine(first, midnight), datetime.datetime.combine(last, midnight), inc=True)
    return [date.date() for date in dates]


def examples():
    for text, rule in EXAMPLES:
        start = datetime.datetime.strptime(text, "%Y%m%d").date()
        last = start.replace(year=start.year + 12, day=28)
        yield line(rule, start, start, last, by_dateutil(rule, start, start, last))


def some(rng, most, numbers):
    numbers = list(numbers)
    return ",".join(str(n) for n in rng.sample(numbers, rng.randint(1, min(most, len(numbers)))))


def signed(most):
    return [n for n in range(-most, most + 1) if n != 0]


def made_up(rng):
    """A rule, the same in full for python-dateutil, its first day and how many days to look at."""
    start = datetime.date(2020, 1, 1) + datetime.timedelta(rng.randrange(3000))
    frequency = rng.choices(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"], [35, 35, 15, 15])[0]
    parts = [f"FREQ={frequency}"]
    most = {"YEARLY": 4, "MONTHLY": 7, "WEEKLY": 6, "DAILY": 20}[frequency]
    if rng.random() < 0.5:
        parts.append(f"INTERVAL={rng.randint(1, most)}")
    week_start = 0
    if rng.random() < 0.3:
        week_start = rng.randrange(7)
        parts.append(f"WKST={DAYS[week_start]}")
    by = []
    weeks = False
    if rng.random() < 0.35:
        by.append("BYMONTH=" + some(rng, 4, range(1, 13)))
    if frequency == "YEARLY" and rng.random() < 0.2:
        weeks = True
        by.append("BYWEEKNO=" + some(rng, 4, [n for n in signed(53) if n > -52]))
    if frequency == "YEARLY" and rng.random() < 0.2:
        by.append("BYYEARDAY=" + some(rng, 8, signed(366)))
    if frequency != "WEEKLY" and rng.random() < 0.35:
        by.append("BYMONTHDAY=" + some(rng, 6, signed(31)))
    if rng.random() < 0.45:
        # python-dateutil takes days with and without a number for two limits, where RFC 5545 has one list.
        if frequency in ("MONTHLY", "YEARLY") and not weeks and rng.random() < 0.5:
            within = 5 if frequency == "MONTHLY" or any(b.startswith("BYMONTH=") for b in by) else 53
            by.append("BYDAY=" + some(rng, 4, [f"{n}{day}" for n in signed(within) for day in DAYS]))
        else:
            by.append("BYDAY=" + some(rng, 5, DAYS))
    full = []
    if weeks and not any(b.startswith(("BYDAY", "BYMONTHDAY", "BYYEARDAY")) for b in by):
        # By RFC 5545 the weekday is the first day's; python-dateutil takes the whole week.
        full = [f"BYDAY={DAYS[start.weekday()]}"]
    if by and rng.random() < 0.25:
        by.append("BYSETPOS=" + some(rng, 3, signed(5)))
        if frequency == "WEEKLY":
            # python-dateutil's first week begins at the first day, which changes the positions in it.
            start -= datetime.timedelta((start.weekday() - week_start) % 7)
    rng.shuffle(by)
    end = rng.random()
    if end < 0.25:
        parts.append(f"COUNT={rng.randint(1, 20)}")
    elif end < 0.4:
        parts.append("UNTIL=" + (start + datetime.timedelta(rng.randrange(1500))).strftime("%Y%m%d"))
    days = {"YEARLY": 1500, "MONTHLY": 700, "WEEKLY": 300, "DAILY": 150}[frequency]
    return ";".join(parts + by), ";".join(parts + by + full), start, days


def random_rules():
    rng = random.Random(20_260_217)
    for _ in range(10_000):
        rule, full, start, days = made_up(rng)
        # In half of the cases the range begins later than the rule, or earlier.
        first = start
        if rng.random() < 0.5:
            first = start + datetime.timedelta(rng.randint(-30, days // 2))
        last = first + datetime.timedelta(days)
        yield line(rule, start, first, last, by_dateutil(full, start, first, last))


def chinese():
    rng = random.Random(20_260_217)
    first = datetime.date(2019, 2, 5)
    table = []
    for offset in range(16 * 365):
        date = first + datetime.timedelta(offset)
        lunar = lunarcalendar.Converter.Solar2Lunar(lunarcalendar.Solar(date.year, date.month, date.day))
        table.append((date, f"{lunar.month}{'L' if lunar.isleap else ''}", lunar.day))
    months = [str(n) for n in range(1, 13)] + ["2L", "4L", "5L", "6L", "11L"]
    for _ in range(300):
        frequency = rng.choice(["YEARLY", "MONTHLY", "DAILY"])
        in_months = rng.sample(months, rng.randint(1, 6))
        on_days = rng.sample(range(1, 31), rng.randint(1, 4))
        weekdays = rng.sample(DAYS, rng.randint(1, 5)) if rng.random() < 0.3 else DAYS
        rule = f"RSCALE=CHINESE;FREQ={frequency};BYMONTHDAY=" + ",".join(str(n) for n in on_days)
        if rng.random() < 0.7:
            rule += ";BYMONTH=" + ",".join(in_months)
        else:
            in_months = {month for _, month, _ in table}
        if weekdays is not DAYS:
            rule += ";BYDAY=" + ",".join(weekdays)
        start = first + datetime.timedelta(rng.randrange(400))
        dates = [
            date for date, month, day in table
            if date >= start and month in in_months and day in on_days and DAYS[date.weekday()] in weekdays
        ]
        yield line(rule, start, start, table[-1][0], dates)


def main():
    kinds = {"examples": examples, "random": random_rules, "chinese": chinese}
    # The kind is the first word of standard input.
    sys.stdout.write("\n".join(kinds[sys.stdin.read().strip()]()) + "\n")


main()
