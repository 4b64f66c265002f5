import type { Connection } from 'mysql2';
import type { WatchResult } from '../../../locks/waits/lock-watch.ts';
import type { PacketAnswers } from '../send-packet.ts';
import type { QueueLimit } from './queue-limit.ts';

/** The result for a statement that was not watched. */
const NOT_WATCHED: WatchResult = { isKilled: false, hasWorked: false };

/** Waits for the answers to a packet, and watches its last statement meanwhile. */
export async function watching(
  sending: Promise<PacketAnswers>,
  sql: string,
  queue: QueueLimit | undefined,
  { threadId }: Connection,
): Promise<{ readonly answers: PacketAnswers; readonly watched: WatchResult }> {
  if (queue === undefined) return { answers: await sending, watched: NOT_WATCHED };
  const watch = queue.watch.start(threadId, sql, queue.queueMs);
  try {
    const answers = await sending;
    return { answers, watched: await watch.stop() };
  } catch (error) {
    await watch.stop();
    throw error;
  }
}
