import type { RowDataPacket } from 'mysql2';
import { send, usingConnection } from '../connection.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { type Command, type Program, STATES, type State } from '../programs/program.ts';
import { type Cost, runMeasured } from '../programs/run-measured.ts';
import { createDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';

/** A way of migrating a fleet: a process a tenant, or one process for all of them. */
export interface FleetOfProgram {
  readonly name: string;
  readonly title: string;
  migrateAll(state: State): readonly Command[];
}

/** One way over its fleet in one state. */
export interface PeerSample extends Cost {
  readonly name: string;
  readonly state: State;
}

export interface PeersOptions {
  readonly tenants: number;
  /** Processes at a time, or tenants at a time within one. */
  readonly concurrency: number;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onFleet: (title: string, state: State) => void;
}

/** The databases of a way. */
export function peerFleet(name: string, tenants: number): string[] {
  return Array.from(
    { length: tenants },
    (_, index) => `${PREFIX}peer_${name.replaceAll('-', '_')}_${String(index).padStart(5, '0')}`,
  );
}

/** One process a tenant. */
export function processATenant({ name, title, migrate }: Program, tenants: number): FleetOfProgram {
  return {
    name,
    title: `${title}: a process a tenant`,
    migrateAll: (state) => peerFleet(name, tenants).map((database) => migrate(database, state)),
  };
}

/** Takes every fleet through the three states, a state at a time, and checks its tables in the end. */
export async function measurePeers(
  login: ServerLogin,
  fleets: readonly FleetOfProgram[],
  { tenants, concurrency, folder, signal, onFleet }: PeersOptions,
): Promise<PeerSample[]> {
  const samples: PeerSample[] = [];
  const databases = fleets.flatMap(({ name }) => peerFleet(name, tenants));
  await createDatabases(login, databases, signal);
  for (const state of STATES) {
    for (const { name, title, migrateAll } of fleets) {
      onFleet(title, state);
      let cpuMs = 0;
      const startedAt = performance.now();
      await forEachBounded(migrateAll(state), concurrency, signal, async (command) => {
        const cost = await runMeasured(command, folder, signal);
        cpuMs += cost.cpuMs;
      });
      samples.push({ name, state, cpuMs, wallMs: performance.now() - startedAt });
    }
  }
  await forEachBounded(databases, concurrency, signal, (database) => checkTables(login, database));
  return samples;
}

/** A program that leaves something out would look fast. */
async function checkTables(login: ServerLogin, database: string): Promise<void> {
  await usingConnection(login, database, async (connection) => {
    const [row] = await send<RowDataPacket[]>(
      connection,
      `SELECT COUNT(*) AS indexes FROM information_schema.statistics
       WHERE table_schema = ? AND CONCAT(table_name, '.', index_name) IN (?)`,
      [database, ['invoices.invoices_due_on_index', 'tasks.tasks_priority_index']],
    );
    if (row?.indexes !== 2) throw new Error(`${database} was not migrated as it should be.`);
  });
}
