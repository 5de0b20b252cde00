# docs/guide/container.md says how this is built, run and verified, and how a base is moved.
ARG BUILD_BASE=docker.io/library/node:24.21.0-bookworm-slim@sha256:2fe369e969550cde8e867afc3fe370b260140cab4a23d467074295b42163d553
ARG RUN_BASE=gcr.io/distroless/cc-debian13:nonroot@sha256:e792ab3d241a468a4fd7519ddbbebe66b49b5f365771716ea688ad40b6c6f1c2

# The bundle is the same for every platform, so it is built on the machine's own one. No step runs a program of the target.
FROM --platform=$BUILDPLATFORM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts --include=dev --include=optional
WORKDIR /target
ARG TARGETARCH
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts --omit=dev --include=optional \
  --os=linux --libc=glibc --cpu="$(echo "$TARGETARCH" | sed s/amd64/x64/)"
WORKDIR /src
COPY . .
ARG SOURCE_DATE_EPOCH
RUN node_modules/.bin/node scripts/image/assemble.ts /target /image "${SOURCE_DATE_EPOCH:-0}"

FROM ${RUN_BASE}
ARG REVISION
ARG VERSION
COPY --from=build /image/ /
# The base names a file of authorities there. The gateway trusts only those that Node contains, and refuses the variable.
ENV SSL_CERT_FILE=""
# Replaces `server.port`, so that the health check knows the port.
ENV PORT=8080
LABEL org.opencontainers.image.title="comporta" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
WORKDIR /etc/comporta
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/opt/node/bin/node", "/opt/comporta/bin/health.js"]
ENTRYPOINT ["/opt/node/bin/node", "/opt/comporta/bin/comporta.js"]
CMD ["serve"]
