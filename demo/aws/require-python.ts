import { spawnSync } from 'node:child_process';

/** The oldest Python on which moto, a part of the local AWS, runs. */
const OLDEST = [3, 10];

/** Exits with a number for what is missing; moto itself, if it is installed, makes venv and pip unnecessary. */
const PROBE = `
import importlib.util as u, sys
if sys.version_info < (${OLDEST.join(', ')}): print("%d.%d" % sys.version_info[:2]); sys.exit(10)
if u.find_spec("moto") and u.find_spec("flask") and u.find_spec("flask_cors"): sys.exit(0)
sys.exit(0 if u.find_spec("venv") and u.find_spec("ensurepip") else 11)
`;

const HOW_TO_INSTALL =
  'Debian and Ubuntu: apt-get install python3 python3-venv. Fedora: dnf install python3. ' +
  'macOS: brew install python. Then run this again.';

/**
 * Throws an error that names the missing package, unless "python3" can run the local AWS. Its packages are
 * installed by the local AWS itself.
 */
export function requirePython(python = 'python3'): void {
  if (process.platform === 'win32') {
    throw new Error(
      'The local AWS is started by a shell script, which Windows cannot run. Run this in WSL.',
    );
  }
  const { status, stdout, error } = spawnSync(python, ['-c', PROBE], { encoding: 'utf8' });
  const needs = `The local AWS is written in Python, version ${OLDEST.join('.')} or later.`;
  if (error !== undefined) throw new Error(`There is no "${python}". ${needs} ${HOW_TO_INSTALL}`);
  if (status === 10) {
    throw new Error(`"${python}" is version ${stdout.trim()}. ${needs} ${HOW_TO_INSTALL}`);
  }
  if (status === 11) {
    throw new Error(
      `"${python}" lacks the modules venv and ensurepip, with which the packages of the local AWS are installed. ${HOW_TO_INSTALL}`,
    );
  }
  if (status !== 0) throw new Error(`"${python}" does not run. ${needs} ${HOW_TO_INSTALL}`);
}
