import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { Declined } from '../../../src/cli/ask/ask-on-terminal.ts';
import { confirm } from '../../../src/cli/ask/confirm.ts';
import { confirmByName } from '../../../src/cli/ask/confirm-by-name.ts';
import { readSecret } from '../../../src/cli/ask/read-secret.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { fakeHost } from '../support/fake-host.ts';
import { type HostWithKeyboard, hostWithKeyboard, untilAsked } from '../support/keyboard.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/** Presses the keys once the question is there. */
async function answer<Answer>(
  host: HostWithKeyboard,
  asked: Promise<Answer>,
  keys: string,
): Promise<Answer> {
  await untilAsked(host, /\? /);
  host.stdin.write(keys);
  return asked;
}

/** Lines as they were drawn; each redraw begins in the first column. */
const linesOf = (host: HostWithKeyboard) =>
  host.err.replaceAll('\u001b[G', '\n').split('\n').map(stripVTControlCharacters);

describe('confirm', () => {
  test.each([
    ['y\r', true],
    ['yes\r', true],
    ['n\r', false],
    ['\r', false],
    ['sure\r', false],
  ])('confirm takes %j for %s', async (keys, expected) => {
    const host = hostWithKeyboard();
    expect(await answer(host, confirm(host, 'Roll back?'), keys)).toBe(expected);
    expect(host.out).toBe('');
    expect(host.stdin.isRaw).toBe(false);
  });

  test('confirm names the question and --yes if there is no terminal to ask on', async () => {
    await expect(confirm(fakeHost(), 'Roll back all of it?')).rejects.toMatchObject({
      code: 'ConfirmationMissing',
      message: expect.stringContaining('Roll back all of it?'),
      nextStep: expect.stringContaining('--yes'),
    });
  });

  test.each([40, 80])(
    'confirm wraps a long question between words in %i columns',
    async (columns) => {
      const host = hostWithKeyboard({ columns });
      const question = `Roll back 東京データベース of ${'tenant '.repeat(20)}now?`;
      await answer(host, confirm(host, question), 'y\r');
      expect(linesOf(host).filter((line) => stringWidth(line) > columns)).toEqual([]);
      expect(stripVTControlCharacters(host.err)).not.toMatch(/ten\n/);
    },
  );

  test('confirm escapes a name that could act on the terminal', async () => {
    const host = hostWithKeyboard();
    await answer(host, confirm(host, 'Roll back evil\u001b[2J?'), 'y\r');
    expect(host.err).toContain('evil\\x1b[2J?');
    expect(host.err).not.toContain('\u001b[2J');
  });

  test('confirm writes no escape sequence to a dumb terminal', async () => {
    const host = hostWithKeyboard({ env: { TERM: 'dumb' } });
    await answer(host, confirm(host, 'Roll back?'), 'y\r');
    expect(host.err).not.toContain('\u001b');
  });

  test('confirm resumes after it was suspended with Ctrl-Z', async () => {
    const host = hostWithKeyboard();
    const asked = confirm(host, 'Roll back?');
    await untilAsked(host, /Roll back/);
    host.stdin.pause();
    await delay(5);
    host.stdin.write('y\r');
    expect(await asked).toBe(true);
  });
});

