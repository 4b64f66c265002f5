import { expect, test } from 'vitest';
import { effectiveGuard, looserKeys } from '../../../../src/core/safety/guard/effective-guard.ts';
import { wouldCopy, wouldLock } from '../../../../src/core/safety/guard/guard-errors.ts';

const REFUSED = {
  table: 'tasks',
  reason: 'MySQL says: no.',
  bytes: 3_100_000_000,
  isMariaDb: false,
};

test('a refused copy tells how long it would take, if that takes time', () => {
  const guard = effectiveGuard({ copyBytes: '1GB' }, undefined);
  expect(wouldCopy({ ...REFUSED, guard }).message).toMatch(
    /^The statement would copy all rows of table `tasks` \(3\.1 GB\), and "safety\.copyBytes" is 1(?:\.0)? GB\. MySQL says: no\. It has changed nothing\. At usual rates the copy takes \d.* to \d.* s; `fanfold migrate:plan --forecast` knows/,
  );
  expect(wouldCopy({ ...REFUSED, bytes: 32_000, guard }).message).toMatch(/nothing\.$/);
  expect(wouldCopy({ ...REFUSED, bytes: undefined, guard }).message).toContain(
    'table `tasks`, and',
  );
});

test('a refused lock names the next looser limit', () => {
  const none = wouldLock({ ...REFUSED, guard: effectiveGuard({ lock: 'none' }, undefined) });
  expect(none.message).toContain('would block writes of others on table `tasks`');
  expect(none.nextStep).toContain("{ lock: 'shared', why: '…' }");
  const shared = wouldLock({ ...REFUSED, guard: effectiveGuard({ lock: 'shared' }, undefined) });
  expect(shared.message).toContain('would block reads and writes of others');
  expect(shared.nextStep).toContain("{ lock: 'any', why: '…' }");
});

test.each([
  [undefined, { lock: 'any', copyBytes: 'any' }, []],
  [{ lock: 'none' }, { lock: 'shared' }, ['lock']],
  [{ lock: 'shared' }, { lock: 'none' }, []],
  [{ copyBytes: 0 }, { copyBytes: '1kB' }, ['copyBytes']],
  [{ copyBytes: '1GiB' }, { copyBytes: 'any' }, ['copyBytes']],
  [{ copyBytes: '1GiB' }, { copyBytes: 1_024 ** 3 }, []],
  [{ queueMs: 250 }, { queueMs: 0 }, ['queueMs']],
  [{ queueMs: 250 }, { queueMs: 100 }, []],
  [{ lock: 'none', copyBytes: 0 }, undefined, []],
] as const)('from %j, a migration with %j is looser in %j', (run, own, keys) => {
  expect(looserKeys(run, own)).toEqual(keys);
});
