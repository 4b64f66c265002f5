import { expect, it } from 'vitest';
import { stripBom } from '../../../src/core/text/strip-bom.ts';
import { thrownProperty, thrownText } from '../../../src/core/text/thrown-text.ts';

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

it('thrownText describes any thrown value, and never throws itself', () => {
  expect(thrownText(new TypeError('It failed.'))).toBe('TypeError: It failed.');
  expect([null, undefined, 7, 'text'].map(thrownText)).toEqual(['null', 'undefined', '7', 'text']);
  expect(thrownText(proxy)).toBe('a value that cannot be shown');
  expect(thrownText(hostile)).toBe('a value that cannot be shown');
});

it('thrownProperty reads a property of any thrown value, and never throws itself', () => {
  expect(thrownProperty({ code: 'ENOENT' }, 'code')).toBe('ENOENT');
  expect([null, undefined, hostile, proxy].map((thrown) => thrownProperty(thrown, 'code'))).toEqual(
    [undefined, undefined, undefined, undefined],
  );
});

it('a byte order mark is removed only at the beginning of a text', () => {
  expect(['\uFEFFa', 'a\uFEFF', ''].map(stripBom)).toEqual(['a', 'a\uFEFF', '']);
});
