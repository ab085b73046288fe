"""The database as a list of steps. Every change of the schema is a new function at the end.

Times are ISO 8601 UTC text ending in ``Z``; JSON columns hold valid JSON text; an absent value is null.
"""

from __future__ import annotations

from archive.errors import NotAnArchive
from archive.facts import TRIGGERS, facts_of, values_of_all
from archive.spacing import INDEXED, spaced_columns
from archive.sqlite import Database, Migrations, run_script

#: "nd01" in ASCII: tells our files from any other SQLite database.
APPLICATION_ID = 0x6E643031

migrations = Migrations("nightdesk")


@migrations()
def m001_first_house(db: Database) -> None:
    """Sources, runs, WARC files, the ledger, captures, articles with revisions and full-text index."""
    run_script(
        db,
        """
        create table sources (
            id text primary key,                    -- its name in sources.toml
            title text,
            home text not null,
            first_seen_at text not null
        ) strict;

        create table runs (
            id integer primary key,
            kind text not null check (kind in ('crawl', 'import')),
            started_at text not null,
            finished_at text,                       -- null: running, or killed
            status text not null check (status in ('running', 'finished', 'interrupted', 'crashed')),
            software text not null,
            arguments text not null                 -- JSON object
        ) strict;

        create table warc_files (
            id integer primary key,
            path text not null unique,              -- relative to the archive's folder
            started_at text not null,
            size integer not null default 0,        -- bytes that committed rows vouch for
            closed integer not null default 0       -- 1: complete, never written again
        ) strict;

        -- The ledger: every URL ever discovered, its one state, and why.
        create table urls (
            id integer primary key,
            url text not null unique,               -- normalised
            source text not null references sources(id),
            kind text not null check (kind in ('page', 'front', 'section', 'feed', 'sitemap')),
            state text not null check (state in
                ('found', 'captured', 'kept', 'duplicate', 'rejected', 'refused', 'failed', 'gone', 'read')),
            reason text,
            detail text,
            state_at text not null,
            first_seen_at text not null,
            last_seen_at text not null,             -- last time a document listed it
            listed_at text,                         -- date that a feed or sitemap gives it; only for ordering
            fetched_at text,                        -- last answer of any kind
            due_at text,                            -- ask (again) from then on; null: never
            attempts integer not null default 0,    -- failures in a row
            etag text,                              -- validators of the last 200
            last_modified text,
            capture_id integer references captures(id),   -- last full answer
            article_id text,                        -- kept or duplicate: the article
            hints text not null default '[]'        -- JSON list: what feeds, sitemaps and fronts said
        ) strict;
        -- the frontier: what is due in a source, oldest promise first
        create index urls_due on urls (source, due_at) where due_at is not null;
        -- pages kept raw but not yet cleaned (also after a crash)
        create index urls_captured on urls (source) where state = 'captured';
        create index urls_article on urls (article_id) where article_id is not null;

        -- Which document listed which URL: the ways a URL was found.
        create table sightings (
            url_id integer not null references urls(id),
            where_url text not null,
            via text not null,
            first_run integer not null references runs(id),
            last_run integer not null references runs(id),
            primary key (url_id, where_url)
        ) strict, without rowid;
        -- what a document listed when it was last read
        create index sightings_where on sightings (where_url, last_run);

        -- What each run did with each page URL: the funnel is a count of this.
        create table run_urls (
            run_id integer not null references runs(id),
            url_id integer not null references urls(id),
            source text not null references sources(id),
            outcome text not null check (outcome in
                ('new', 'updated', 'unchanged', 'known', 'duplicate', 'rejected',
                 'refused', 'failed', 'gone', 'waiting')),
            reason text,
            primary key (run_id, url_id)
        ) strict, without rowid;

        -- Every state a URL went through.
        create table url_events (
            id integer primary key,
            url_id integer not null references urls(id),
            run_id integer not null references runs(id),
            at text not null,
            event text not null,                    -- a state, or: revisited, retried, redirected
            reason text,
            detail text,
            capture_id integer references captures(id)
        ) strict;
        create index url_events_url on url_events (url_id, id);
        create index url_events_run on url_events (run_id);

        create table captures (
            id integer primary key,
            run_id integer not null references runs(id),
            source text references sources(id),
            url_id integer references urls(id),     -- the ledger's URL that it was asked for
            url text not null,                      -- of this very exchange: robots.txt, a redirect's hop …
            fetched_at text not null,
            status integer,                         -- HTTP status; null for an imported file
            content_type text,
            warc_file_id integer not null references warc_files(id),
            offset integer not null,
            length integer not null,                -- of the gzip member
            payload_size integer not null,          -- as received
            payload_digest text not null,
            unique (warc_file_id, offset)
        ) strict;
        create index captures_url on captures (url, fetched_at);
        create index captures_url_id on captures (url_id) where url_id is not null;

        create table articles (
            seq integer primary key,                -- rises with time: published, else first seen
            id text not null unique,                -- stable, from the canonical URL
            url_id integer references urls(id),     -- the one URL of the ledger that it is read from
            url text,
            canonical_url text,
            source text not null references sources(id),
            title text not null,
            description text,
            authors text not null default '[]',     -- JSON list
            published_at text,
            published_precision text check (published_precision in ('second', 'minute', 'day')),
            published_as_written text,
            modified_at text,
            section text,
            tags text not null default '[]',        -- JSON list
            language text,
            body text not null,
            word_count integer not null,
            images text not null default '[]',      -- JSON list of {url, caption, credit, alt}
            access text not null check (access in ('free', 'metered', 'paywalled', 'unknown')),
            type text,
            site_name text,
            comments text not null default '[]',    -- JSON list
            reading_minutes integer,
            rights text not null default '{}',      -- JSON object, verbatim signals
            first_seen_at text not null,
            last_seen_at text not null,
            gone_at text,                           -- first 404 or 410 since it was last seen
            revision integer not null default 1,
            revised_at text not null,               -- this revision is what the site showed from then on
            content_hash text not null,             -- of title and body
            capture_id integer references captures(id),
            extractor text not null,
            origins text not null default '{}'      -- JSON: field → {origin, confidence, rivals, inferred}
        ) strict;
        create index articles_source on articles (source, seq);
        create index articles_url on articles (url);

        -- What an article was before its present text.
        create table revisions (
            article_id text not null references articles(id),
            revision integer not null,
            valid_from text not null,
            valid_until text not null,
            title text not null,
            body text not null,
            content_hash text not null,
            capture_id integer references captures(id),
            record text not null,                   -- JSON: the other columns as they were
            primary key (article_id, revision)
        ) strict;

        create virtual table articles_fts using fts5(
            title, authors, description, body,
            content='articles', content_rowid='seq',
            tokenize='unicode61 remove_diacritics 2',
            prefix='2 3'
        );
        create trigger articles_ai after insert on articles begin
            insert into articles_fts (rowid, title, authors, description, body)
            values (new.seq, new.title, new.authors, new.description, new.body);
        end;
        create trigger articles_ad after delete on articles begin
            insert into articles_fts (articles_fts, rowid, title, authors, description, body)
            values ('delete', old.seq, old.title, old.authors, old.description, old.body);
        end;
        create trigger articles_au after update of seq, title, authors, description, body on articles begin
            insert into articles_fts (articles_fts, rowid, title, authors, description, body)
            values ('delete', old.seq, old.title, old.authors, old.description, old.body);
            insert into articles_fts (rowid, title, authors, description, body)
            values (new.seq, new.title, new.authors, new.description, new.body);
        end;
        """,
    )


