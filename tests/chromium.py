"""The browser that tests look at pages with."""

from __future__ import annotations

import pytest

from crawler.fetch.browser import find_chromium

#: Its path; empty where there is none.
CHROMIUM = find_chromium() or ""
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine; .ci/run asks for one")
