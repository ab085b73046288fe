"""Five newspapers that do not exist, served on loopback: the newcomer's first crawl and the tests' site."""

from crawler.demo.internet import DemoInternet
from crawler.demo.newsstand import PAPERS

__all__ = ["PAPERS", "DemoInternet"]