@migrations()
def m002_structure_and_templates(db: Database) -> None:
    """Structure, live entries, corrections and what was left out of articles; the sources' templates."""
    run_script(
        db,
        """
        -- JSON lists: entries of {at, as_written, title, body}, corrections of texts, dropped of {text, reason}
        alter table articles add column markdown text not null default '';
        alter table articles add column entries text not null default '[]';
        alter table articles add column corrections text not null default '[]';
        alter table articles add column dropped text not null default '[]';

        -- What each source's template is learnt from: archive/templates.py. The columns days, authors and sections
        -- hold a bit for each value met, at its number or hash modulo 62: how many bits are set is how many differ.
        create table template_sources (
            source text primary key references sources(id),
            articles integer not null,              -- different articles whose lines were counted
            days integer not null,                  -- days of publication
            authors integer not null,
            sections integer not null
        ) strict, without rowid;

        -- Lines that came a second time soon after the first, and those that somebody decided on.
        create table template_lines (
            source text not null references sources(id),
            fingerprint text not null,
            text text not null,                     -- as first seen, shortened
            articles integer not null,              -- in how many articles
            first integer not null,                 -- that article's number among the source's: 1, 2, 3 …
            last integer not null,
            first_day text,                         -- of publication; null: never seen
            last_day text,
            edges integer not null,                 -- in how many before or after all the article's own text
            echoes integer not null,                -- in how many it has a word of the headline
            place real not null,                    -- mean: 0 first of the page's lines, 1 last
            days integer not null,
            authors integer not null,
            sections integer not null,
            hand text check (hand in ('pinned', 'released')),    -- null: as learnt
            hand_at text,
            primary key (source, fingerprint)
        ) strict, without rowid;

        -- The lines of each source's last few articles, eight bytes each: where a line's first sighting is found.
        create table template_recent (
            source text not null references sources(id),
            article integer not null,
            day text not null,
            author integer not null,                -- the bit in authors
            section integer not null,
            lines blob not null,
            primary key (source, article)
        ) strict, without rowid;
        """,
    )


