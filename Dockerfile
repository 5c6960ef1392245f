# syntax=docker/dockerfile:1
# mpcrm for production: one image for web, worker, beat and the migration step.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/mpcrm
RUN python -m venv /srv/venv
COPY requirements.txt requirements-node.txt ./
RUN /srv/venv/bin/pip install --require-hashes -r requirements.txt \
    && python -m venv /srv/node \
    && /srv/node/bin/pip install --require-hashes -r requirements-node.txt
COPY . .
RUN /srv/node/bin/python scripts/assets.py \
    && DEBUG=off SECRET_KEY=only-while-building /srv/venv/bin/python manage.py collectstatic --no-input \
    && rm -rf node_modules

FROM python:3.11-slim-bookworm
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /srv/mpcrm --shell /usr/sbin/nologin mpcrm
COPY --from=build /srv/venv /srv/venv
COPY --from=build /srv/mpcrm /srv/mpcrm
WORKDIR /srv/mpcrm
USER 10001
EXPOSE 8000
CMD ["gunicorn", "mpcrm.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--max-requests", "5000", "--max-requests-jitter", "500", "--access-logfile", "-", "--logger-class", "mpcrm.web_log.WebLog", "--no-control-socket"]
