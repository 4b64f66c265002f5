import { expect, it } from 'vitest';
import { isAtLeast } from '../../../../src/adapters/local/embedded-server/find-binary.ts';

it.each([
  [[10, 11, 0], true],
  [[10, 11, 19], true],
  [[11, 4, 2], true],
  [[10, 6, 22], false],
  [[9, 99, 99], false],
] as const)('findBinary compares %j with 10.11.0 part by part', (version, atLeast) => {
  expect(isAtLeast({ path: '', flavour: 'mariadb', version }, [10, 11, 0])).toBe(atLeast);
});
