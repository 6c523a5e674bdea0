FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt \
 && python -m venv /opt/qarun \
 && /opt/qarun/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN /opt/build/bin/python -m hatchling build -t wheel \
 && /opt/qarun/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.11-slim
COPY --from=build /opt/qarun /opt/qarun
RUN useradd --system --user-group --uid 10001 --home-dir /data --create-home qarun
USER 10001
# Only /data is written to: the root file system may be read-only.
WORKDIR /data
VOLUME /data
# HOME: slack_sdk wants one, which a user of another number (`--user`) would not have.
ENV PATH=/opt/qarun/bin:$PATH \
    HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    QARUN_HOST=0.0.0.0 \
    QARUN_PORT=3000 \
    QARUN_DATABASE_URL=sqlite:////data/qarun.db
EXPOSE 3000
# Not urllib: it would send this through a proxy that HTTP_PROXY names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['QARUN_PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["qarun"]
CMD ["serve"]
