"""Each source's night against its own past: figures → findings → a verdict with its evidence."""

from archive.health.judging import judge
from archive.health.nights import amend, judge_night, nights_of, source_nights_of
from archive.health.values import Control, Figures, Finding, SourceNight
from archive.health.verdicts import Health, Level

__all__ = [
    "Control",
    "Figures",
    "Finding",
    "Health",
    "Level",
    "SourceNight",
    "amend",
    "judge",
    "judge_night",
    "nights_of",
    "source_nights_of",
]
