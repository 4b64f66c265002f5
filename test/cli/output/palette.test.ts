import { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { afterEach, expect, test, vi } from 'vitest';
import { createPalette } from '../../../src/cli/output/palette.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A stream that is a terminal as far as colors go. */
function terminal(): Writable {
  const { getColorDepth } = WriteStream.prototype;
  return Object.assign(new Writable(), { isTTY: true, getColorDepth });
}

const RED = '\u001b[31mred\u001b[39m';

test.each([
  ['a terminal', terminal(), {}, RED],
  ['a terminal, NO_COLOR', terminal(), { NO_COLOR: '1' }, 'red'],
  ['a dumb terminal', terminal(), { TERM: 'dumb' }, 'red'],
  ['no terminal', new Writable(), {}, 'red'],
  ['no terminal, FORCE_COLOR', new Writable(), { FORCE_COLOR: '1' }, RED],
  ['a terminal, FORCE_COLOR=0', terminal(), { FORCE_COLOR: '0' }, 'red'],
])('the palette of %s', (_, stream, env, shown) => {
  // Node knows by many more of them, such as CI, what a terminal can do.
  for (const name of Object.keys(process.env)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ TERM: 'xterm-256color', ...env })) {
    vi.stubEnv(name, value);
  }
  expect(createPalette(stream).bad('red')).toBe(shown);
});
