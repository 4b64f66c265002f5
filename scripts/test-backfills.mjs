// npm run test:backfills -- [kills]
//
// Kills backfills at random moments (10,000 by default) on every server that the tests have, and counts the rows
// that were changed twice or never, and those that a rollback did not bring back. The short form is a part of npm test.
const [kills = '10000', ...options] = process.argv.slice(2);
process.env.FANFOLD_BACKFILL_KILLS = kills;
const files = ['test/chaos/backfills.db.test.ts', 'test/chaos/kept-rows.db.test.ts', ...options];
process.argv.splice(2, process.argv.length, 'run', ...files);
await import('../node_modules/vitest/vitest.mjs');
