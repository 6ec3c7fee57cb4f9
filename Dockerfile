# syntax=docker/dockerfile:1
# One file, four images: docker build --target bot | worker | redis | queue-dashboard .
ARG PYTHON=3.11-slim-bookworm
ARG REDIS=7.2-bookworm

# What ours begin with: the user. /run/moemoji is the same in all images, since a volume takes its
# owner from whichever container is made first: Redis (999) writes its password, our group reads it.
FROM python:${PYTHON} AS base
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp
RUN groupadd --gid 10001 moemoji \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin moemoji \
    && install --directory --owner 999 --group 10001 --mode 2750 /run/moemoji \
    && install --directory --owner 10001 --group 10001 /var/lib/moemoji/packs
WORKDIR /srv

# The virtual environment has no pip of its own: the base image's installs into it.
FROM base AS build-bot
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ONLY_BINARY=:all:
RUN python -m venv --without-pip /venv
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY generator generator
COPY worker worker
COPY bot bot
RUN pip --python /venv/bin/python install --constraint constraints.txt --no-binary moemoji ".[chat,sentry]"
# Weights are for workers.
RUN find /venv -type d -name tests -prune -exec rm -rf {} + \
    && find /venv -name "*.safetensors" -delete

FROM base AS build-worker
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ONLY_BINARY=:all:
# PyTorch's own index of CPU builds; empty: the build that pip finds, which on Linux has CUDA.
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
RUN python -m venv --without-pip /venv
WORKDIR /src
COPY constraints.txt ./
# On its own layer, since it is large and seldom changes; what it needs comes below.
RUN pip --python /venv/bin/python install --no-deps --constraint constraints.txt ${TORCH_INDEX_URL:+--index-url "${TORCH_INDEX_URL}"} torch
COPY pyproject.toml README.md LICENSE ./
COPY generator generator
COPY worker worker
COPY bot bot
# MediaPipe asks for the OpenCV that opens windows, by way of libGL and GLib, which a slim image does
# not have. The one without windows is the same module and needs nothing.
RUN pip --python /venv/bin/python install --constraint constraints.txt --no-binary moemoji ".[worker,packs,sentry]" \
    && pip --python /venv/bin/python uninstall --yes opencv-contrib-python \
    && pip --python /venv/bin/python install --no-deps --constraint constraints.txt opencv-contrib-python-headless

FROM base AS bot
LABEL org.opencontainers.image.title="Moemoji frontends" \
      org.opencontainers.image.description="Answers in Discord and Telegram" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build-bot /venv /venv
USER 10001:10001
ENTRYPOINT ["python", "-m", "bot"]
CMD ["doctor"]

FROM base AS worker
LABEL org.opencontainers.image.title="Moemoji worker" \
      org.opencontainers.image.description="Draws avatars" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build-worker /venv /venv
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s CMD ["python", "-m", "worker", "health"]
ENTRYPOINT ["python", "-m", "worker"]

FROM redis:${REDIS} AS redis
LABEL org.opencontainers.image.title="Moemoji Redis" \
      org.opencontainers.image.description="Redis that makes its own password" \
      org.opencontainers.image.licenses="BSD-3-Clause"
COPY deploy/redis /etc/moemoji
RUN install --directory --owner 999 --group 10001 --mode 2750 /run/moemoji \
    && install --directory --owner 999 --group 999 --mode 0700 /data
USER 999:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["sh", "/etc/moemoji/health.sh"]
ENTRYPOINT ["sh", "/etc/moemoji/start.sh"]

FROM base AS queue-dashboard
LABEL org.opencontainers.image.title="Moemoji queue dashboard" \
      org.opencontainers.image.description="rq-dashboard, read only" \
      org.opencontainers.image.licenses="BSD-2-Clause"
COPY deploy/queue-dashboard /etc/moemoji
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --no-deps --requirement /etc/moemoji/requirements.txt
USER 10001:10001
ENTRYPOINT ["sh", "/etc/moemoji/start.sh"]
