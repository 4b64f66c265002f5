import type { FencedDatabase, TenantDatabases } from '../../../src/core/ports.ts';
import type { CellText } from '../../../src/core/safety/rehearsal/database-contents.ts';
import type { Snapshot, SnapshotStatement } from '../../../src/core/snapshot/snapshot.ts';
import type {
  SnapshotContents,
  SnapshotDatabase,
  SnapshotServer,
  SnapshotSql,
} from '../../../src/core/snapshot/snapshot-ports.ts';
import { type SnapshotSink, SnapshotTooLarge } from '../../../src/core/snapshot/snapshot-sink.ts';

/** The contents of one of the databases after its migrations. */
export interface MadeContents {
  readonly contents: SnapshotContents;
  readonly rows: Readonly<Record<string, readonly (readonly CellText[])[]>>;
}

/** The circumstances of a run. */
export interface Circumstances {
  /** Milliseconds since 1970. */
  readonly clock: number;
  readonly place: 'first' | 'second' | 'proof';
  /** Ids of the migrations that were applied, in order. */
  readonly applied: readonly string[];
}

const GROUND = {
  product: 'MariaDB',
  isMariaDb: true,
  version: '11.8.9',
  charset: 'utf8mb4',
  collation: 'utf8mb4_general_ci',
  settings: { sql_mode: 'STRICT_TRANS_TABLES', time_zone: 'UTC' },
};

/** A scratch server in memory: `make` says what the migrations make in some circumstances. */
export function memorySnapshotServer(
  make: (of: Circumstances) => MadeContents,
  { refuses }: { readonly refuses?: string } = {},
): SnapshotServer {
  const database = (place: Circumstances['place']): SnapshotDatabase => {
    let applied: string[] = [];
    let clock = 0;
    const made = () => make({ clock, place, applied });
    const fenced: Partial<FencedDatabase> = {
      notes: [],
      run: async (steps, { onRecorded }) => {
        for (const step of steps) {
          applied = [...applied, step.migration.id];
          onRecorded(step, 1);
        }
        return 'done';
      },
      applySnapshot: async (_, { steps }) => {
        if (refuses !== undefined) return { notUsed: refuses };
        applied = steps.map(({ migration }) => migration.id);
        return 'applied';
      },
    };
    const state = () => ({
      rows: applied.map((id) => ({ name: `${id}.js`, batch: 1 })),
      checksums: new Map(),
      appliedBy: new Map(),
      revertedBy: new Map(),
      open: [],
    });
    const databases: TenantDatabases = {
      using: (_, work) =>
        work({
          readState: async () => state(),
          readBackfills: async () => [],
          takeHostSlot: async () => {},
          usingFence: (__, within) => within({ ...fenced, state: state() } as FencedDatabase),
        }),
    };
    return {
      login: { host: 'scratch', port: 3306, database: place, user: 'u', password: '' },
      ground: GROUND,
      attempting: (time, work) => {
        clock = time;
        return work(databases);
      },
      outside: () => [],
      read: async () => made().contents,
      async *rows({ name }) {
        yield* made().rows[name] ?? [];
      },
    };
  };
  return {
    facts: {
      product: 'MariaDB',
      isMariaDb: true,
      version: '11.8.9',
      number: 11_008_009,
      lowerCaseTableNames: 0 as const,
    },
    usingDatabases: (work) =>
      work({ first: database('first'), second: database('second'), proof: database('proof') }),
  };
}

const together = (sql: string): SnapshotStatement => ({ sql, isAlone: false });

/** SQL that only shows which parts were written. */
export const shownSql: SnapshotSql = {
  before: ({ objects }) => objects.map(({ sql }) => together(sql)),
  after: () => [together('after')],
  insert: ({ name }, rows) =>
    together(
      `${name}: ${rows.map((row) => row.map((cell) => (typeof cell === 'symbol' ? 'now' : cell)).join(',')).join(' ')}`,
    ),
};

/** Keeps the statements of a snapshot in memory. */
export function memorySink(limit = Number.POSITIVE_INFINITY) {
  const statements: SnapshotStatement[] = [];
  const ends: ('kept' | 'discarded')[] = [];
  const sink: SnapshotSink = {
    async write(statement) {
      statements.push(statement);
      if (statements.length > limit) throw new SnapshotTooLarge(limit);
    },
    finish: async (facts): Promise<Snapshot> => ({
      header: { ...facts, statements: statements.length, longest: 1, bytes: 1, hash: '' },
      async *statements() {
        yield* statements;
      },
    }),
    keep: async () => void ends.push('kept'),
    discard: async () => void ends.push('discarded'),
  };
  return { sink, statements, ends };
}