@migrations()
def m003_politeness_and_rights(db: Database) -> None:
    """What is known of each host between two nights, files that speak for a whole site, and signals of rights."""
    run_script(
        db,
        """
        create table hosts (
            host text primary key,                  -- as in its URLs, without port
            latency_s real,                         -- mean seconds until it answers; null: it never did
            slowdown real not null,                 -- 1, or by how much longer the pauses are since it said 429
            failures integer not null,              -- in a row: no answer, or 5xx
            refusals integer not null,              -- in a row: 401, 403
            pauses integer not null,                -- in a row: 429, 503
            nights integer not null,                -- in a row that ended early because of it
            wait_until text,                        -- nothing is asked of it before
            reason text,                            -- of that, as in run_urls
            changed_at text not null
        ) strict, without rowid;

        -- robots.txt and tdmrep.json as last asked for: good for a day without asking again.
        create table site_files (
            url text primary key,
            asked_at text not null,
            status integer,                         -- of the last answer; null: there was none
            read_at text,                           -- of the answer that body is; null: there never was one
            body blob,
            capture_id integer references captures(id)
        ) strict, without rowid;

        -- What a page, its headers or its site say of use, verbatim, with the capture that says it.
        create table rights (
            capture_id integer not null references captures(id),
            signal text not null,
            value text not null,
            primary key (capture_id, signal, value)
        ) strict, without rowid;

        -- On what ground the operator says that a source is kept; a row for each change.
        create table bases (
            source text not null references sources(id),
            since text not null,
            basis text,                             -- in the operator's words; null: none stated
            primary key (source, since)
        ) strict, without rowid;
        """,
    )


@migrations()
def m004_rhythm_and_queue(db: Database) -> None:
    """How often things change and why they are due when they are; indexes for a frontier of any size."""
    run_script(
        db,
        """
        alter table sources add column steady integer not null default 0;    -- visits in a row without a change
        alter table urls add column due_because text;       -- why due_at is what it is, in words; null: not noted
        alter table urls add column body_digest text;       -- of the last 200, unpacked; null: not noted
        -- of documents that list pages:
        alter table urls add column yielded_at text;        -- when it last brought something new; null: not known
        alter table urls add column is_index integer not null default 0;    -- 1: a sitemap of sitemaps

        -- the order in which a source's pages are asked for: claim() walks it and stops at its limit
        create index urls_queue on urls
            (source, fetched_at is not null, coalesce(listed_at, first_seen_at) desc, id)
            where kind = 'page' and due_at is not null;
        -- the lists of pages of a source, few among many pages
        create index urls_documents on urls (source, due_at) where kind <> 'page';
        -- what a run has not come to, source by source
        create index run_urls_waiting on run_urls (run_id, source) where outcome = 'waiting';
        """,
    )


