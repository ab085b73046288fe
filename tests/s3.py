"""Run by the programs' virtualenv: a file of random bytes to a server that speaks S3, read there by range, and back.

There is no nightdesk in that virtualenv. archive/warcstore.py needs of it only archive/errors.py, so the package is
found by its folder, and its ``__init__``, which brings all the rest, is not run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

package = ModuleType("archive")
package.__path__ = [str(Path(__file__).parent.parent / "archive")]
sys.modules["archive"] = package


def main() -> None:
    """Print what was found, a line each."""
    from moto.server import ThreadedMotoServer

    from archive.warcstore import bring_back, move_out, moved_to, open_warc, read_range

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= {
        "FSSPEC_S3_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    import fsspec

    fsspec.config.set_conf_env(fsspec.config.conf)
    store = fsspec.filesystem("s3")
    store.mkdir("bucket")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.warc.gz"
        data = os.urandom(7_000_000)  # more than is read ahead
        path.write_bytes(data)
        moved = move_out(path, "s3://bucket/warc/2026/a.warc.gz")
        print("moved", not path.exists(), store.size("bucket/warc/2026/a.warc.gz") == len(data) == moved.size)
        print("range", read_range(path, 6_000_000, 900) == data[6_000_000:6_000_900])
        with open_warc(path) as file:
            print("whole", file.read() == data)
        store.rm_file("bucket/warc/2026/a.warc.gz")
        try:
            read_range(path, 0, 10)
        except OSError as error:
            print("gone", error.filename == moved.url)
        store.pipe_file("bucket/warc/2026/a.warc.gz", data)
        store.invalidate_cache()
        print("back", bring_back(path), path.read_bytes() == data, moved_to(path) is None)
        print("left", store.exists("bucket/warc/2026/a.warc.gz"))
    server.stop()


if __name__ == "__main__":
    main()
