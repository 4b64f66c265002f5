import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { type Operations, operate } from '../../../src/core/operator/operate.ts';

const READS: Operations = { status: async () => ({ readings: [] }) };
const ask = (event: object, operations = READS) =>
  operate(
    { fanfold: '1.2.3', operation: 'status', request: { concurrency: 8 }, ...event },
    operations,
    '1.2.9',
  );

describe('an operation for an operator', () => {
  it('an operation is carried out if major and minor of the versions agree', async () => {
    expect(await ask({})).toEqual({
      ...{ status: 'done', fanfold: '1.2.9', answer: { readings: [] } },
    });
  });

  it.each(['1.1.9', '1.3.0', '2.2.3', '0.2.3', 'nonsense'])(
    'an operation is refused with both versions if the command line is of %s',
    async (fanfold) => {
      const answer = await ask({ fanfold, operation: 'of-the-future', request: 'anything' });
      expect(answer).toMatchObject({ status: 'refused', error: { code: 'VersionsDiffer' } });
      const text = JSON.stringify(answer);
      expect(text).toContain(fanfold);
      expect(text).toContain('1.2.9');
      expect(text).toContain('fanfold@1.2');
    },
  );

  it.each<[string, object, string]>([
    ['an unknown operation', { operation: 'drop-everything' }, 'drop-everything'],
    ['a name that every object has', { operation: 'constructor' }, 'constructor'],
    ['no request', { request: undefined }, 'the request'],
    ['a value of the wrong kind', { request: { concurrency: 'many' } }, 'concurrency'],
    [
      'a page token that is none',
      { request: { concurrency: 1, page: { after: 1 } } },
      'page.after',
    ],
  ])('an operation is refused in words for %s', async (_, event, words) => {
    const answer = await ask(event);
    expect(answer).toMatchObject({ status: 'refused', error: { code: 'EventInvalid' } });
    expect(JSON.stringify(answer)).toContain(words);
  });

  it('an operation is refused by a function with another purpose', async () => {
    expect(await ask({}, {})).toMatchObject({ error: { code: 'EventInvalid' } });
  });

  it('an operation hands an expected error over with everything that the command line shows', async () => {
    const error = new FanfoldError('TenantUnknown', 'No tenant has the slug "x".', {
      fault: 'usage',
      nextStep: 'List the tenants.',
    });
    const answer = await ask({}, { status: () => Promise.reject(error) });
    expect(JSON.parse(JSON.stringify(answer))).toEqual({
      status: 'refused',
      fanfold: '1.2.9',
      error: {
        ...{ code: 'TenantUnknown', message: 'No tenant has the slug "x".', fault: 'usage' },
        ...{ nextStep: 'List the tenants.', retryable: false, ownWords: false },
      },
    });
  });

  it('an operation throws a defect, so that the log has its stack', async () => {
    const broken = { status: () => Promise.reject(new TypeError('x is undefined')) };
    await expect(ask({}, broken)).rejects.toThrow(TypeError);
  });
});
