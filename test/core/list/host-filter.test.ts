import { expect, it } from 'vitest';
import { parseHostFilter } from '../../../src/core/list/host-filter.ts';

it.each([
  ['db1', { host: 'db1' }],
  ['db1.example.com:3307', { host: 'db1.example.com', port: 3307 }],
  ['2001:db8::1', { host: '2001:db8::1' }],
  ['[2001:db8::1]', { host: '2001:db8::1' }],
  ['[2001:db8::1]:3307', { host: '2001:db8::1', port: 3307 }],
  ['db1:', { host: 'db1:' }],
])('the filter %s is read', (text, filter) => {
  expect(parseHostFilter(text)).toEqual(filter);
});
