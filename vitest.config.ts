import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { InlineConfig } from 'vitest/node';
import { PlainReporter } from './test/support/plain-reporter.ts';

const databaseTests = 'test/**/*.db.test.ts';
const stackTests = 'test/lib/**/*.test.ts';

/** A shared machine may stall for longer than a test waits. A test that passes when repeated is named. */
const RETRIES = process.env.CI === undefined ? 0 : 1;

/**
 * Tests that start many processes and do not depend on the kind of server: one is enough. Of the command line, a
 * run over a fleet is tried on each, and what MySQL alone has on MySQL.
 */
const onOneServer = [
  'test/{adoption,bench,bundling,demo,deploy,docs,secrets}/**',
  'test/cli/!(migrate-fleet|huge-tables).db.test.ts',
];

/**
 * Tests of our own decisions, which the versions of MariaDB do not change: those of the engine, rehearsals, waiting
 * statements that give way, what dies in between, and the central database. The tests of what the versions do change (SQL, locks, scratch databases, shapes, the guard,
 * privileges, the comparison with plain Knex) run on both.
 */
const onOneMariaDb = [
  'test/adapters/mysql/engine/**',
  'test/adapters/mysql/rehearsal/**',
  'test/adapters/mysql/giving-way/**',
  'test/chaos/!(differential).db.test.ts',
  'test/{api,central,compatibility,compose,credentials}/**',
  // It starts a cluster of its own.
  'test/adapters/mysql/locks/galera.db.test.ts',
  'test/adapters/{knex,local}/**',
];

/** Tests that need no server. */
function unitProject(name: string, files: Pick<InlineConfig, 'include' | 'exclude' | 'isolate'>) {
  return {
    test: {
      name,
      ...files,
      // Examples import the package as its users do.
      alias: { 'fanfold/cdk': join(import.meta.dirname, 'lib/tenant-migrations.ts') },
      // Some synthesize the stack, beside the projects that keep a small machine busy.
      testTimeout: 30_000,
      retry: RETRIES,
      // GitHub's parser of workflows imports JSON in a way that only bundlers accept.
      server: { deps: { inline: [/@actions\//] } },
    },
  };
}

/** The same tests on each real server; test/global-setup.ts gives a project its server. */
function databaseProject(name: string, exclude: readonly string[] = []) {
  return {
    test: {
      name,
      include: [databaseTests],
      exclude: [...exclude],
      globalSetup: ['test/global-setup.ts'],
      // Some tests wait for a lock or a timeout of a server, on a machine that may be small and busy.
      testTimeout: 30_000,
      hookTimeout: 60_000,
      retry: RETRIES,
    },
  };
}

export default defineConfig({
  test: {
    // Most of the time is spent waiting for a server, not computing.
    maxWorkers: 2 * availableParallelism(),
    reporters: ['default', new PlainReporter()],
    projects: [
      unitProject('unit', {
        include: ['test/**/*.test.ts'],
        exclude: [databaseTests, stackTests, 'test/package/projects/**'],
        // They change nothing outside themselves, and importing everything again for each file takes half of the time.
        isolate: false,
      }),
      // Some replace the bundler, others want the real one.
      unitProject('stack', { include: [stackTests] }),
      databaseProject('mariadb'),
      ...(process.env.FANFOLD_TEST_MYSQL_URL ? [databaseProject('mysql', onOneServer)] : []),
      ...(process.env.FANFOLD_TEST_MARIADB11_URL
        ? [databaseProject('mariadb11', [...onOneServer, ...onOneMariaDb])]
        : []),
    ],
  },
});
