import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { inertError } from '../../../src/adapters/mysql/migration/knex/inert-error.ts';
import { isServerError } from '../../../src/adapters/server/server-error.ts';
import { errorLines } from '../../../src/cli/output/error-lines.ts';
import { plainLook } from '../../../src/cli/output/look.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { failureOf } from '../../../src/core/migrate/failure-of.ts';
import { thrownProperty, thrownText } from '../../../src/core/text/thrown-text.ts';

const bomb = () => {
  throw new Error('the getter was called');
};
const withGetter = (name: string, get: () => unknown = bomb) =>
  Object.defineProperty(new Error('real'), name, { get, enumerable: true });
const withProperty = (holder: object, name: string, value: unknown) =>
  Object.defineProperty(holder, name, { value });
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable(new Error('gone'), {});
  revoke();
  return proxy;
};
const circular = () => {
  const [one, other] = [new Error('one'), new Error('other')];
  one.cause = other;
  other.cause = one;
  return one;
};
const flickering = () => {
  let calls = 0;
  return withGetter('code', () => (calls++ === 0 ? 'FIRST' : bomb()));
};
class Hostile extends Error {
  override get message(): string {
    return bomb();
  }
  override toString = bomb;
}

/** Values that migrations may throw and that cannot simply be read. */
const HOSTILE: [string, () => unknown][] = [
  ...['message', 'stack', 'cause', 'code', 'name', 'errno', 'fatal', 'sqlMessage', 'then'].map(
    (name): [string, () => unknown] => [`a getter of ${name} that throws`, () => withGetter(name)],
  ),
  ['a message that is a getter of the class', () => new Hostile('x')],
  ['a getter that answers once', flickering],
  ['a revoked Proxy', revoked],
  [
    'a Proxy whose traps throw',
    () => new Proxy(new Error('x'), { get: bomb, getPrototypeOf: bomb }),
  ],
  [
    'a Proxy as its prototype',
    () => Object.setPrototypeOf(new Error('x'), new Proxy({}, { get: bomb })),
  ],
  ['a frozen error', () => Object.freeze(new Error('cold'))],
  ['toString that throws', () => Object.assign(new Error('x'), { toString: bomb })],
  [
    'a message that is an object',
    () => Object.assign(new Error('x'), { message: { toString: bomb } }),
  ],
  ['a name that is a symbol', () => Object.assign(new Error('x'), { name: Symbol('n') })],
  ['circular causes', circular],
  ['a cause that is a revoked Proxy', () => new Error('x', { cause: revoked() })],
  [
    'a chain of a thousand causes',
    () => Array.from({ length: 1_000 }).reduce((cause: unknown) => new Error('x', { cause }), 1),
  ],
  ['an error with a then', () => withProperty(new Error('x'), 'then', bomb)],
  ['an object with a then', () => withProperty({}, 'then', bomb)],
  ['an error of another realm', () => runInNewContext("new Error('elsewhere')")],
  ['custom inspection that throws', () => ({ [inspect.custom]: bomb })],
  ['an object without a prototype', () => Object.create(null)],
  ...[null, undefined, 0, '', 'text', Symbol('s'), 1n, true, () => {}].map(
    (value): [string, () => unknown] => [`the value ${String(value)}`, () => value],
  ),
];

describe('a value that a migration throws:', () => {
  it.each(HOSTILE)('%s becomes a readable Error', async (_what, make) => {
    const error = inertError(make());
    expect(error).toBeInstanceOf(Error);
    for (const name of ['message', 'name', 'stack', 'code', 'cause', 'errno', 'fatal', 'then']) {
      expect(() => (error as unknown as Record<string, unknown>)[name]).not.toThrow();
    }
    expect(typeof error.message).toBe('string');
    expect(isServerError(error)).toBe(false);
    // A promise accepts it unchanged.
    await expect(Promise.resolve(error)).resolves.toBe(error);
    expect(Object.isExtensible(error)).toBe(true);
    expect(() => inspect(error, { depth: null })).not.toThrow();
  });

  it.each(HOSTILE)('%s can be described in an unexpected place', (_what, make) => {
    const thrown = make();
    expect(typeof thrownText(thrown)).toBe('string');
    expect(() => thrownProperty(thrown, 'stack')).not.toThrow();
    expect(failureOf(thrown).code).toBe('Unexpected');
    expect(errorLines(thrown, plainLook, true).length).toBeGreaterThan(0);
  });

  it.each([
    ['an ordinary error', new TypeError('x')],
    ['one with a cause', new Error('x', { cause: new RangeError('y') })],
    ['one of ours', new FanfoldError('TlsRequired', 'x', { fault: 'tenant', nextStep: 'y' })],
    [
      'one of the server',
      Object.assign(new Error('x'), {
        code: 'ER_X',
        errno: 1,
        sqlState: 'a',
        sqlMessage: 'b',
        sql: 'c',
      }),
    ],
  ])('%s stays the same object', (_what, error) => {
    expect(inertError(error)).toBe(error);
  });

  it('a value that a migration throws keeps the readable parts of a hostile error', () => {
    const error = inertError(Object.assign(flickering(), { errno: 7, cause: new Error('why') }));
    expect(error).toMatchObject({
      message: 'real',
      code: 'FIRST',
      errno: 7,
      cause: { message: 'why' },
    });
  });
});
