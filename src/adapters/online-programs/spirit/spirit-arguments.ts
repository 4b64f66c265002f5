import type { OnlineTask } from '../../../core/safety/online/online-program.ts';
import { spiritClauses } from '../../../core/safety/online/spirit-statement.ts';
import { serverName } from '../../../core/tenant.ts';

/** The longest that writes wait at a time while Spirit asks for the lock of the table, in seconds. */
const LOCK_SECONDS = 3;
/** Spirit's default is 4, for servers that have 16 processors. */
const THREADS = 2;
/**
 * The time that it aims at for a chunk, the most that it takes. It counts the rows' time in its queue, and would go down
 * to 10 rows otherwise. No lock of the table's rows depends on it: they are only read, and written 1,000 at a time.
 */
const CHUNK_SECONDS = 5;

/** Files of one run of Spirit. */
export interface SpiritFiles {
  /** The login. Spirit reads it when it starts. */
  readonly settings: string;
  /** Certificates to trust, if the connection is to be encrypted. */
  readonly certificates: string | undefined;
}

/** The arguments of Spirit for a task. None of them is a secret: other users of the machine can read them. */
export function spiritArguments(
  { login, table, clauses, workName }: OnlineTask,
  { settings, certificates }: SpiritFiles,
): string[] {
  const { database } = login;
  return [
    'migrate',
    `--conf=${settings}`,
    `--host=${serverName(login)}`,
    `--database=${database}`,
    `--table=${table}`,
    `--alter=${spiritClauses({ workName, clauses })}`,
    // Otherwise it reads changed rows from the table, where those of a transaction may not be visible yet.
    '--buffered',
    `--threads=${THREADS}`,
    `--target-chunk-time=${CHUNK_SECONDS}s`,
    `--lock-wait-timeout=${LOCK_SECONDS}s`,
    // Nobody's session is killed for a change of the schema.
    '--skip-force-kill',
    // A checkpoint that is not of this change, or whose binary log is gone, is an error.
    '--strict',
    // A table by which others have their own changes wait.
    '--respect-sentinel=false',
    ...(certificates === undefined
      ? ['--tls-mode=DISABLED']
      : ['--tls-mode=VERIFY_IDENTITY', `--tls-ca=${certificates}`]),
  ];
}
