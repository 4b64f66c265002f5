import type { ChaosDatabase, ChaosServer } from '../chaos/differential/chaos-server.ts';
import type { Contents } from '../chaos/differential/contents.ts';
import {
  canBeStopped,
  differencesFromPlain,
  prepareGround,
  readAll,
} from '../chaos/differential/ground.ts';
import { plainMigrate } from '../chaos/differential/plain-migrate.ts';
import { randomPoints } from '../chaos/differential/points.ts';
import type { PointResult } from '../chaos/differential/run-point.ts';
import { emptyTally, runPoints, type Tally } from '../chaos/differential/run-points.ts';
import { migrate } from '../support/migrating.ts';
import type { CorpusSubject } from './corpus-subject.ts';

/** One way in which a set was compared with plain Knex: `right`, or what differs. */
type Finding = string;

type Step = (database: ChaosDatabase) => Promise<string | undefined>;

/**
 * Plain Knex applies the first half and Fanfold the rest, and the other way round. After it plain Knex
 * has nothing left to do, and lists all of them as applied.
 */
async function checkAdoption(
  server: ChaosServer,
  set: CorpusSubject,
): Promise<readonly [knexFirst: Finding, fanfoldFirst: Finding]> {
  const knex =
    (bundle: typeof set.bundle): Step =>
    async (database) =>
      (await plainMigrate(database, bundle))?.message;
  const fanfold =
    (bundle: typeof set.bundle): Step =>
    (database) =>
      fanfoldMigrate(database, bundle);
  const nothingLeft: Step = async (database) => {
    let left: unknown;
    const error = await plainMigrate(database, set.bundle, async (instance) => {
      const [, pending] = (await instance.migrate.list()) as [unknown[], unknown[]];
      left =
        pending.length === 0
          ? undefined
          : `plain Knex lists as pending: ${JSON.stringify(pending)}`;
      await instance.migrate.latest();
    });
    return error?.message ?? (left as string | undefined);
  };
  const wanted = await after(server, set, knex(set.firstHalf), knex(set.bundle));
  const compare = async (...steps: Step[]) =>
    difference(wanted, await after(server, set, ...steps));
  return [
    await compare(knex(set.firstHalf), fanfold(set.bundle), nothingLeft),
    await compare(fanfold(set.firstHalf), knex(set.bundle), nothingLeft),
  ];
}

/**
 * All of it is applied, and rolled back again by Fanfold as by plain Knex. A `down` that fails under
 * plain Knex has to fail under Fanfold with the same error.
 */
async function checkRollback(server: ChaosServer, set: CorpusSubject): Promise<Finding> {
  const wanted = await after(
    server,
    set,
    async (database) => (await plainMigrate(database, set.bundle))?.message,
    async (database) => {
      // One by one, as Fanfold does: plain rollback wraps all of them in one transaction.
      const error = await plainMigrate(database, set.bundle, async (instance) => {
        for (const _ of set.bundle.migrations) await instance.migrate.down();
      });
      return error?.message;
    },
  );
  const found = await after(
    server,
    set,
    (database) => fanfoldMigrate(database, set.bundle),
    async (database) => {
      const attempt = await migrate(database, set.bundle, {
        command: 'rollback',
        runId: 'the-rollback',
        steps: set.bundle.migrations.length,
        allowEmpty: true,
        fenceWaitSeconds: 5,
      });
      return attempt.status === 'failed' ? sayFailure(attempt.failure) : undefined;
    },
  );
  if (wanted.error !== undefined && found.error !== undefined) return 'fails as under plain Knex';
  return difference(wanted, found);
}

interface Ending {
  readonly error: string | undefined;
  readonly contents: Contents;
}

async function after(server: ChaosServer, set: CorpusSubject, ...steps: Step[]): Promise<Ending> {
  const database = await server.create(set.base);
  try {
    let error: string | undefined;
    for (const step of steps) error ??= await step(database);
    return { error, contents: await readAll(server, set, database) };
  } finally {
    await server.drop(database);
  }
}

function difference(wanted: Ending, found: Ending): Finding {
  if (wanted.error !== found.error) {
    return `plain Knex: ${wanted.error ?? 'no error'}; with Fanfold: ${found.error ?? 'no error'}`;
  }
  const different = differencesFromPlain(wanted.contents, found.contents);
  return different.length === 0 ? 'right' : `different: ${different.join(' | ')}`;
}

async function fanfoldMigrate(
  database: ChaosDatabase,
  bundle: CorpusSubject['bundle'],
): Promise<string | undefined> {
  const attempt = await migrate(database, bundle, { fenceWaitSeconds: 5 });
  return attempt.status === 'failed' ? sayFailure(attempt.failure) : undefined;
}

const sayFailure = ({ code, message }: { code: string; message: string }) => `${code}: ${message}`;

/** All that was found of one set on one server. */
export interface SetResult {
  readonly findings: Readonly<Record<string, Finding>>;
  readonly packets: number;
  readonly tally: Tally;
  /** Points that ended wrong or stuck. */
  readonly faults: readonly PointResult[];
  readonly isRight: boolean;
}

/** Compares a set in every way, and stops it at so many random points. */
export async function checkSet(
  server: ChaosServer,
  set: CorpusSubject,
  { points, seed, concurrency }: { points: number; seed: number; concurrency: number },
): Promise<SetResult> {
  const ground = await prepareGround(server, set);
  const tally = emptyTally();
  const faults: PointResult[] = [];
  if (set.failsUnderPlainKnex) {
    return {
      findings: { uninterrupted: ground.clean },
      packets: ground.packets.length,
      tally,
      faults,
      isRight: ground.clean.startsWith('failed as'),
    };
  }
  const [knexFirst, fanfoldFirst] = await checkAdoption(server, set);
  const findings = {
    uninterrupted: ground.clean,
    'after Knex': knexFirst,
    'before Knex': fanfoldFirst,
    'rolled back': await checkRollback(server, set),
  };
  const tried = canBeStopped(ground) ? randomPoints([ground], points, seed) : [];
  await runPoints(tried, concurrency, (_, result) => {
    tally[result.verdict]++;
    if (result.verdict === 'wrong' || result.verdict === 'stuck') faults.push(result);
  });
  const isRight =
    faults.length === 0 &&
    Object.values(findings).every((finding) => /^(right|fails as)\b/.test(finding));
  return { findings, packets: ground.packets.length, tally, faults, isRight };
}
