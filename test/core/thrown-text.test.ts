import { expect, it } from 'vitest';
import { stripBom } from '../../src/core/strip-bom.ts';
import { thrownProperty, thrownText } from '../../src/core/thrown-text.ts';

const { proxy, revoke } = Proxy.revocable({}, {});
revoke();

const hostile = {
  get code() {
    throw new Error('hostile');
  },
  toString() {
    throw new Error('hostile');
  },
};

it('puts whatever is thrown into words, and never throws itself', () => {
  expect(thrownText(new TypeError('It failed.'))).toBe('TypeError: It failed.');
  expect([null, undefined, 7, 'text'].map(thrownText)).toEqual(['null', 'undefined', '7', 'text']);
  expect(thrownText(proxy)).toBe('a value that cannot be shown');
  expect(thrownText(hostile)).toBe('a value that cannot be shown');
});

it('reads a property of whatever is thrown, and never throws itself', () => {
  expect(thrownProperty({ code: 'ENOENT' }, 'code')).toBe('ENOENT');
  expect([null, undefined, hostile, proxy].map((thrown) => thrownProperty(thrown, 'code'))).toEqual(
    [undefined, undefined, undefined, undefined],
  );
});

it('removes a byte order mark, and only at the beginning', () => {
  expect(['\uFEFFa', 'a\uFEFF', ''].map(stripBom)).toEqual(['a', 'a\uFEFF', '']);
});
