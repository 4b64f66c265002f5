# syntax=docker/dockerfile:1
# An image of the command line: docs/how-to/containers.md.

FROM node:24-bookworm-slim AS base

FROM base AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Install scripts of packages are for developers only.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY scripts ./scripts
COPY prisma/schema-central.prisma ./prisma/schema-central.prisma
COPY migrations/central ./migrations/central
COPY src ./src
RUN node scripts/generate-client.mjs && node scripts/build.ts --command

FROM base AS packages
WORKDIR /packages
COPY package.json package-lock.json .npmrc ./
# Optional packages are the CDK and the programs that bundle functions.
RUN npm ci --ignore-scripts --omit=dev --omit=optional --omit=peer

FROM base
ENV NODE_ENV=production
WORKDIR /app
# Runs are kept here. Mount a volume, in particular if the file system is read-only. Any user that the
# cluster chooses may write here, and may remove only its own files.
RUN mkdir -m 1777 .fanfold
COPY package.json ./
COPY bin ./bin
COPY --from=packages /packages/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# Your migrations. FANFOLD_MIGRATIONS_DIR names another folder, in an image built FROM this one or in a volume.
COPY migrations/tenant ./migrations/tenant
# A numeric id lets Kubernetes check that it is not root.
USER 1000:1000
# Without a shell in between, SIGTERM reaches the command line, which then stops at the end of a statement.
ENTRYPOINT ["node", "/app/bin/fanfold.cjs"]
CMD ["migrate:all-tenants"]
