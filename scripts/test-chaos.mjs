// npm run test:chaos
//
// The chaos suite in its full form: every kill point, on every server that the tests have. The short
// form is a part of npm test.
process.env.FANFOLD_CHAOS = 'full';
process.argv.splice(2, process.argv.length, 'run', 'test/chaos', ...process.argv.slice(2));
await import('../node_modules/vitest/vitest.mjs');
