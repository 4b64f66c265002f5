import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { measureQueue, type QueueSample } from '../../bench/queue/measure-queue.ts';
import { queueTable } from '../../bench/queue/queue-table.ts';
import { fanfoldWay, knexWay, type QueueWay } from '../../bench/queue/queue-ways.ts';
import { testServer } from '../support/server.ts';

const HELD_SECONDS = 4;

// The bench drops all of its databases, and a server that was given may have those of another one.
it.runIf(testServer().isEmbedded)(
  'queries beside a migration that waits for a lock pile up with plain Knex, and not with safety.queueMs',
  async () => {
    const { host, port, user, password } = testServer();
    const login = { host, port, user, password };
    const folder = await mkdtemp(join(tmpdir(), 'fanfold-queue-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const measure = (way: QueueWay): Promise<QueueSample> =>
      measureQueue(login, way, {
        tenants: 3,
        heldSeconds: HELD_SECONDS,
        everyMs: 200,
        signal: new AbortController().signal,
      });

    const plain = await measure(knexWay(login));
    const limited = await measure(fanfoldWay(login, folder, { waitSeconds: 60, queueMs: 250 }));

    // The first query after the ALTER waits until the transaction has ended.
    expect(longest(plain)).toBeGreaterThan(HELD_SECONDS * 500);
    expect(longest(limited)).toBeLessThan(longest(plain) / 2);
    expect(limited.mostWaiting).toBeLessThan(plain.mostWaiting);
    expect(queueTable([plain, limited], 250)).toMatch(/^\| way .*\n(\|.*\n){3}\|.* queueMs 250/);
  },
  60_000,
);

/** The longest time in milliseconds of a query that was to be sent while the transaction was open. */
function longest({ samples, begunAt, releasedAt }: QueueSample): number {
  const during = samples.filter(([at]) => at >= begunAt && at < releasedAt);
  return Math.max(...during.map(([, took]) => took));
}
