import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DatabaseAddress } from '../../../src/core/tenant.ts';

export type Login = DatabaseAddress & { readonly password: string };

/** A process that migrates databases when it is told to. */
export interface RunnerProcess {
  readonly child: ChildProcess;
  /** Begins; resolves with the outcome of each database, or with nothing if the process was killed. */
  run(
    logins: readonly Login[],
    options?: {
      readonly once?: boolean;
      readonly caseName?: string;
      readonly givesWay?: boolean;
      readonly backfill?: number;
    },
  ): Promise<string[] | undefined>;
}

const program = fileURLToPath(new URL('runner.ts', import.meta.url));

/** Starts a process that has loaded all it needs, and waits. */
export async function startRunner(): Promise<RunnerProcess> {
  const child = fork(program, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--no-warnings'],
  });
  await once(child, 'message');
  return {
    child,
    run: (logins, options = {}) =>
      new Promise((resolve) => {
        let outcomes: string[] | undefined;
        child.once('message', (message: { outcomes: string[] }) => {
          ({ outcomes } = message);
        });
        child.once('exit', () => resolve(outcomes));
        const plain = logins.map(({ host, port, database, user, password }) => ({
          host,
          port,
          database,
          user,
          password,
        }));
        child.send({ logins: plain, ...options }, () => {});
      }),
  };
}
