import type { FindingCode } from '../note-codes.ts';
import {
  lagSentences,
  type ReplicaLag,
  type ReplicaStanding,
} from '../replicas/replica-standing.ts';
import { type Check, ok } from './check.ts';
import { LATE_REPLICA } from './late-replica.ts';

const NAME = 'replicas';

/** Checks the configured replicas of a tenant's server; nothing if none are configured. */
export function checkReplicas(
  standings: readonly ReplicaStanding[],
  maxLagSeconds: number,
): readonly Check[] {
  if (standings.length === 0) return [];
  const findings = standings.flatMap((standing): Check[] => {
    const [sentence] = lagSentences([standing], maxLagSeconds);
    if (sentence === undefined) return [];
    const { code, consequence, nextStep } = meaningOf(standing.lag);
    const message = `${sentence[0]?.toUpperCase()}${sentence.slice(1)}. ${consequence}`;
    return [{ name: NAME, status: 'note', code, message, nextStep }];
  });
  if (findings.length > 0) return findings;
  const longest = standings.map((each) => lagSentences([each], -1)).join(', ');
  return [ok(NAME, longest)];
}

interface Meaning {
  readonly code: FindingCode;
  readonly consequence: string;
  readonly nextStep: string;
}

function meaningOf(lag: ReplicaLag): Meaning {
  if ('unread' in lag) {
    return {
      code: 'ReplicaUnread',
      consequence: 'Batches of backfills take at most a tenth of the time.',
      nextStep:
        'Correct "replicas" in the configuration: the address, the login and its password. The login needs REPLICATION CLIENT (MariaDB: REPLICA MONITOR), or SELECT on the table of "heartbeat". Take out a replica that is gone.',
    };
  }
  const isStopped = 'stopped' in lag;
  return {
    code: isStopped ? 'ReplicaStopped' : 'ReplicaLate',
    consequence: 'No batch of a backfill begins.',
    nextStep: isStopped
      ? 'Start its replication again, or take it out of "replicas" in the configuration if nobody reads from it.'
      : LATE_REPLICA,
  };
}
