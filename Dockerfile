# One image for the gateway and for every service: what a container is, its command says (`run finance`).

FROM python:3.11-slim AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/venv
COPY requirements.lock /app/
RUN /opt/venv/bin/pip install --require-hashes --requirement /app/requirements.lock
COPY . /app/
# Editable, as in a checkout: services are found by their folders, and data files lie beside the code.
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation --editable /app \
    && /opt/venv/bin/python -m compileall -q /app

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/xiehui xiehui
COPY --from=builder /opt/venv /opt/venv
COPY --from=builder /app /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# A new volume takes over whose folder it covers: the gateway keeps its last good manifests in the one, and mail is
# written into the other where no server takes it.
RUN install --directory --owner=xiehui /state && install --directory --owner=xiehui --mode=0700 /mail
# Code belongs to root; only here may the process write.
WORKDIR /var/lib/xiehui
USER xiehui
ENTRYPOINT ["xiehui"]
