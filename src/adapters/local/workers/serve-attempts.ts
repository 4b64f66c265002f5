import type { MessagePort } from 'node:worker_threads';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { requestedBundle } from '../../../core/bundle/requested-bundle.ts';
import type { OwnFailure } from '../../../core/failure.ts';
import type { AttemptTenant } from '../../../core/migrate/attempt.ts';
import { attemptSafely } from '../../../core/migrate/attempt-safely.ts';
import type {
  AttemptTask,
  BackfillOrders,
  MessageToMain,
  MessageToWorker,
} from './attempt-messages.ts';

interface ServedAttempt {
  orders: BackfillOrders;
  mayMigrate: (failure: OwnFailure | undefined) => void;
}

/** Attempts tenants for the main thread, from now on. */
export function serveAttempts(
  port: MessagePort,
  { bundle, attemptTenant }: { readonly bundle: Bundle; readonly attemptTenant: AttemptTenant },
): void {
  const running = new Map<number, ServedAttempt>();
  const send = (message: MessageToMain) => port.postMessage(message);

  const attempt = async (id: number, task: AttemptTask) => {
    const { tenant, runId, request, leavesBackfills, orders, asksFirst } = task;
    const served: ServedAttempt = { orders: orders ?? {}, mayMigrate: () => {} };
    running.set(id, served);
    const result = await attemptSafely(() =>
      attemptTenant(tenant, {
        runId,
        bundle: requestedBundle(bundle, request),
        request,
        leavesBackfills,
        onAnswer: () => send({ type: 'answered', id }),
        ...(orders !== undefined && {
          backfills: {
            pause: () => served.orders.pause ?? false,
            isStopping: () => served.orders.isStopping ?? false,
            ...(orders.pace !== undefined && { pace: () => served.orders.pace ?? 1 }),
            onProgress: (progress) => send({ type: 'progress', id, progress }),
          },
        }),
        ...(asksFirst && {
          mayMigrate: (state) =>
            new Promise((resolve) => {
              served.mayMigrate = resolve;
              send({ type: 'may', id, state });
            }),
        }),
      }),
    );
    running.delete(id);
    send({ type: 'ended', id, attempt: result });
  };

  port.on('message', (message: MessageToWorker) => {
    switch (message.type) {
      case 'attempt':
        return void attempt(message.id, message.task);
      case 'orders': {
        const served = running.get(message.id);
        if (served !== undefined) served.orders = message.orders;
        return;
      }
      case 'may':
        return running.get(message.id)?.mayMigrate(message.failure);
    }
  });
  send({ type: 'ready', bundleHash: bundle.hash });
}
