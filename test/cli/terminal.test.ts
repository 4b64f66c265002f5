import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { type FakeTenant, failed, fakeFleet } from './support/fake-fleet.ts';
import { type FakeHost, type FakeHostOptions, fakeHost } from './support/fake-host.ts';

const HOSTILE = 'Evil\u001b[31m\u009b2J\u0007\nCorp\u202e';

const FLEET: FakeTenant[] = [
  { slug: 'acme', name: 'Acme Corp' },
  { slug: 'long', name: `Long ${'name '.repeat(20)}`, database: 'd'.repeat(64) },
  { slug: 'wide', name: '株式会社東京データベース移行サービス'.repeat(3) },
  {
    slug: 'evil',
    name: HOSTILE,
    attempt: () => failed(`${HOSTILE} ${'very long message '.repeat(10)}${'y'.repeat(200)}`),
  },
];

async function run(options: FakeHostOptions): Promise<FakeHost> {
  const host = fakeHost(options);
  const { wiring } = await fakeFleet(FLEET);
  await runCli(['migrate:all-tenants', '--concurrency', '1'], host, () => wiring);
  return host;
}

describe('on a terminal', () => {
  test.each([80, 60, 132])('every line of a run fits into %i columns', async (columns) => {
    const host = await run({ columns, color: true });
    const lines = stripVTControlCharacters(host.out).split('\n');
    expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
  });

  test('the rules around a heading fit into a narrow terminal', async () => {
    const host = await run({ columns: 40 });
    expect(host.out).toContain(`\n${'='.repeat(40)}\n📊 Migration Summary\n`);
  });

  test('the progress line is drawn on standard error and removed again', async () => {
    const host = await run({ columns: 80, env: { TERM: 'xterm-256color' } });
    expect(host.out).not.toMatch(/[█░]/);
    expect(stripVTControlCharacters(host.err)).toContain('0/4  0%');
    const last = stripVTControlCharacters(host.err).trimEnd().split('\n').at(-1);
    expect(last).toMatch(/report\.html$/);
  });

  test.each([
    ['a dumb terminal', { TERM: 'dumb' }],
    ['a terminal of a CI system', { CI: 'true', TERM: 'xterm' }],
  ])('no progress line is drawn on %s', async (_, env) => {
    const host = await run({ columns: 80, env });
    expect(host.err).not.toMatch(/[█░]/);
  });
});

describe('without a terminal', () => {
  test('without a terminal, lines are complete, plain and without progress', async () => {
    const host = await run({});
    expect(host.out).toContain(`(${'d'.repeat(64)})\n`);
    expect(host.err).not.toMatch(/[█░]/);
  });
});

describe('text from tenants and servers', () => {
  test.each([{}, { columns: 80 }])(
    'text from tenants and servers cannot act on the terminal: %j',
    async (options) => {
      const host = await run(options);
      expect(host.out).not.toMatch(/[^\P{Cc}\n]/u);
      expect(host.out).not.toMatch(/\p{Bidi_Control}/u);
      expect(host.out).toContain('Evil\\x1b[31m\\x9b2J\\x07 Corp\\u{202e}');
    },
  );
});

describe('colors', () => {
  test('colors appear on request', async () => {
    const host = await run({ color: true });
    expect(host.out).toContain('\u001b[31m❌ Failed: 1\u001b[39m');
  });

  test('colors change nothing but the colors', async () => {
    const plain = await run({});
    const colored = await run({ color: true });
    expect(stripVTControlCharacters(colored.out)).toBe(plain.out);
    expect(colored.out).not.toBe(plain.out);
  });
});
