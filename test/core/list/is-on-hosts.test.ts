import { expect, it } from 'vitest';
import { isOnHosts } from '../../../src/core/list/is-on-hosts.ts';

it.each<[string, number, string[] | undefined, boolean]>([
  ['db1.example.com', 3306, undefined, true],
  ['db1.example.com', 3306, [], false],
  ['db1.example.com', 3306, ['db1.example.com'], true],
  ['DB1.example.com', 3306, ['db1.EXAMPLE.com'], true],
  ['db1.example.com', 3307, ['db1.example.com:3306'], false],
  ['db1.example.com', 3306, ['db2.example.com', 'db1.example.com:3306'], true],
  ['db1.example.com', 3306, ['db1'], false],
  ['2001:db8::1', 3306, ['2001:db8::1'], true],
  ['2001:db8::1', 3306, ['[2001:db8::1]:3306'], true],
  ['2001:db8::1', 3307, ['[2001:db8::1]:3306'], false],
])('%s port %s on %j: %s', (host, port, hosts, is) => {
  expect(isOnHosts({ host, port }, hosts)).toBe(is);
});
