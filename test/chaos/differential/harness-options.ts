import type { ParseArgsOptionsConfig } from 'node:util';

/** The options of the harness that compares with plain Knex; main.ts says what each does. */
export const HARNESS_OPTIONS = {
  server: { type: 'string' },
  case: { type: 'string', default: '' },
  points: { type: 'string' },
  seed: { type: 'string', default: '20261129' },
  from: { type: 'string', default: '0' },
  concurrency: { type: 'string', default: '12' },
  clean: { type: 'boolean', default: false },
  pairs: { type: 'boolean', default: false },
  processes: { type: 'boolean', default: false },
  out: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;
