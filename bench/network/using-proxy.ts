import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ServerLogin } from '../server-login.ts';
import type { ProxyCounts, ProxyMessage, ProxyTask } from './proxy-task.ts';

/** A server behind a proxy. */
export interface Proxied {
  /** The same login at the address of the proxy. */
  readonly login: ServerLogin;
  /** Reads what the proxy has counted. */
  counts(): Promise<ProxyCounts>;
}

/** Runs `work` with a proxy in front of the server, in a process of its own. */
export async function usingProxy<Result>(
  login: ServerLogin,
  latencyMs: number,
  work: (proxied: Proxied) => Promise<Result>,
): Promise<Result> {
  const child = fork(new URL('proxy-process.ts', import.meta.url), { execArgv: [] });
  try {
    const { host, port } = login;
    const answer = await ask(child, { host, port, latencyMs });
    if (!('port' in answer)) throw new Error('The proxy did not start.');
    const counts = async () => (await ask(child, 'counts')) as ProxyCounts;
    return await work({ login: { ...login, host: '127.0.0.1', port: answer.port }, counts });
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}

/** The next message of the process; it answers in order. */
function ask(child: ChildProcess, message: ProxyTask | 'counts'): Promise<ProxyMessage> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: unknown) => {
      child.off('exit', onExit);
      resolve(answer as ProxyMessage);
    };
    const onExit = () => {
      child.off('message', onMessage);
      reject(new Error('The proxy has ended.'));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
    child.send(message);
  });
}
