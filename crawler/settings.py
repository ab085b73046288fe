"""The crawl's knobs on one screen. Scrapy's own keep their names; ours begin with NIGHTDESK_."""

from crawler.addon import NightdeskAddon

BOT_NAME = "nightdesk"
SPIDER_MODULES = ["crawler.spiders"]
ADDONS = {NightdeskAddon: 0}

# The archive's sources.toml gives USER_AGENT (with the contact), DOWNLOAD_DELAY, each host's DOWNLOAD_SLOTS and
# NIGHTDESK_WORKERS (processes that clean pages; 0: one per core): crawler/addon.py. `-s NAME=…` overrules it.
ROBOTSTXT_OBEY = True

# ---- pace ----------------------------------------------------------------------------------------------
CONCURRENT_REQUESTS = 64  # over all hosts
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # an answer gives one item at most; Scrapy starts this many tasks for every answer
DOWNLOAD_DELAY_JITTER = 0  # a delay is a promise: never undercut
DOWNLOAD_TIMEOUT = 60  # seconds for a whole answer
RETRY_TIMES = 1  # within the run, for network faults; a later run asks again anyway
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # not 429 and 503: those ask for patience
REDIRECT_MAX_TIMES = 6
NIGHTDESK_LONGEST_PAUSE = 300.0  # seconds that a run waits for a host that asks for patience; for more, the next run
NIGHTDESK_ROBOTS_HOURS = 24.0  # a stored robots.txt is used so long without asking again, a day at most; 0: never
URLLENGTH_LIMIT = 0  # Scrapy would drop a long URL without a word; crawler/fetch/guard.py refuses it with a reason

# ---- bounds --------------------------------------------------------------------------------------------
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # bytes of one answer
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = False  # a body that ends early is kept, and refused as cut short
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 64 * 1024 * 1024  # bytes of answers being worked on; the backlog bounds it first
NIGHTDESK_MOST_DOCUMENTS = 500  # feeds, sitemaps, sections of a source that a run reads besides those declared
NIGHTDESK_SECONDS_PER_PAGE = 30.0  # for cleaning one page, then it is refused
NIGHTDESK_BACKLOG = 64  # pages waiting in memory to be cleaned; the rest waits in the WARC
NIGHTDESK_GRACE_SECONDS = 5.0  # for what is under way when the crawl is asked to stop
NIGHTDESK_COMMIT_SECONDS = 1.0  # between two commits: what a power cut may cost
NIGHTDESK_MAX_RENDERS = 200  # pages of one source given to a browser in one run; the rest waits; 0: no limit
NIGHTDESK_BROWSER_PAGES = 2  # in the browser at once
NIGHTDESK_RENDER_SECONDS = 20.0  # for one page
NIGHTDESK_RENDER_REQUESTS = 60  # that one page's scripts may lead to
NIGHTDESK_RENDER_BYTES = 16 * 1024 * 1024  # that these may bring

# ---- where ---------------------------------------------------------------------------------------------
NIGHTDESK_ARCHIVE = "."  # folder of the archive
NIGHTDESK_SOURCES = ""  # names, separated by commas; empty: all
NIGHTDESK_URLS: list[str] = []  # further pages to fetch, each on the site of one of the sources
NIGHTDESK_LIMIT = 0  # pages asked for per source; 0: each source's max_pages
NIGHTDESK_REVISIT = "due"  # due, lists or all: which of what is known is asked for again before it is due
NIGHTDESK_MAX_REQUESTS = 0  # of the whole run; 0: no limit
NIGHTDESK_MAX_BYTES = 0  # the same, of bodies as they came
NIGHTDESK_SOURCE_REQUESTS = 0  # of each source that has no max_requests of its own
NIGHTDESK_SOURCE_BYTES = 0  # of each source that has no max_bytes of its own
NIGHTDESK_DEADLINE = ""  # ISO 8601, with a zone: nothing is begun after it
NIGHTDESK_PURPOSE = "crawl"  # what a second process is told that this one is doing
NIGHTDESK_BACKFILL: dict[str, object] = {}  # what of the past `scrapy crawl backfill` is to fetch
NIGHTDESK_DRY_RUN = False  # read feeds, sitemaps and fronts; fetch no article, keep nothing
NIGHTDESK_SAMPLE = 0  # in a dry run: pages of each source that are fetched and cleaned all the same, to be shown
NIGHTDESK_BRIEF = False  # in a dry run: read the newest few of many sitemaps, and the first of several parts

# ---- what is on the wire -------------------------------------------------------------------------------
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "*",
    "Accept-Encoding": "gzip, deflate",  # as stored; every WARC tool reads these, few read zstd
}
COOKIES_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {  # http and https, nothing else
    "http": "crawler.fetch.handler.BoundedHandler",
    "https": "crawler.fetch.handler.BoundedHandler",
    **dict.fromkeys(("data", "file", "ftp", "s3")),
}
HTTPERROR_ALLOW_ALL = True  # every answer is kept, and judged by the spider
METAREFRESH_ENABLED = False
DOWNLOADER = "crawler.fetch.halt.HaltingDownloader"  # Scrapy's, but it can be stopped within seconds
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the ledger knows what was asked

# ---- consoles that let others into a crawl: off --------------------------------------------------------
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

LOG_LEVEL = "INFO"
LOG_SCRAPED_ITEMS = False