@migrations()
def m005_nights(db: Database) -> None:
    """What each night was for each source: its figures and the verdict on them."""
    run_script(
        db,
        """
        create table nights (
            run_id integer primary key references runs(id),
            judged_at text not null
        ) strict;

        create table source_nights (
            run_id integer not null references nights(run_id),
            source text not null references sources(id),
            figures text not null,                  -- JSON object: archive/health/figures.py
            verdict text not null,                  -- a Health: archive/health/verdicts.py
            evidence text not null,                 -- JSON list of sentences
            primary key (source, run_id)
        ) strict, without rowid;
        create index source_nights_run on source_nights (run_id);
        -- what a night asked for and got
        create index captures_run on captures (run_id, source, status, payload_size);
        """,
    )


@migrations()
def m006_backfill(db: Database) -> None:
    """Where a capture was borrowed from; how far each backfill has got, and the pages that it has yet to ask for."""
    run_script(
        db,
        """
        -- URL in a web archive, or WARC file of others @ offset; null: asked of the site itself
        alter table captures add column origin text;

        -- What the operator asked for. The same words again go on with it until it is finished.
        create table backfills (
            id integer primary key,
            wish text not null,                     -- JSON object: source, days, ways, places
            started_at text not null,
            finished_at text                        -- null: there is more to do
        ) strict;

        -- Documents and WARC files of a backfill, read one after the other, newest first.
        create table backfill_steps (
            id integer primary key,
            backfill_id integer not null references backfills(id),
            way text not null check (way in ('sitemaps', 'sections', 'cdx', 'warc')),
            place text not null,                    -- a URL, or the path of a file
            newest text not null,                   -- the last day that it may hold pages of: YYYY-MM-DD
            listed_by text not null,                -- what led to it
            continues integer not null,             -- 1: it is the next, older part of the list that led to it
            guessed integer not null default 0,     -- 1: nothing led to it but the way that others are written
            offset integer not null default 0,      -- bytes of a WARC file that have been gone through
            tries integer not null default 0,       -- failures
            done text,                              -- what came of it, in a few words; null: still to do
            unique (backfill_id, place)
        ) strict;
        -- the next step to take
        create index backfill_steps_left on backfill_steps (backfill_id, newest desc, id) where done is null;

        -- Pages that a backfill has found and not settled yet. Nights do not ask for them.
        create table backfill_pages (
            backfill_id integer not null references backfills(id),
            url_id integer not null references urls(id),
            newest text not null,                   -- its day as far as known, else the last one that it may be of
            copy text,                              -- where a web archive has it; null: its site is asked
            tries integer not null default 0,
            primary key (backfill_id, url_id)
        ) strict, without rowid;
        create index backfill_pages_newest on backfill_pages (backfill_id, newest desc, url_id);
        """,
    )


@migrations()
def m007_renderings(db: Database) -> None:
    """What a browser made of an answer: which answer."""
    run_script(
        db,
        """
        -- the answer whose scripts a browser ran; null: as it came. Of such a row, status is null
        alter table captures add column made_from integer references captures(id);
        """,
    )


@migrations()
def m008_facts(db: Database) -> None:
    """What search filters and counts by, in narrow rows and in the index; scripts without spaces; marks as letters."""
    run_script(
        db,
        """
        drop trigger articles_ai;
        drop trigger articles_ad;
        drop trigger articles_au;
        drop table articles_fts;

        -- JSON object: indexed columns, with a separator between the signs of scripts without spaces; null: has none
        alter table articles add column spaced text;

        -- The values that articles are filtered and counted by, each with the number that stands for it.
        create table facet_values (
            id integer primary key,
            field text not null,
            value text not null,
            unique (field, value)
        ) strict;
        insert into facet_values (id, field, value) values (1, 'is', ''), (2, 'is', 'revised'), (3, 'is', 'gone');

        -- An article in a narrow row: archive/facts.py. Times are seconds since 1970.
        create table facts (
            seq integer primary key,
            words integer not null,
            revision integer not null,
            published integer,
            modified integer,
            first_seen integer not null,
            last_seen integer not null,
            retrieved integer,                      -- when the capture of its present text was fetched
            gone integer,
            one text not null,                      -- of fields with one value; each number after a letter
            many text not null                      -- of tags and authors
        ) strict;

        -- What the index reads.
        create view articles_indexed as
            select a.seq as seq,
                   coalesce(a.spaced ->> 'title', a.title) as title,
                   coalesce(a.spaced ->> 'authors', a.authors) as authors,
                   coalesce(a.spaced ->> 'description', a.description) as description,
                   coalesce(a.spaced ->> 'body', a.body) as body,
                   f.one || ' ' || f.many as facts
            from articles a cross join facts f on f.seq = a.seq;

        create virtual table articles_fts using fts5(
            title, authors, description, body, facts,
            content='articles_indexed', content_rowid='seq',
            tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'",
            prefix='3'
        );
        """,
    )
    for (seq,) in db.execute("select seq from articles").fetchall():
        (texts,) = db.query(f"select {', '.join(INDEXED)} from articles where seq = ?", [seq])  # noqa: S608 (our words)
        signs = spaced_columns(texts)
        if signs is not None:
            db.execute("update articles set spaced = ? where seq = ?", [signs, seq])
    run_script(
        db,
        f"""
        insert into facet_values (field, value) {values_of_all("true")};
        {facts_of("from articles new")}
        insert into articles_fts (articles_fts) values ('rebuild');
        {TRIGGERS}
        """,  # noqa: S608 (our own words)
    )


