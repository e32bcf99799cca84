# A Celery worker with its fork server, or the scorer. Build from the repository's root: docker build -f docker/worker.Dockerfile .
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
# For NVIDIA GPUs: --build-arg TORCH=torch==2.13.0 --build-arg XGBOOST=xgboost==3.2.0
ARG TORCH=torch==2.13.0+cpu
ARG XGBOOST=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_QUIET=1
RUN python3 -m venv /opt/venv
COPY requirements/portal.txt requirements/worker.txt requirements/lock.txt /tmp/requirements/
# PyTorch keeps its builds for the CPU at an index of its own; asked for with the other build, that index would win with these.
RUN case "${TORCH}" in *+cpu) index="--extra-index-url https://download.pytorch.org/whl/cpu" ;; esac \
 && /opt/venv/bin/pip install --no-deps ${index:-} "${TORCH}" \
 && /opt/venv/bin/pip install -r /tmp/requirements/worker.txt -c /tmp/requirements/lock.txt
# AutoGluon asks for xgboost-cpu on Linux; both lie in the same folder, so the first must go before the other comes.
RUN if [ -n "${XGBOOST}" ]; then /opt/venv/bin/pip uninstall -y xgboost-cpu && /opt/venv/bin/pip install "${XGBOOST}"; fi

FROM ${BASE}
# libgomp: LightGBM and scikit-learn share OpenMP with it.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin automl \
 && install -d -o automl -m 0700 /data /run/automl
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/automl
COPY manage.py ./
COPY automl_portal automl_portal
COPY domains domains
COPY locale locale
COPY workers workers
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    AUTOML_DATA_DIR=/data AUTOML_RUN_DIR=/run/automl AUTOML_LOG_DIR=/run/automl/logs WORKER=fit
USER automl
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=30s --start-period=120s \
    CMD celery -A workers.celery inspect ping --timeout 10 --destination "$WORKER@$(hostname)"
CMD ["sh", "-c", "exec python -m automl_portal.processes --verbose --only forkserver \"$WORKER\""]
