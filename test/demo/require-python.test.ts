import { spawnSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requirePython } from '../../demo/aws/require-python.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** A Python that is the machine's own, after some lines of code. */
async function pythonWith(...lines: readonly string[]): Promise<string> {
  const code = ['import sys, importlib.util as u', ...lines, 'exec(sys.argv[1])'].join('\n');
  const folder = await fixtureFolder({ python3: `#!/bin/sh\nexec python3 -c '${code}' "$2"\n` });
  const file = join(folder, 'python3');
  await chmod(file, 0o755);
  return file;
}

/** Hides modules as if they were not installed. */
const without = (...names: readonly string[]) => [
  'real = u.find_spec',
  `u.find_spec = lambda name: None if name in ${JSON.stringify(names)} else real(name)`,
];

describe('requirePython', () => {
  it('names the missing python3 and the package that has it', () => {
    expect(() => requirePython('/nowhere/python3')).toThrow(
      /^There is no "\/nowhere\/python3"\. .*3\.10 or later\. .*apt-get install python3 python3-venv/,
    );
  });

  it.runIf(hasPython)('accepts a Python with venv and pip', async () => {
    const python = await pythonWith(
      'real = u.find_spec',
      'u.find_spec = lambda name: None if name == "moto" else object()',
    );
    expect(requirePython(python)).toBeUndefined();
  });

  it.runIf(hasPython)(
    'names the package that is missing if venv cannot install anything',
    async () => {
      const python = await pythonWith(...without('moto', 'ensurepip'));
      expect(() => requirePython(python)).toThrow(
        /lacks the modules venv and ensurepip.*apt-get install python3 python3-venv/,
      );
    },
  );

  it.runIf(hasPython)('names the version of a Python that is too old', async () => {
    const python = await pythonWith('sys.version_info = (3, 9, 2)');
    expect(() => requirePython(python)).toThrow(/ is version 3\.9\. .*3\.10 or later/);
  });

  it.runIf(hasPython)('says that a Python does not run which fails otherwise', async () => {
    const python = await pythonWith('sys.exit(3)');
    expect(() => requirePython(python)).toThrow(/ does not run\. /);
  });
});
