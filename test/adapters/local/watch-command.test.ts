import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import { runWatchCommand } from '../../../src/adapters/local/watch-command.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

const signal = () => new AbortController().signal;

describe('a command that watches', () => {
  test.each([
    ['exit 0', { isWell: true }],
    ['echo noise; true && exit 0', { isWell: true }],
    ['exit 3', { isWell: false, message: 'The command of --watch ended with exit code 3.' }],
    [
      'echo first; echo "error rate 12 %" >&2; exit 1',
      { isWell: false, message: 'The command of --watch ended with exit code 1: error rate 12 %.' },
    ],
    ['kill -9 $$', { isWell: false, message: 'The command of --watch was ended by SIGKILL.' }],
  ])('the watch command %s is understood by its exit code', async (command, expected) => {
    expect(await runWatchCommand(command, signal())).toEqual(expected);
  });

  it('a watch command that does not exist is reported in the words of the shell', async () => {
    const verdict = await runWatchCommand('no-such-command-anywhere', signal());
    expect(verdict).toMatchObject({
      isWell: false,
      message: expect.stringMatching(/exit code 127: .*not found/),
    });
  });

  it('the verdict never shows the watch command itself, which may contain a token', async () => {
    const verdict = await runWatchCommand('TOKEN=hunter2; exit 1', signal());
    expect(JSON.stringify(verdict)).not.toContain('hunter2');
  });

  it('the output of a watch command is cut', async () => {
    const verdict = await runWatchCommand(`printf 'x%.0s' $(seq 9000); exit 1`, signal());
    expect(JSON.stringify(verdict).length).toBeLessThan(500);
  });

  it.each(['limit', 'signal'] as const)(
    'a watch command ends with all its processes by its %s',
    async (by) => {
      const folder = await fixtureFolder();
      const file = join(folder, 'alive');
      const controller = new AbortController();
      const command = `(while true; do echo x >> '${file}'; sleep 0.05; done) & wait`;
      const limit = by === 'limit' ? 500 : 60_000;
      const verdict = runWatchCommand(command, controller.signal, limit);
      if (by === 'signal') setTimeout(() => controller.abort(), 500);
      expect(await verdict).toMatchObject({
        isWell: false,
        message: expect.stringContaining(by === 'limit' ? 'did not end within' : 'SIGKILL'),
      });
      const before = await readFile(file, 'utf8');
      expect(before).not.toBe('');
      await delay(300);
      expect(await readFile(file, 'utf8')).toBe(before);
    },
  );
});
