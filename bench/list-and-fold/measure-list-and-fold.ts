import { fork } from 'node:child_process';
import { createDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { fillCentralDatabase } from './fill-central-database.ts';
import { LISTED_BUNDLE, type ListAndFoldResult, type ListAndFoldTask } from './measurement.ts';

/**
 * Fills a central database with synthetic tenants, lists them and folds their outcomes. With `trust` each has the
 * version of the bundle in its record.
 */
export async function measureListAndFold(
  login: ServerLogin,
  { tenants, probe }: { readonly tenants: number } & Pick<ListAndFoldTask, 'probe'>,
  storeFolder: string,
  signal: AbortSignal,
): Promise<ListAndFoldResult> {
  const database = `${PREFIX}central`;
  await createDatabases(login, [database], signal);
  const schemaVersion = probe === 'trust' ? { schemaVersion: LISTED_BUNDLE.hash } : {};
  await fillCentralDatabase(login, database, { tenants, ...schemaVersion }, signal);
  return inOwnProcess({ central: { ...login, database }, storeFolder, probe }, signal);
}

function inOwnProcess(task: ListAndFoldTask, signal: AbortSignal): Promise<ListAndFoldResult> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('measured-process.ts', import.meta.url), {
      // Options of this process, such as a profiler, would affect the measurement.
      execArgv: [],
      signal,
    });
    child.once('message', (result) => resolve(result as ListAndFoldResult));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The measured process ended with ${code}.`)));
    child.send(task);
  });
}
