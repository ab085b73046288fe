# nightdesk in a container: the archive's folder is mounted at /archive.
#
#   docker build -t nightdesk .
#   docker run --rm -v "$PWD/my-archive:/archive" --user "$(id -u):$(id -g)" nightdesk nightly
FROM python:3.12-slim

# A process of its own as number 1 would not hear SIGTERM as others do: tini passes it on.
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY archive archive
COPY pipelines pipelines
COPY crawler crawler
RUN PIP_CONSTRAINT=constraints.txt pip install --no-cache-dir '.[langid,web]' \
    && useradd --uid 10001 --create-home nightdesk \
    && mkdir /archive && chown nightdesk /archive

USER nightdesk
VOLUME /archive
ENV NIGHTDESK_ARCHIVE=/archive PYTHONUNBUFFERED=1
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "nightdesk"]
CMD ["nightly"]
