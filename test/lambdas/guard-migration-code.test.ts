import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Runs a migration in a process whose runtime ends it at the first stray error, as Lambda's does. */
function run(body: string) {
  const program = `
    import { guardMigrationCode } from ${JSON.stringify(file('lambdas/guard-migration-code.ts'))};
    import { strayErrors, tracingStrayErrors } from ${JSON.stringify(file('src/adapters/mysql/migration/knex/stray-errors.ts'))};
    for (const event of ['uncaughtException', 'unhandledRejection'])
      process.on(event, () => { console.log('the runtime ends'); process.exit(129); });
    const log = { info() {}, error: (message, fields) => console.log(message, JSON.stringify(fields)) };
    guardMigrationCode(strayErrors, log);
    guardMigrationCode(strayErrors, log);
    const migrate = (work) => tracingStrayErrors({ migration: '1_a', database: 'acme' }, work).then(
      () => console.log('migrated'), (error) => console.log('failed:', String(error?.message ?? error)));
    const never = new Promise(() => {});
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    ${body}
    await pause(50);
    console.log('the end');`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  return { said: stdout.trim().split('\n'), status };
}

test.each([
  [
    'throws in a timer',
    "await migrate(async () => { setTimeout(() => { throw new Error('afar') }, 1); await never })",
    'failed: afar',
  ],
  [
    'forgets a promise',
    "await migrate(async () => { Promise.reject(new Error('lost')); await never })",
    'failed: lost',
  ],
  [
    'throws null in a timer',
    'await migrate(async () => { setTimeout(() => { throw null }, 1); await never })',
    'failed: null',
  ],
  [
    'calls process.exit()',
    'await migrate(async () => process.exit(0))',
    'failed: process.exit(0) was called by a migration',
  ],
  [
    'throws after its end',
    "await migrate(async () => { setTimeout(() => { throw new Error('late row 42') }, 5) })",
    'migrated',
    'a migration threw an error after it had ended {"migration":"1_a","database":"acme","failed":false,"kind":"Error"}',
  ],
])('a migration in a function that %s does not end the function', (_what, body, ...said) => {
  expect(run(body)).toEqual({ said: [...said, 'the end'], status: 0 });
});

test.each(["setTimeout(() => { throw new Error('x') }, 1);", "Promise.reject(new Error('x'));"])(
  'an error that no migration caused goes to the runtime: %s',
  (body) => {
    expect(run(body)).toEqual({ said: ['the runtime ends'], status: 129 });
  },
);