@migrations()
def m009_stories_and_edits(db: Database) -> None:
    """Which articles are one story and what they are looked up by; what each revision changed; what is still to do."""
    run_script(
        db,
        """
        -- Articles that are copies of one another, or hold one another. One that is alone has no row.
        create table story_members (
            article_id text primary key references articles(id) on delete cascade,
            story text not null,                    -- id of the member that was stored first
            share real not null,                    -- part of the shorter text that it has in common with nearest
            nearest text                            -- the member that it was found by; null: it was there first
        ) strict, without rowid;
        create index story_members_story on story_members (story);

        -- What every article is looked up by: archive/stories/shingles.py.
        create table story_texts (
            number integer primary key,             -- in the order in which they were stored
            article_id text not null unique,
            source text not null,
            day integer not null,                   -- of publication, else of the first fetch: 1 is 0001-01-01
            prints blob not null,                   -- chosen shingles, four bytes each
            agency text,                            -- that the text names as its own source; null: none
            agency_origin text,                     -- byline, dateline or signature
            agency_evidence text
        ) strict;
        create table story_prints (
            print integer not null,
            number integer not null,
            primary key (print, number)
        ) strict, without rowid;

        -- Articles that are new, changed or gone and not taken up yet.
        create table story_due (
            article_id text primary key,
            story text                              -- that a deleted one was in
        ) strict;
        insert into story_due (article_id) select id from articles order by seq;
        create trigger articles_story_ai after insert on articles begin
            insert or ignore into story_due (article_id) values (new.id);
        end;
        create trigger articles_story_au after update of content_hash on articles
        when old.content_hash <> new.content_hash begin
            insert or ignore into story_due (article_id) values (new.id);
        end;
        create trigger articles_story_bd before delete on articles begin
            insert or replace into story_due (article_id, story)
            values (old.id, (select story from story_members where article_id = old.id));
        end;

        -- What each revision of an article changed: archive/edits/kinds.py.
        create table edits (
            article_id text not null references articles(id) on delete cascade,
            revision integer not null,              -- the later one
            at text not null,                       -- since when the site was seen to show it
            kinds text not null,                    -- JSON list
            words_added integer not null,
            words_removed integer not null,
            primary key (article_id, revision)
        ) strict, without rowid;
        -- the newest edits first
        create index edits_at on edits (at);

        -- Articles of which a revision came in, or was numbered anew, since their edits were last looked at.
        create table edits_due (article_id text primary key) strict;
        insert into edits_due (article_id) select distinct article_id from revisions;
        create trigger revisions_edits_ai after insert on revisions begin
            insert or ignore into edits_due (article_id) values (new.article_id);
        end;
        create trigger revisions_edits_au after update of revision, title, body on revisions begin
            insert or ignore into edits_due (article_id) values (new.article_id);
        end;
        create trigger revisions_edits_ad after delete on revisions begin
            insert or ignore into edits_due (article_id) values (old.article_id);
        end;
        """,
    )


