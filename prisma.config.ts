// Generating the client makes Prisma ask for its schema engine, which nothing here uses: Knex
// migrates the central database. Without this Prisma would download it, or fail if it cannot.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= '/bin/true';

export default {};
