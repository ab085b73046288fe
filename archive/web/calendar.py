"""A source's articles → a year as a drawing, a square a day; and how many there are each month of all years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from archive.health.values import SourceNight
from archive.query import Query
from archive.reading import Archive

#: Years whose months are shown: a page may date itself to any.
MOST_YEARS = 40
#: Units: from one square to the next, a square, and the room for words at the left and above.
_PITCH, _SIDE, _LEFT, _TOP = 20, 16, 36, 20
_SHADES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year, and how many articles each of its months has."""

    number: int
    months: tuple[int, ...]

    @property
    def count(self) -> int:
        """Articles of the year."""
        return sum(self.months)

    def span(self, month: int) -> str:
        """A month as a filter takes it, counted from 0."""
        return f"{self.number:04}-{month + 1:02}"


def years_of(archive: Archive, source: str) -> tuple[list[Year], int]:
    """The last ``MOST_YEARS`` years that a source has articles of, with those between, and how many it has in all."""
    yearly = archive.trends([Query(source=source)], step="year", most=10_000)
    counts = yearly.lines[0].counts or ()
    numbers = [first.year for (first, _), count in zip(yearly.spans, counts, strict=True) if count]
    if numbers and numbers[-1] - numbers[0] < MOST_YEARS:
        numbers = list(range(numbers[0], numbers[-1] + 1))
    found = [Year(number=number, months=_months(archive, source, number)) for number in numbers[-MOST_YEARS:]]
    return found, len(numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Some days as a drawing, and how many articles they have together."""

    first: date
    last: date
    count: int
    drawing: Markup


def year_up_to(last: date) -> tuple[date, date]:
    """Fifty-three weeks, from a Monday, that end with a day."""
    return date.fromordinal(max(last.toordinal() - 52 * 7 - last.weekday(), 1)), last


def calendar_of(
    archive: Archive, source: str, days: tuple[date, date], nights: Sequence[SourceNight], *, begun: date
) -> Calendar:
    """Days, each a square that leads to its articles; the more, the stronger its colour. Sick nights have a frame.

    Days before the source had ``begun`` are dots: nothing is missing there.
    """
    first, last = days
    told = archive.trends([Query(source=source, since=first, until=last)], step="day", most=400)
    counts = {day: count for (day, _), count in zip(told.spans, told.lines[0].counts or (), strict=True) if count}
    most, total = max(counts.values(), default=0), sum(counts.values())
    sick = {night.at.date(): night.words for night in nights if night.level == "sick"}
    begin = first.toordinal() - first.weekday()
    drawn, words = Markup(), _weekdays()
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        x, y = _LEFT + (ordinal - begin) // 7 * _PITCH, _TOP + day.weekday() * _PITCH
        if day < begun and day not in sick:
            drawn += Markup('<path class="dn" d="M{} {}h3v3h-3z"/>').format(x + _SIDE // 2 - 1, y + _SIDE // 2 - 1)
        else:
            drawn += _square((x, y), day, counts.get(day, 0), most, sick=sick.get(day))
        if day.day == 1 and (last - day).days > 10:
            words.append(Markup('<text x="{}" y="12">{}</text>').format(x + _PITCH * (day.weekday() > 3), f"{day:%b}"))
    about = f"{total:,} articles from {first.isoformat()} to {last.isoformat()}, day by day; at most {most:,} a day."
    drawing = Markup(
        '<svg class="calendar" viewBox="0 0 {} {}" role="group" aria-labelledby="year-t year-d">'
        '<title id="year-t">{}</title><desc id="year-d">{}</desc>{}{}</svg>'
    ).format(_LEFT + 54 * _PITCH, _TOP + 7 * _PITCH, f"{source}, day by day"[:300], about, Markup().join(words), drawn)
    return Calendar(first=first, last=last, count=total, drawing=drawing)


def shade(count: int, most: int) -> int:
    """0 for none, else 1 to ``_SHADES``, by the part of what the fullest day has."""
    return 0 if not count else 1 + min(_SHADES - 1, (count * _SHADES - 1) // most)


def _square(place: tuple[int, int], day: date, count: int, most: int, *, sick: str | None) -> Markup:
    side = f"M{place[0]} {place[1]}h{_SIDE}v{_SIDE}h-{_SIDE}z"
    told = f"{day.day} {day:%b} {day.year}: {count:,}" + (f"; that night: {sick}" if sick else "")
    square = Markup('<path class="d{}{}" d="{}"/>').format(shade(count, most), " sick" if sick else "", side)
    if count:
        return Markup('<a href="?on={}" tabindex="-1"><title>{}</title>{}</a>').format(day.isoformat(), told, square)
    return Markup("<g><title>{}</title>{}</g>").format(told, square) if sick else square


def _weekdays() -> list[Markup]:
    return [
        Markup('<text x="0" y="{}">{}</text>').format(_TOP + n * _PITCH + 13, name)
        for n, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"))
    ]


def _months(archive: Archive, source: str, year: int) -> tuple[int, ...]:
    query = Query(source=source, since=date(year, 1, 1), until=date(year, 12, 31))
    told = archive.trends([query], step="month")
    counts = {first.month: count for (first, _), count in zip(told.spans, told.lines[0].counts or (), strict=True)}
    return tuple(counts.get(month, 0) for month in range(1, 13))
