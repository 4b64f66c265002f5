import type { Connection, RowDataPacket } from 'mysql2';
import type { HostLoad } from '../../../../../core/backfill/host-strain.ts';
import type { ReplicaStanding } from '../../../../../core/replicas/replica-standing.ts';
import { isServerError } from '../../../../server/server-error.ts';
import { firstNumber } from '../../../connection/first-number.ts';
import { numberOf } from '../../../connection/number-of.ts';
import { query } from '../../../connection/query.ts';
import { readApplierQueue, readReadersLag } from '../../../replicas/lag-of-cluster.ts';
import { readReplicaStatus } from '../../../replicas/replica-status.ts';

/** A question about the server's load; its answer is `undefined` if the server does not know. */
type Question = (connection: Connection) => Promise<number | undefined>;

const THREADS: Question = async (connection) => {
  const running = await statusOf(connection, 'Threads_running');
  // Without this session.
  return running === undefined ? undefined : Math.max(0, running - 1);
};

/** MySQL shows it to users with PROCESS only. */
const HISTORY_OF_MYSQL: Question = (connection) =>
  firstNumber(
    connection,
    "SELECT `COUNT` AS found FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len' AND STATUS = 'enabled'",
  );
const HISTORY_OF_MARIADB: Question = (connection) =>
  statusOf(connection, 'Innodb_history_list_length');

/** A server that is a replica itself knows its own lag. */
const lagOf =
  (isMariaDb: boolean): Question =>
  async (connection) => {
    const lags = (await readReplicaStatus(connection, isMariaDb)).flatMap(
      ({ behindSeconds }) => behindSeconds ?? [],
    );
    return lags.length === 0 ? undefined : Math.max(...lags);
  };

/**
 * Reads the load of a server, sign by sign. A question that the server refuses is not asked again. `commitMs` is what
 * the caller has measured, `readReplicas` asks the configured replicas of the server.
 */
export function createHostLoadReader(
  connection: Connection,
  isMariaDB: boolean,
  readReplicas: () => Promise<readonly ReplicaStanding[]> = async () => [],
): (commitMs: number | undefined) => Promise<HostLoad> {
  const questions = {
    running: [THREADS],
    history: [isMariaDB ? HISTORY_OF_MARIADB : HISTORY_OF_MYSQL],
    replicaLag: [lagOf(isMariaDB), ...(isMariaDB ? [] : [readReadersLag])],
    applierQueue: isMariaDB ? [] : [readApplierQueue],
  };
  const ask = async (sign: keyof typeof questions) => {
    const answers: number[] = [];
    for (const question of [...questions[sign]]) {
      try {
        const answer = await question(connection);
        if (answer !== undefined) answers.push(answer);
      } catch (error) {
        if (!isServerError(error)) throw error;
        questions[sign] = questions[sign].filter((other) => other !== question);
      }
    }
    return answers.length === 0 ? undefined : Math.max(...answers);
  };
  return async (commitMs) => {
    // Beside the questions to the server itself: the answers come over other connections.
    const replicas = readReplicas();
    return {
      running: await ask('running'),
      history: await ask('history'),
      replicaLag: await ask('replicaLag'),
      applierQueue: await ask('applierQueue'),
      replicas: await replicas,
      commitMs,
    };
  };
}

async function statusOf(connection: Connection, name: string): Promise<number | undefined> {
  const [row] = await query<RowDataPacket[]>(connection, `SHOW GLOBAL STATUS LIKE '${name}'`);
  return numberOf(row?.Value);
}
