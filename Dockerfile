# syntax=docker/dockerfile:1
# Two images:
#   docker build -t blazon:gpu .                 paints with FLUX on an NVIDIA GPU
#   docker build -t blazon:cpu --target cpu .    draws with the vector engine, without torch; also the server in
#                                                front of replicas that paint
# See docs/deploy/docker.md. To pin a base for good, give it with its digest: --build-arg CPU_BASE=debian@sha256:...
ARG CPU_BASE=debian:bookworm-slim
ARG GPU_BASE=nvidia/cuda:13.0.2-base-ubuntu24.04

# --- The source as a wheel, for both ---
FROM ${CPU_BASE} AS wheel
ENV PIP_CACHE_DIR=/var/cache/pip
ARG HATCHLING=1.27.0
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /opt/build
RUN --mount=type=cache,target=/var/cache/pip \
    /opt/build/bin/pip install "hatchling==${HATCHLING}"
WORKDIR /source
COPY pyproject.toml README.md LICENSE ATTRIBUTION.md ./
COPY src src
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

# --- Vector engine ---
FROM ${CPU_BASE} AS cpu-python
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 tini \
    && rm -rf /var/lib/apt/lists/*

FROM cpu-python AS cpu-packages
ENV PIP_CACHE_DIR=/var/cache/pip
# Extras beside the core, such as "otel c2pa".
ARG EXTRAS=""
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY pyproject.toml constraints.txt deploy/list_requirements.py ./
# Before the source: a change of it installs none of these again.
# hadolint ignore=SC2086 -- several extras are several words
RUN --mount=type=cache,target=/var/cache/pip \
    python3 list_requirements.py ${EXTRAS} > requirements.txt \
    && python3 -m venv /opt/blazon \
    && /opt/blazon/bin/pip install --constraint constraints.txt --requirement requirements.txt
COPY --from=wheel /wheels /wheels
RUN /opt/blazon/bin/pip install --no-deps --no-index /wheels/*.whl && /opt/blazon/bin/pip check

FROM cpu-python AS cpu
RUN groupadd --gid 10001 blazon \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin blazon \
    && install --directory --owner=blazon --group=blazon --mode=0700 /data
COPY --from=cpu-packages /opt/blazon /opt/blazon
COPY deploy/healthcheck.py /opt/blazon/healthcheck.py
ENV PATH=/opt/blazon/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=7860 \
    DATA_DIR=/data \
    API_KEYS=required \
    ENGINE=vector
WORKDIR /data
VOLUME ["/data"]
EXPOSE 7860
USER 10001:10001
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/opt/blazon/bin/python", "/opt/blazon/healthcheck.py"]
ENTRYPOINT ["/usr/bin/tini", "--", "blazon"]
CMD ["serve"]

# --- FLUX: the libraries of CUDA that torch calls come with its wheels, the driver from the host ---
FROM ${GPU_BASE} AS gpu-python
# gcc and Python's headers: torch.compile builds the kernels of OPTIMIZE at the first start. wget: KubeRay asks the
# replicas by it whether they are well.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates gcc libc6-dev python3 python3-dev tini wget \
    && rm -rf /var/lib/apt/lists/*

FROM gpu-python AS gpu-packages
ENV PIP_CACHE_DIR=/var/cache/pip
ARG EXTRAS=""
# Index of the build of torch; PyPI's own is for CUDA. For another CUDA, the index of PyTorch for it.
ARG TORCH_INDEX=""
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY pyproject.toml constraints.txt deploy/list_requirements.py ./
# torch by itself: 3 GB that change once in a while. The pin has the version only, so it takes any build of it.
RUN --mount=type=cache,target=/var/cache/pip \
    python3 -m venv /opt/blazon \
    && /opt/blazon/bin/pip install ${TORCH_INDEX:+--index-url "${TORCH_INDEX}"} --constraint constraints.txt torch
# hadolint ignore=SC2086 -- several extras are several words
RUN --mount=type=cache,target=/var/cache/pip \
    python3 list_requirements.py gpu ${EXTRAS} > requirements.txt \
    && /opt/blazon/bin/pip install --constraint constraints.txt --requirement requirements.txt
COPY --from=wheel /wheels /wheels
RUN /opt/blazon/bin/pip install --no-deps --no-index /wheels/*.whl && /opt/blazon/bin/pip check

FROM gpu-python AS gpu
RUN groupadd --gid 10001 blazon \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin blazon \
    && install --directory --owner=blazon --group=blazon --mode=0700 /data /models
COPY --from=gpu-packages /opt/blazon /opt/blazon
COPY deploy/healthcheck.py /opt/blazon/healthcheck.py
# Models and compiled kernels are kept in one volume, so that the second start needs neither network nor compiler.
ENV PATH=/opt/blazon/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    HF_HOME=/models/huggingface \
    TORCHINDUCTOR_CACHE_DIR=/models/inductor \
    TRITON_CACHE_DIR=/models/triton \
    HOST=0.0.0.0 \
    PORT=7860 \
    DATA_DIR=/data \
    API_KEYS=required \
    ENGINE=flux \
    MODEL_NAME=auto
WORKDIR /data
VOLUME ["/data", "/models"]
EXPOSE 7860
USER 10001:10001
# A first start fetches up to 33 GB and compiles; until then the container is "starting", not "unhealthy".
HEALTHCHECK --interval=15s --timeout=5s --start-period=60m --retries=3 \
    CMD ["/opt/blazon/bin/python", "/opt/blazon/healthcheck.py"]
ENTRYPOINT ["/usr/bin/tini", "--", "blazon"]
CMD ["serve"]