@migrations()
def m010_care(db: Database) -> None:
    """What was taken down and is never kept again; runs that are told apart in any archive; captures found damaged."""
    run_script(
        db,
        """
        -- given by chance when it begins, so that a run is known again in a copy; null: begun before there was this
        alter table runs add column uid text;
        -- when verify --repair found that the WARC does not hold it; null: it does, as far as known
        alter table captures add column damaged_at text;

        -- What was taken down, and on whose word.
        create table tombstones (
            id integer primary key,
            scope text not null check (scope in ('page', 'domain')),
            name text not null,                     -- the URL or the domain
            article_id text,                        -- of the record; null: it had none
            canonical_url text,
            source text,
            reason text not null,
            who text not null,
            at text not null,
            digests text not null,                  -- JSON list: of the payloads that were kept of it
            scrubbed integer not null default 0,    -- 1: no unused page of the database holds its text any more
            unique (scope, name, at)
        ) strict;

        -- What is refused because of it: id: and the id that an address gives, host: and a domain.
        create table tombstone_keys (
            key text primary key,
            tombstone_id integer not null references tombstones(id)
        ) strict, without rowid;
        create index tombstone_keys_tombstone on tombstone_keys (tombstone_id);

        -- Records of WARC files that are overwritten in their place: what stands there instead, and whether it does.
        create table erasures (
            warc_file_id integer not null references warc_files(id),
            offset integer not null,
            length integer not null,                -- of the gzip member, as before
            tombstone_id integer not null references tombstones(id),
            record_id text not null,                -- WARC-Record-ID, as before
            url text not null,
            digest text,                            -- of the payload that stood there; null: it had none of its own
            done integer not null default 0,
            primary key (warc_file_id, offset)
        ) strict, without rowid;
        create index erasures_pending on erasures (tombstone_id) where not done;
        """,
    )


@migrations()
def m011_revisits(db: Database) -> None:
    """Answers that repeat a payload; the records' ids; what a killed run left, and what was done with it."""
    run_script(
        db,
        """
        -- the answer whose payload this one repeats, which is not kept again; null: it has its own
        alter table captures add column payload_id integer references captures(id);
        -- WARC-Record-ID; null: written before it was noted here
        alter table captures add column record_id text;
        -- who repeats a payload that is to be removed or moved
        create index captures_payload on captures (payload_id) where payload_id is not null;
        -- what the start after it found of this run in the WARC files: a JSON object; null: nothing
        alter table runs add column recovered text;
        """,
    )


@migrations()
def m012_generations(db: Database) -> None:
    """Which template made a record; cleaning done again, what is left of it to do, and what it replaced."""
    run_script(
        db,
        """
        -- Template.digest of what its source was known to repeat; null: nothing, or the record is from before this
        alter table articles add column template text;

        -- The same table, open to further kinds of runs.
        create table runs_of_all_kinds (
            id integer primary key,
            kind text not null,                     -- crawl, import, reextract …
            started_at text not null,
            finished_at text,                       -- null: running, or killed
            status text not null check (status in ('running', 'finished', 'interrupted', 'crashed')),
            software text not null,
            arguments text not null,                -- JSON object
            uid text,                               -- as in m010_care
            recovered text                          -- as in m011_revisits
        ) strict;
        insert into runs_of_all_kinds
            select id, kind, started_at, finished_at, status, software, arguments, uid, recovered from runs;
        drop table runs;
        alter table runs_of_all_kinds rename to runs;

        -- Cleaning done again, each time under one name: archive/generations/.
        create table generations (
            id integer primary key,
            asked text not null,                    -- JSON object: what was to be cleaned
            extractor text not null,                -- that did it, with versions
            begun_at text not null,
            finished_at text,                       -- null: there is more to do
            undone_at text,                         -- the former values were put back; null: it stands
            tally text not null default '{}'        -- JSON object: archive/generations/tally.py
        ) strict;

        -- Captures of a generation that are still to be cleaned, in the order in which they are read.
        create table generation_queue (
            generation_id integer not null references generations(id),
            warc_file_id integer not null references warc_files(id),
            offset integer not null,
            capture_id integer not null references captures(id),
            article_id text,                        -- that has a text of it; null: a page that is none
            primary key (generation_id, warc_file_id, offset)
        ) strict, without rowid;

        -- What a generation replaced. A text is known by its article and capture: its revision's number may change.
        create table former_texts (
            article_id text not null references articles(id) on delete cascade,
            capture_id integer not null references captures(id),
            generation_id integer not null references generations(id),
            former text not null,                   -- JSON object: column → its value before, of those that changed
            facets text not null default '[]',      -- JSON list of {id, field, value} that no article had any more
            primary key (article_id, capture_id, generation_id)
        ) strict;
        create index former_texts_generation on former_texts (generation_id);

        -- Pages that were no articles before a generation.
        create table former_pages (
            generation_id integer not null references generations(id),
            url_id integer not null references urls(id),
            article_id text,                        -- that it made of the page; null: it is none still
            former text not null,                   -- JSON object: the ledger's columns as they were
            primary key (generation_id, url_id)
        ) strict, without rowid;
        """,
    )


