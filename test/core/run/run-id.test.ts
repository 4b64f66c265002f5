import { expect, it } from 'vitest';
import { checkRunId, isRunId } from '../../../src/core/run/run-id.ts';
import { thrownBy } from '../../support/thrown-by.ts';

it.each(['20261123T055712Z-aaaaaa', 'deploy_1.2', '-', 'x'.repeat(80)])(
  '%s can be the id of a run',
  (id) => {
    expect(isRunId(id)).toBe(true);
    expect(() => checkRunId(id)).not.toThrow();
  },
);

it.each(['', '.', '..', '.hidden', '../other', 'a/b', 'a\\b', 'a b', 'a\0', 'é', 'x'.repeat(81)])(
  'the text %j is refused as the id of a run, since it could name another folder',
  (id) => {
    expect(isRunId(id)).toBe(false);
    expect(thrownBy(() => checkRunId(id))).toMatchObject({
      code: 'RunIdInvalid',
      fault: 'usage',
      message: `${JSON.stringify(id)} is not the id of a run.`,
      nextStep: expect.stringContaining('1 to 80'),
    });
  },
);

it('a long text that is not the id of a run is cut in the error', () => {
  const { message } = thrownBy(() => checkRunId('x'.repeat(5_000))) as Error;
  expect(message.length).toBeLessThan(150);
  expect(message).toContain('…');
});
