import { fork } from 'node:child_process';
import { createDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { fillCentralDatabase } from './fill-central-database.ts';
import type { ListAndFoldResult, ListAndFoldTask } from './measurement.ts';

/** Fills a central database with synthetic tenants, lists them and folds their outcomes. */
export async function measureListAndFold(
  login: ServerLogin,
  tenants: number,
  storeFolder: string,
  signal: AbortSignal,
): Promise<ListAndFoldResult> {
  const database = `${PREFIX}central`;
  await createDatabases(login, [database], signal);
  await fillCentralDatabase(login, database, tenants, signal);
  return inOwnProcess({ central: { ...login, database }, storeFolder }, signal);
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
