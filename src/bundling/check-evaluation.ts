import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FanfoldError } from '../core/errors.ts';

/** Marks the message on standard error. */
const MARK = 'fanfold: ';
/** How long evaluating a file may take. */
const LONGEST_MS = 60_000;

/**
 * Evaluates a knexfile or a configuration file as a function will: without the variables and the `.env`
 * of this machine. Throws `KnexfileUnreadable` if it fails without them, since every tenant would fail in
 * the same way.
 *
 * @param environment the one of the knexfile that counts
 * @param root the folder of our own code
 */
export function checkEvaluation(
  file: string,
  kind: 'knexfile' | 'configuration',
  environment: string | undefined,
  root: string,
): void {
  const loader = kind === 'knexfile' ? 'load-knexfile' : 'load-config-file';
  const name = kind === 'knexfile' ? 'loadKnexfile' : 'loadConfigFile';
  const env = JSON.stringify({ asked: environment, otherwise: 'development' });
  const path = join(root, `src/adapters/local/config/${loader}${extname(import.meta.filename)}`);
  const code = `
    const { ${name}: load } = await import(${JSON.stringify(pathToFileURL(path).href)});
    try { await load(${JSON.stringify(file)}, ${env}); }
    catch ({ message }) { process.stderr.write('\\n${MARK}' + message); process.exitCode = 1; }`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', code],
    // Not in the project, so that no .env is found.
    { cwd: tmpdir(), env: {}, encoding: 'utf8', timeout: LONGEST_MS },
  );
  if (status === 0) return;
  const reason = stderr.split(`\n${MARK}`)[1] ?? 'it ended the process, or did not end.';
  throw new FanfoldError(
    'KnexfileUnreadable',
    `In a function, where the variables of this machine are not set: ${reason}`,
    {
      fault: 'configuration',
      nextStep:
        'Have the file do without them: what it takes from the environment is about a database, and each tenant has its own.',
    },
  );
}
