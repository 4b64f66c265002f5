// npm run test:chaos -- [options]
//
// The chaos suite in its full form: every kill point, on every server that the tests have. The short
// form is a part of npm test. With an option such as --points 10000 only the harness runs that compares
// with plain Knex; test/chaos/differential/main.ts says which options there are.
const options = process.argv.slice(2);
if (options.some((option) => /^--(points|case|clean|server|processes)\b/.test(option))) {
  await import('../test/chaos/differential/main.ts');
} else {
  process.env.FANFOLD_CHAOS = 'full';
  process.argv.splice(
    2,
    process.argv.length,
    'run',
    'test/chaos',
    'test/adapters/mysql/engine',
    'test/adapters/mysql/giving-way',
    'test/adapters/mysql/guard',
    'test/adapters/mysql/online',
    'test/adapters/mysql/rehearsal',
    'test/adapters/mysql/scratch/verdicts.db.test.ts',
    'test/cli/hostile-code.db.test.ts',
    'test/cli/resolve-as-operator.db.test.ts',
    ...options,
  );
  await import('../node_modules/vitest/vitest.mjs');
}
