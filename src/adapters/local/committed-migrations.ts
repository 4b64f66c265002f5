import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import { FanfoldError } from '../../core/errors.ts';

const run = promisify(execFile);

/** Names of many thousand files. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Ids of the migrations of a folder that git has in a revision. `undefined` if there is no git, no repository or no
 * commit yet.
 *
 * @throws FanfoldError `RequestInvalid` if the repository has no such revision
 */
export async function committedMigrations(
  directory: string,
  revision: string,
): Promise<ReadonlySet<string> | undefined> {
  const cwd = resolve(directory);
  const git = (...args: readonly string[]) =>
    run('git', [...args], { cwd, maxBuffer: MOST_BYTES }).then(
      ({ stdout }) => stdout,
      () => undefined,
    );
  const commit = await git(
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  );
  if (commit === undefined) {
    if (revision === 'HEAD' || (await git('rev-parse', '--git-dir')) === undefined)
      return undefined;
    throw new FanfoldError('RequestInvalid', `The repository has no revision "${revision}".`, {
      fault: 'usage',
      nextStep: 'Name a commit, a branch or a tag that was fetched, such as origin/main.',
    });
  }
  const names = await git('ls-tree', '--name-only', '-z', commit.trim(), './');
  if (names === undefined) return undefined;
  return new Set(
    names
      .split('\0')
      .flatMap((name) => (name === '' ? [] : splitMigrationName(name.split('/').at(-1) ?? '').id)),
  );
}
