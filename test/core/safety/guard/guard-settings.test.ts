import { describe, expect, it, test } from 'vitest';
import { withDefaults } from '../../../../lib/request-text.ts';
import { inheritRequest } from '../../../../src/core/list/inherit-request.ts';
import { guardProblems } from '../../../../src/core/safety/guard/guard-problems.ts';
import { mergeGuards } from '../../../../src/core/safety/guard/guard-settings.ts';
import { parseExecutionInput } from '../../../../src/core/wire/parse-execution-input.ts';
import { parseRunRequest } from '../../../../src/core/wire/parse-run-request.ts';
import { itemRequestOf, itemRequestSchema } from '../../../../src/core/wire/step-data.ts';
import { thrownBy } from '../../../support/thrown-by.ts';

describe('the limits of a guard', () => {
  test('mergeGuards puts limits over others one by one', () => {
    expect(mergeGuards({ lock: 'none', copyBytes: 0 }, { lock: 'any' })).toEqual({
      lock: 'any',
      copyBytes: 0,
    });
    expect(mergeGuards(undefined, { queueMs: undefined })).toBeUndefined();
  });

  it.each([
    [{ lok: 'none' }, 'Did you mean "lock"?'],
    [{ zzzzzzzz: 1 }, 'Its keys: lock, copyBytes, queueMs, onlineChange, keep.'],
    [{ constructor: 1 }, 'is not a key'],
    [{ lock: 'exclusive' }, '"safety.lock" is "exclusive"; it must be "none", "shared" or "any".'],
    [{ lock: null }, '"safety.lock" is null'],
    [{ copyBytes: '2 gigs' }, '"safety.copyBytes" is "2 gigs"'],
    [{ copyBytes: 5n }, '"safety.copyBytes" is 5n'],
    [{ queueMs: -1 }, 'from 0 (off) to 60,000'],
    [{ queueMs: '250' }, '"safety.queueMs" is "250"'],
  ])('guardProblems names what is wrong with %o', (guard, words) => {
    expect(guardProblems(guard).join('\n')).toContain(words);
    if ('copyBytes' in guard && typeof guard.copyBytes === 'bigint') return;
    expect(thrownBy(() => parseRunRequest({ safety: guard }))).toMatchObject({
      code: 'RequestInvalid',
    });
  });

  it('a retry inherits the limits of its run one by one', () => {
    const earlier = parseRunRequest({ safety: { lock: 'none', copyBytes: '1GiB' } });
    expect(inheritRequest(earlier, 'run-1', { safety: { copyBytes: 0 } }).safety).toEqual({
      lock: 'none',
      copyBytes: 0,
    });
    expect(inheritRequest(earlier, 'run-1').safety).toEqual(earlier.safety);
    expect(inheritRequest(parseRunRequest({}), 'run-1')).not.toHaveProperty('safety');
  });

  it('the input of an execution gets the limits of its stack one by one', () => {
    const { request, explicit } = parseExecutionInput(
      { safety: { lock: 'shared' } },
      { safety: { lock: 'none', queueMs: 250 } },
    );
    expect(request.safety).toEqual({ lock: 'shared', queueMs: 250 });
    expect(explicit.safety).toEqual({ lock: 'shared' });
  });

  it('the defaults of a construct are put over those of the configuration one by one', () => {
    const configured = { strict: true, safety: { lock: 'none' } };
    expect(withDefaults(configured, { safety: { copyBytes: 0 } })).toEqual({
      strict: true,
      safety: { lock: 'none', copyBytes: 0 },
    });
    expect(withDefaults({}, undefined)).toBeUndefined();
  });

  it('an item carries the limits, and limits of a later version do not stop it', () => {
    const request = parseRunRequest({ safety: { lock: 'none', copyBytes: '1GiB', queueMs: 250 } });
    expect(itemRequestOf(request).safety).toEqual(request.safety);
    const later = { ...itemRequestOf(request), safety: { lock: 'none', later: 1 } };
    expect(itemRequestSchema.parse(later).safety).toEqual({ lock: 'none' });
  });
});
