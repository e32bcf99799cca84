# The portal and the tick. No torch, no AutoGluon. Build from the repository's root: docker build -f docker/portal.Dockerfile .
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
RUN python3 -m venv /opt/venv
COPY requirements/portal.txt requirements/lock.txt /tmp/requirements/
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -q \
    -r /tmp/requirements/portal.txt -c /tmp/requirements/lock.txt

FROM ${BASE}
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin automl \
 && install -d -o automl -m 0700 /data /run/automl
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/automl
COPY manage.py ./
COPY automl_portal automl_portal
COPY domains domains
COPY locale locale
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    AUTOML_DATA_DIR=/data AUTOML_RUN_DIR=/run/automl AUTOML_LOG_DIR=/run/automl/logs AUTOML_HOST=0.0.0.0 PORT=8000
USER automl
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-m", "automl_portal.processes.health"]
CMD ["python", "-m", "automl_portal.processes", "--verbose", "--only", "portal"]
