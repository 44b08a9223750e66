# Matchframe in containers: `docker build --target web|worker|runner .`
# The image runs from the source tree; docs/operations.md says how the parts fit together and what was tried.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    HOME=/tmp
# The folders exist here so that a fresh volume mounted over them belongs to the user that writes to it.
RUN groupadd --gid 10001 matchframe \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin matchframe \
    && mkdir -m 700 /data /artifacts /hashes \
    && chown 10001:10001 /data /artifacts /hashes \
    && mkdir /weights
WORKDIR /app
COPY requirements/pip.txt requirements/web.txt requirements/runner.txt requirements/
RUN python3 -m venv /opt/venv \
    && pip install --no-cache-dir -r requirements/pip.txt


FROM base AS app
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir -r requirements/web.txt
COPY manage.py LICENSE ./
COPY templates templates
COPY static static
COPY presets_app presets_app
ENV DJANGO_SETTINGS_MODULE=presets_app.config.settings \
    MATCHFRAME_DATA=/data \
    MATCHFRAME_ARTIFACTS=/artifacts \
    MATCHFRAME_WEIGHTS=/weights \
    MATCHFRAME_STATIC=/opt/static
RUN python manage.py collectstatic --noinput --verbosity 0
VOLUME ["/data", "/artifacts"]
USER 10001:10001


FROM app AS worker
STOPSIGNAL SIGTERM
# Process 1 itself, so that SIGTERM reaches it alone and the job at hand is finished first.
CMD ["python", "manage.py", "worker", "results", "default"]


FROM base AS runner
# Torch by itself and first: the exact pin takes the wheel that the index offers for this machine, and the layer is
# kept when anything else changes.
RUN grep '^torch==' requirements/runner.txt > /tmp/torch.txt \
    && pip install --no-cache-dir -r /tmp/torch.txt \
    && rm /tmp/torch.txt
# Of the web side's pins only what the runner imports; Django, git and the HTTP client stay out.
RUN sed 's/\[[a-z]*\]//' requirements/web.txt > /tmp/pins.txt \
    && pip install --no-cache-dir -c /tmp/pins.txt -r requirements/runner.txt \
       av jsonschema numpy pillow redis referencing rq ruamel.yaml \
    && rm /tmp/pins.txt
COPY LICENSE ./
COPY presets_app/__init__.py presets_app/__init__.py
COPY presets_app/core presets_app/core
COPY presets_app/artifacts presets_app/artifacts
COPY runner runner
ENV MATCHFRAME_ARTIFACTS=/artifacts \
    MATCHFRAME_WEIGHTS=/weights
VOLUME ["/artifacts"]
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "runner"]
CMD ["--queue", "gpu:local"]


# Last, so that a build without --target is the web server.
FROM app AS web
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn", "presets_app.config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--worker-tmp-dir", "/tmp", "--timeout", "120", "--graceful-timeout", "10", "--access-logfile", "-"]
