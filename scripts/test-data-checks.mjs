// npm run test:data-checks -- [options]
//
// Compares the checks of data with the servers on every kind of change, and more random ones. The short form is a part
// of npm test.
const options = process.argv.slice(2);
process.env.FANFOLD_TEST_DATA_KINDS = 'all';
process.argv.splice(2, process.argv.length, 'run', 'test/adapters/mysql/checks', ...options);
await import('../node_modules/vitest/vitest.mjs');
