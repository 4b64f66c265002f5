import type { Worker } from 'node:worker_threads';
import { FanfoldError } from '../../../core/errors.ts';
import type { Attempt, AttemptContext, AttemptTenant } from '../../../core/migrate/attempt.ts';
import { failureOf } from '../../../core/migrate/failure-of.ts';
import { hostKey, type Tenant } from '../../../core/tenant.ts';
import type { BackfillOrders, MessageToMain, MessageToWorker } from './attempt-messages.ts';

/** Threads that attempt tenants for this process. */
export interface AttemptWorkers {
  readonly attemptTenant: AttemptTenant;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
}

export interface AttemptWorkersOptions {
  /** Threads. */
  readonly count: number;
  /** The hash of the migrations, which every thread loads for itself. */
  readonly bundleHash: string;
  /** Starts a thread that serves attempts. */
  readonly start: () => Worker;
  /** Called with what code of the user prints, and with warnings about it. */
  readonly onPrinted: (text: string, stream: 'out' | 'err') => void;
  readonly onWarned: (text: string) => void;
}

/** How often a thread is told whether its backfills are to pause. */
const ORDERS_MS = 250;

/** An attempt that runs in a thread. */
interface RunningAttempt {
  readonly context: AttemptContext;
  readonly end: (attempt: Attempt) => void;
  told: string;
}

interface Thread {
  readonly worker: Worker;
  readonly running: Map<number, RunningAttempt>;
  readonly ready: Promise<void>;
  lastHost: string;
  isOver: boolean;
}

/**
 * Starts threads and spreads attempts over them: each goes to the thread with the fewest, and of those to one that was
 * at its server last. A thread that ends takes its attempts with it, which fail as `WorkerDied` and may be retried; a new
 * one takes its place. Rejects if one of the first threads cannot start.
 */
export async function startAttemptWorkers(options: AttemptWorkersOptions): Promise<AttemptWorkers> {
  const threads = Array.from({ length: options.count }, () => startThread(options));
  try {
    await Promise.all(threads.map(({ ready }) => ready));
  } catch (error) {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
    throw error;
  }
  let lastId = 0;
  const timer = setInterval(() => threads.forEach(sendOrders), ORDERS_MS).unref();

  return {
    async attemptTenant(tenant, context) {
      threads.forEach(({ isOver }, place) => {
        if (isOver) threads[place] = startThread(options);
      });
      const thread = leastBusy(threads, hostKey(tenant.address));
      lastId += 1;
      return attemptIn(thread, lastId, tenant, context);
    },
    async close() {
      clearInterval(timer);
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function leastBusy(threads: readonly Thread[], host: string): Thread {
  const least = Math.min(...threads.map(({ running }) => running.size));
  const free = threads.filter(({ running }) => running.size === least);
  const thread = free.find(({ lastHost }) => lastHost === host) ?? free[0];
  if (thread === undefined) throw new Error('There is no thread.');
  thread.lastHost = host;
  return thread;
}

async function attemptIn(
  thread: Thread,
  id: number,
  tenant: Tenant,
  context: AttemptContext,
): Promise<Attempt> {
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const { runId, request, leavesBackfills, mayMigrate } = context;
  const orders = ordersOf(context);
  thread.running.set(id, { context, end: resolve, told: JSON.stringify(orders) });
  try {
    await thread.ready;
    const asksFirst = mayMigrate !== undefined;
    const task = { tenant, runId, request, leavesBackfills, orders, asksFirst };
    send(thread, { type: 'attempt', id, task });
  } catch (error) {
    thread.running.delete(id);
    resolve(died(String(error)));
  }
  return promise;
}

function startThread({ start, bundleHash, onPrinted, onWarned }: AttemptWorkersOptions): Thread {
  const worker = start();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  // Attempts wait for it, and there may be none.
  ready.catch(() => {});
  const thread: Thread = { worker, running: new Map(), ready, lastHost: '', isOver: false };
  let why = 'it ended by itself';

  const receive = (message: MessageToMain) => {
    switch (message.type) {
      case 'ready':
        if (message.bundleHash === bundleHash) return resolve();
        return reject(cannotStart('the migrations have changed since the run began'));
      case 'failed':
        return reject(cannotStart(message.why));
      case 'printed':
        return onPrinted(message.text, message.stream);
      case 'warned':
        return onWarned(message.text);
      case 'answered':
        return thread.running.get(message.id)?.context.onAnswer?.();
      case 'progress':
        thread.running.get(message.id)?.context.backfills?.onProgress?.(message.progress);
        return sendOrders(thread);
      case 'may':
        return void answer(thread, message);
      case 'ended': {
        const { id, attempt } = message;
        const attempted = thread.running.get(id);
        thread.running.delete(id);
        return attempted?.end(attempt);
      }
    }
  };

  worker.on('message', receive);
  worker.on('error', (error) => {
    why = error.message;
  });
  worker.on('exit', () => {
    thread.isOver = true;
    reject(cannotStart(why));
    for (const { end } of thread.running.values()) end(died(why));
    thread.running.clear();
  });
  return thread;
}

/** The attempts of a thread whose backfills have other orders now hear of it. */
function sendOrders(thread: Thread): void {
  for (const [id, attempt] of thread.running) {
    const orders = ordersOf(attempt.context);
    const text = JSON.stringify(orders);
    if (orders === undefined || text === attempt.told) continue;
    attempt.told = text;
    send(thread, { type: 'orders', id, orders });
  }
}

function ordersOf({ backfills }: AttemptContext): BackfillOrders | undefined {
  if (backfills === undefined) return undefined;
  const { pause, isStopping, pace } = backfills;
  return { pause: pause?.(), isStopping: isStopping?.(), pace: pace?.() };
}

async function answer(
  thread: Thread,
  { id, state }: Extract<MessageToMain, { type: 'may' }>,
): Promise<void> {
  const { mayMigrate } = thread.running.get(id)?.context ?? {};
  const failure = await mayMigrate?.(state).catch((error: unknown) => failureOf(error));
  send(thread, { type: 'may', id, failure });
}

function send({ worker }: Thread, message: MessageToWorker): void {
  worker.postMessage(message);
}

function died(why: string): Attempt {
  const error = new FanfoldError(
    'WorkerDied',
    `The thread that migrated this tenant, and maybe others, has ended: ${why}.`,
    {
      fault: 'migration',
      nextStep:
        'Look for a migration that ends its process or takes much memory, and retry the tenant: what was begun is resumed.',
      retryable: true,
    },
  );
  return { status: 'failed', failure: failureOf(error), applied: [], notes: [] };
}

function cannotStart(why: string): FanfoldError {
  return new FanfoldError('WorkerDied', `A thread for attempts could not start: ${why}.`, {
    fault: 'migration',
    nextStep: 'Run without --workers, which shows what is wrong.',
    retryable: true,
  });
}