describe('a question that nobody answers', () => {
  test.each([
    ['Ctrl-C', (host: HostWithKeyboard) => host.stdin.write(CTRL_C)],
    ['Ctrl-D', (host: HostWithKeyboard) => host.stdin.write(CTRL_D)],
    ['the end of input', (host: HostWithKeyboard) => host.stdin.end()],
    ['SIGTERM', (host: HostWithKeyboard) => host.signal('SIGTERM')],
    ['SIGHUP', (host: HostWithKeyboard) => host.signal('SIGHUP')],
  ])('a question is declined by %s, and the terminal is restored', async (_, leave) => {
    for (const ask of [
      (host: HostWithKeyboard) => confirm(host, 'Roll back?'),
      (host: HostWithKeyboard) => confirmByName(host, 'Drop it.', 'acme'),
      (host: HostWithKeyboard) => readSecret(host, 'Password'),
    ]) {
      const host = hostWithKeyboard();
      const asked = ask(host);
      await untilAsked(host, /\? /);
      leave(host);
      await expect(asked).rejects.toThrow(Declined);
      expect(host.stdin.isRaw).toBe(false);
      // Shows the cursor again.
      expect(host.err).toContain('\u001b[?25h');
    }
  });

  test('a declined question ends the command with exit code 130 before a tenant is touched', async () => {
    const { wiring, attempts } = await fakeFleet([{ slug: 'acme' }]);
    const host = hostWithKeyboard();
    const line = ['migrate:rollback-tenants', 'all', '--steps', '1'];
    const ended = runCli(line, host, () => wiring);
    await untilAsked(host, /Roll back the newest migration/);
    host.stdin.write(CTRL_C);
    expect(await ended).toBe(130);
    expect(host.err).toMatch(/Nothing was changed\.\n$/);
    expect(attempts).toEqual([]);
  });

  test('no question is asked with --yes', async () => {
    const { wiring, attempts } = await fakeFleet([{ slug: 'acme' }]);
    const host = hostWithKeyboard();
    const line = ['migrate:rollback-tenants', 'all', '--steps', '1', '--yes'];
    expect(await runCli(line, host, () => wiring)).toBe(0);
    expect(attempts).toEqual(['acme']);
  });
});

describe('confirmByName', () => {
  test.each([
    ['acme-corp', 'acme-corp\r', true],
    ['acme-corp', ' acme-corp \r', true],
    ['acme-corp', 'acme\r', false],
    ['acme-corp', 'y\r', false],
    ['acme-corp', '\r', false],
    ['東京', '東京\r', true],
    ['evil\u001b[2J', 'evil\\x1b[2J\r', true],
  ])('confirmByName, asked for %j, takes %j for %s', async (name, keys, expected) => {
    const host = hostWithKeyboard();
    const asked = confirmByName(host, 'Its database is dropped.', name);
    expect(await answer(host, asked, keys)).toBe(expected);
    expect(host.err).not.toContain('\u001b[2J');
  });

  test('confirmByName names the question and --yes if there is no terminal to ask on', async () => {
    await expect(confirmByName(fakeHost(), 'It is dropped.', 'acme')).rejects.toMatchObject({
      code: 'ConfirmationMissing',
      message: expect.stringContaining('It is dropped.'),
    });
  });
});

describe('readSecret', () => {
  test.each([
    ['typed', 'tür😀 with spaces\r', 'tür😀 with spaces'],
    ['pasted with a line break at its end', 'from-a-clipboard\n', 'from-a-clipboard'],
    ['pasted with CRLF', 'from-windows\r\n', 'from-windows'],
    ['corrected', 'wrong\u0015right\r', 'right'],
    ['empty', '\r', ''],
  ])('readSecret reads a secret that is %s and never echoes it', async (_, keys, secret) => {
    const host = hostWithKeyboard();
    expect(await answer(host, readSecret(host, 'Password'), keys)).toBe(secret);
    expect(host.out).toBe('');
    const shown = stripVTControlCharacters(host.err);
    expect(shown.replaceAll(/[?✔] Password:|\[input is masked\]|\s/g, '')).toBe('');
  });

  test.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['two\nlines\n', 'two\nlines'],
    ['', ''],
  ])('readSecret reads %j from a pipe as %j', async (stdin, secret) => {
    const host = fakeHost({ stdin });
    expect(await readSecret(host, 'Password')).toBe(secret);
    expect(host.out + host.err).toBe('');
  });

  test('readSecret refuses input that cannot be a password', async () => {
    await expect(
      readSecret(fakeHost({ stdin: 'x'.repeat(65 * 1024) }), 'Password'),
    ).rejects.toMatchObject({ code: 'PasswordTooLong' });
    const host = Object.assign(fakeHost(), {
      stdin: (async function* () {
        yield Buffer.from([0xff, 0xfe]);
      })(),
    });
    await expect(readSecret(host as never, 'Password')).rejects.toMatchObject({
      code: 'PasswordNotText',
    });
  });
});
