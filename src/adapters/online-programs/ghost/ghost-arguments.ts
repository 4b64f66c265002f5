import { hash } from 'node:crypto';
import type { OnlineReplicas, OnlineTask } from '../../../core/safety/online/online-program.ts';
import { serverName } from '../../../core/tenant.ts';

/** Seconds between two checkpoints, the least that gh-ost takes. */
const CHECKPOINT_SECONDS = 10;
/** Ids of replicas that people choose are usually lower; two programs with one id would end each other's stream. */
const FIRST_REPLICA_ID = 1_000_000_000;
const REPLICA_IDS = 3_000_000_000;

/** Files of one run of gh-ost. */
export interface GhostFiles {
  /** A file without secrets: it names environment variables. */
  readonly settings: string;
  readonly socket: string;
  /** Certificates to trust, if the connection is to be encrypted. */
  readonly certificates: string | undefined;
}

/** The arguments of gh-ost for a task. None of them is a secret: other users of the machine can read them. */
export function ghostArguments(
  { login, table, clauses, workName, resumes, replicas }: OnlineTask,
  files: GhostFiles,
): string[] {
  const { host, port, database } = login;
  return [
    `--conf=${files.settings}`,
    `--host=${host}`,
    `--port=${port}`,
    // The server itself, although it may be a replica of another one.
    `--assume-master-host=${serverName(login)}`,
    '--allow-on-master',
    '--assume-rbr',
    `--database=${database}`,
    `--table=${table}`,
    `--alter=${clauses}`,
    `--force-table-names=${workName}`,
    `--replica-server-id=${replicaId(workName, database)}`,
    '--checkpoint',
    `--checkpoint-seconds=${CHECKPOINT_SECONDS}`,
    ...(resumes ? ['--resume'] : []),
    // Otherwise rows that the new definition does not take are left out, and values are cut, without a word.
    '--panic-on-warnings',
    '--ok-to-drop-table',
    `--serve-socket-file=${files.socket}`,
    // The default is a file that any user of the machine can make.
    '--throttle-additional-flag-file=',
    ...(replicas === undefined ? [] : replicaArguments(replicas)),
    ...(files.certificates === undefined ? [] : ['--ssl', `--ssl-ca=${files.certificates}`]),
    '--execute',
  ];
}

/** The least lag in milliseconds that gh-ost takes. */
const LEAST_LAG_MS = 100;

/** It reads its own heartbeats there, with its own login, and waits for a replica that it cannot ask. */
function replicaArguments({ addresses, maxLagSeconds }: OnlineReplicas): string[] {
  return [
    `--throttle-control-replicas=${addresses.map(serverName).join(',')}`,
    `--max-lag-millis=${Math.max(LEAST_LAG_MS, Math.round(maxLagSeconds * 1_000))}`,
  ];
}

function replicaId(workName: string, database: string): number {
  const digits = hash('sha256', `${database}\0${workName}`, 'hex').slice(0, 12);
  return FIRST_REPLICA_ID + (Number.parseInt(digits, 16) % REPLICA_IDS);
}
