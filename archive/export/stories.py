"""Of each story among the chosen only the earliest copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def keep_one_per_story(db: Database) -> None:
    """Take off the list what is a copy of an article that stands there with a lower ``seq``."""
    db.execute(
        """
        delete from chosen where place in (
            select place from (
                select h.place, row_number() over (partition by coalesce(m.story, h.id) order by h.seq) as number
                from chosen h left join story_members m on m.article_id = h.id)
            where number > 1)
        """
    )