@migrations()
def m013_bitmaps(db: Database) -> None:
    """Which articles have which values and which common words, a bit each: archive/bitmaps.py."""
    run_script(
        db,
        """
        -- The bitmap index as it was last made; no row: there is none.
        create table bitmap_index (
            id integer primary key check (id = 1),
            token text not null,                    -- another each time it is made
            articles integer not null               -- how many it is of
        ) strict;

        create table bitmap_parts (
            name text primary key,
            data blob not null
        ) strict;

        -- Articles that came, changed or went since.
        create table bitmap_due (seq integer primary key) strict;
        create trigger facts_bitmap_ai after insert on facts when exists (select 1 from bitmap_index) begin
            insert or ignore into bitmap_due (seq) values (new.seq);
        end;
        create trigger facts_bitmap_au after update of words, published, modified, first_seen, retrieved on facts
        when exists (select 1 from bitmap_index) and (
            new.words is not old.words or new.published is not old.published or new.modified is not old.modified
            or new.first_seen is not old.first_seen or new.retrieved is not old.retrieved
        ) begin
            insert or ignore into bitmap_due (seq) values (new.seq);
        end;
        create trigger facts_bitmap_ad after delete on facts when exists (select 1 from bitmap_index) begin
            insert or ignore into bitmap_due (seq) values (old.seq);
        end;
        """,
    )


@migrations()
def m014_imports(db: Database) -> None:
    """How far each file of others has been taken in; repeats of payloads that have not come yet."""
    run_script(
        db,
        """
        -- The same file under the same wish again goes on where the last run ended, or is done.
        create table imports (
            id integer primary key,
            digest text not null,                   -- of the file: archive/imports.py
            wish text not null,                     -- JSON object: source, filters, columns
            name text not null,                     -- under which it was last given
            place text not null,                    -- where its next record begins
            counts text not null default '{}',      -- JSON: outcome, or why passed over → records
            started_at text not null,
            finished_at text,                       -- null: there is more to do
            problem text,                           -- what could not be read of it
            unique (digest, wish)
        ) strict;

        -- WARC revisit records: a page was seen again, as another record has it.
        create table import_repeats (
            url text not null,
            at text not null,                       -- when it was seen again
            digest text,                            -- of the payload; null: the site said that nothing had changed
            of_url text not null,                   -- whose payload it is
            of_at text,                             -- as it was then; null: not said
            source text not null references sources(id),
            origin text not null,                   -- FILE@OFFSET of the record
            primary key (url, at)
        ) strict, without rowid;
        """,
    )


def check_ours(db: Database, path: str) -> None:
    """Raise NotAnArchive unless the database is empty or ours and not from a later version."""
    (application_id,) = db.execute("pragma application_id").fetchone()
    (objects,) = db.execute("select count(*) from sqlite_master").fetchone()
    if application_id != APPLICATION_ID and objects:
        raise NotAnArchive(f"{path} is a database of another program; name a folder with a nightdesk archive")
    ours = {m.name for m in migrations._migrations}
    ahead = sorted({m.name for m in migrations.applied(db)} - ours)
    if ahead:
        raise NotAnArchive(
            f"{path} was written by a later nightdesk (it has {ahead[-1]}); upgrade nightdesk to open it"
        )


def steps_missing(db: Database) -> int:
    """How many migrations a database of ours has not seen yet."""
    return len({m.name for m in migrations._migrations} - {m.name for m in migrations.applied(db)})


def migrate(db: Database, path: str) -> None:
    """Bring the database to the present schema; each step in a transaction of its own."""
    check_ours(db, path)
    with db.ensure_autocommit_on():
        db.execute("pragma journal_mode = wal")
        db.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(db)
