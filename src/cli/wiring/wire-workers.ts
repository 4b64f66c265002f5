import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { MessageToMain } from '../../adapters/local/workers/attempt-messages.ts';
import type {
  AttemptWorkers,
  AttemptWorkersOptions,
} from '../../adapters/local/workers/attempt-workers.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { AttemptTenant } from '../../core/migrate/attempt.ts';
import type { WorkerTask } from '../workers/worker-task.ts';

/** The main thread, as a worker thread sees it. */
export interface MainThread {
  readonly task: WorkerTask;
  readonly serve: (parts: {
    readonly bundle: Bundle;
    readonly attemptTenant: AttemptTenant;
  }) => void;
  readonly print: (text: string, stream: 'out' | 'err') => void;
  readonly warn: (text: string) => void;
  /** Tells why the thread cannot attempt tenants. */
  readonly fail: (why: string) => void;
}

/** Threads that attempt tenants. */
export interface WorkersWiring {
  /** Starts threads, which run this program once more. */
  attemptWorkers(
    task: WorkerTask,
    options: Omit<AttemptWorkersOptions, 'start'>,
  ): Promise<AttemptWorkers>;
  /** As many threads as this machine can run at once. */
  threadsOfMachine(): number;
  /** In a thread: its side of the connection to the main thread. */
  mainThread(): Promise<MainThread>;
}

/** Wires threads. */
export function wireWorkers(): WorkersWiring {
  return {
    async attemptWorkers(task, options) {
      const { Worker } = await import('node:worker_threads');
      const { startAttemptWorkers } = await import(
        '../../adapters/local/workers/attempt-workers.ts'
      );
      const entry = realpathSync(process.argv[1] ?? '');
      const start = () => {
        const argv = task.json ? ['--json'] : [];
        const worker = new Worker(entry, { workerData: task, argv, stdout: true, stderr: true });
        // Code that goes around our streams is not to stop when nobody reads.
        worker.stdout.resume();
        worker.stderr.resume();
        return worker;
      };
      return startAttemptWorkers({ ...options, start });
    },

    threadsOfMachine: availableParallelism,

    async mainThread() {
      const { parentPort, workerData } = await import('node:worker_threads');
      const { serveAttempts } = await import('../../adapters/local/workers/serve-attempts.ts');
      if (parentPort === null) throw new Error('This is the main thread.');
      const port = parentPort;
      const send = (message: MessageToMain) => port.postMessage(message);
      return {
        task: workerData as WorkerTask,
        serve: (parts) => serveAttempts(port, parts),
        print: (text, stream) => send({ type: 'printed', text, stream }),
        warn: (text) => send({ type: 'warned', text }),
        fail: (why) => send({ type: 'failed', why }),
      };
    },
  };
}
