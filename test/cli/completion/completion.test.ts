import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { fakeHost } from '../support/fake-host.ts';

async function scriptFor(shell: string): Promise<string> {
  const host = fakeHost();
  const { wiring } = await fakeFleet([]);
  expect(await runCli(['completion', shell], host, () => wiring)).toBe(0);
  return host.out;
}

async function scriptFile(shell: string): Promise<string> {
  const file = join(
    await fixtureFolder({ 'a file.pem': '', 'key.pem': '' }),
    `completion.${shell}`,
  );
  await writeFile(file, await scriptFor(shell));
  return file;
}

function isThere(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

describe('bash', () => {
  /** The proposals of a real bash when Tab is pressed at the end of a line. */
  async function completed(line: string): Promise<string[]> {
    const file = await scriptFile('bash');
    const program = `
      set -euo pipefail
      source "$1"; source "$1"
      cd "$(dirname "$1")"
      COMP_LINE=$2 COMP_POINT=\${#2}
      _fanfold
      ((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync('bash', ['--norc', '-c', program, 'bash', file, line], {
      encoding: 'utf8',
    });
    return output.split('\n').filter((word) => word !== '');
  }

  test.each([
    ['fanfold migrate:ten', ['tenant']],
    ['fanfold tenant:p', ['provision', 'password', 'pool']],
    ['fanfold thr', ['throttle']],
    ['fanfold --ver', ['--version']],
    ['fanfold migrate:tenant acme --tl', ['--tls']],
    ['fanfold migrate:tenant acme --tls ', ['auto', 'required', 'off']],
    ['fanfold migrate:tenant acme --tls re', ['required']],
    ['fanfold migrate:tenant acme --no-st', ['--no-strict']],
    ['fanfold migrate:tenant acme --ca key', ['key.pem']],
    ['fanfold completion f', ['fish']],
    ['fanfold runs sh', ['show']],
    ['fanfold nosuch ', []],
    ['fanfold migrate:tenant $(touch broken) --tl', ['--tls']],
  ])('bash completes %j', async (line, words) => {
    expect((await completed(line)).sort()).toEqual([...words].sort());
  });

  test('bash completes in a terminal, although it splits words at colons', async () => {
    const file = await scriptFile('bash');
    const typed = `source ${file}; fanfold() { printf '<%s>' "$@"; }\nfanfold migrate:ten\tacme --tl\treq\t\nexit\n`;
    const { stdout } = spawnSync('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
      input: typed,
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: process.env.PATH, TERM: 'dumb', HOME: '/nonexistent', PS1: '' },
    });
    expect(stdout).toContain('<migrate:tenant><acme><--tls><required>');
  });
});

test.runIf(isThere('zsh'))('zsh reads its script and completes a command', async () => {
  const file = await scriptFile('zsh');
  const typed = `autoload -U compinit; compinit -D; source ${file}; fanfold() { printf '<%s>' "$@"; }\nfanfold migrate:ten\tacme --tl\treq\t\nexit\n`;
  const { stdout } = spawnSync('script', ['-qec', 'zsh -f -i', '/dev/null'], {
    input: typed,
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: process.env.PATH, TERM: 'dumb', HOME: '/nonexistent' },
  });
  expect(stdout).toContain('<migrate:tenant><acme><--tls><required>');
});

test.runIf(isThere('fish'))('fish reads its script and completes a command', async () => {
  const file = await scriptFile('fish');
  const complete = (line: string) =>
    execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`], {
      encoding: 'utf8',
    })
      .split('\n')
      .filter((each) => each !== '')
      .map((each) => each.split('\t')[0]);
  expect(complete('fanfold migrate:ten')).toEqual(['migrate:tenant']);
  expect(complete('fanfold migrate:tenant acme --tl')).toEqual(['--tls']);
  expect(complete('fanfold migrate:tenant acme --tls re')).toContain('required');
});

test.each(['zsh', 'fish'])('the script for %s contains every command', async (shell) => {
  const text = (await scriptFor(shell)).replaceAll('\\:', ':');
  for (const command of ['migrate:all-tenants', 'tenant:add', 'follow', 'runs']) {
    expect(text).toContain(command);
  }
});
