# syntax=docker/dockerfile:1
# The command line in an image of its own: docs/containers.md.

FROM node:24-bookworm-slim AS base

FROM base AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# What packages would do while they are installed is for developers.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY scripts ./scripts
COPY prisma/schema-central.prisma ./prisma/schema-central.prisma
COPY migrations/central ./migrations/central
COPY src ./src
RUN node scripts/generate-client.mjs && node scripts/build.ts --esm

FROM base AS packages
WORKDIR /packages
COPY package.json package-lock.json .npmrc ./
# Optional are what a laptop deploys with, and the tools of Prisma that generate: two thirds of it all.
RUN npm ci --ignore-scripts --omit=dev --omit=optional --omit=peer

FROM base
ENV NODE_ENV=production
WORKDIR /app
# Runs are kept here: mount a volume, above all where the file system is read-only. Whatever user the
# cluster chooses may write, and removes only what is its own.
RUN mkdir -m 1777 .fanfold
COPY package.json ./
COPY --from=packages /packages/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# Yours. In an image made FROM this one, or in a volume, they may be anywhere: FANFOLD_MIGRATIONS_DIR.
COPY migrations/tenant ./migrations/tenant
# By number, so that Kubernetes sees that it is not root.
USER 1000:1000
# No shell between: SIGTERM reaches the command line, which ends the statements that run.
ENTRYPOINT ["node", "/app/dist/src/cli/main.js"]
CMD ["migrate:all-tenants"]
