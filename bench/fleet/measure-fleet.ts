import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2';
import { send, usingConnection } from '../connection.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { scratchDatabases } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { checkFleet } from './check-fleet.ts';
import { makeFleetProject, PENDING, TABLE, writeMigration } from './fleet-project.ts';
import { CENTRAL, fleetNames, makeFleet } from './make-fleet.ts';
import { type KilledRuns, runWithKills } from './run-with-kills.ts';
import { runToEnd } from './runner.ts';
import { type Tell, usingProgress } from './using-progress.ts';

/** Seconds over a whole fleet. */
export interface FleetRecord {
  /** The first run over empty databases, by one runner. */
  readonly freshSeconds: number;
  /** The bare ALTER in every database, with its connection, by the best number at a time. */
  readonly floor: { readonly seconds: number; readonly atATime: number };
  readonly killed: KilledRuns;
  readonly nothingSeconds: number;
  /** Faults of databases. */
  readonly wrong: readonly string[];
}

/** Numbers at a time of which the fastest is the floor, each over a part of the fleet. */
const FLOORS = [4, 8, 16, 32];
const FLOOR_PART = 400;

/** Makes a fleet of real databases, and brings it up to date while runners are killed. */
export async function measureFleet(
  login: ServerLogin,
  options: { readonly tenants: number; readonly killEvery: number; readonly kills: number },
  scratch: string,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: Tell },
): Promise<FleetRecord> {
  const names = fleetNames(options.tenants);
  const folder = join(scratch, 'fleet');
  await mkdir(folder);
  const project = await makeFleetProject(folder, login, CENTRAL);
  const total = names.length;
  const during = <Result>(
    words: string,
    count: () => number | Promise<number>,
    work: () => Promise<Result>,
  ) => usingProgress({ tell, words, total }, count, work);

  await during(
    `creating ${total} databases`,
    async () => (await scratchDatabases(login)).length,
    () => makeFleet(login, names, project, signal),
  );
  const freshSeconds = await during(
    'first run over empty databases',
    () => countRecorded(login, ''),
    () => runToEnd(project, signal),
  );
  let altered = 0;
  const floor = await during(
    'bare ALTERs, over some by 4, 8, 16 and 32 at a time, then over all',
    () => altered,
    () => measureFloor(login, names, { signal, onAltered: (count) => (altered = count) }),
  );
  const first = await recordedVersion(login);
  await writeMigration(project, PENDING);
  const killed = await during(
    `two runners, one of which is killed every ${options.killEvery} s`,
    () => countRecorded(login, first),
    () => runWithKills(project, options, signal),
  );
  tell('nothing to do');
  const nothingSeconds = await runToEnd(project, signal);
  let checked = 0;
  const wrong = await during(
    'checking every database',
    () => checked,
    () => checkFleet(login, names, { signal, onChecked: () => (checked += 1) }),
  );
  tell(`dropping ${total} databases`);
  return { freshSeconds, floor, killed, nothingSeconds, wrong };
}

/** Tenants that the central database has with another version than this one. */
async function countRecorded(login: ServerLogin, version: string): Promise<number> {
  return usingConnection(login, CENTRAL, async (connection) => {
    const [row] = await send<RowDataPacket[]>(
      connection,
      'SELECT COUNT(*) AS tenants FROM fanfold_tenants WHERE schemaVersion <> ?',
      [version],
    );
    return Number(row?.tenants);
  });
}

/** A version that the central database has of a tenant. */
async function recordedVersion(login: ServerLogin): Promise<string> {
  return usingConnection(login, CENTRAL, async (connection) => {
    const [row] = await send<RowDataPacket[]>(
      connection,
      'SELECT MAX(schemaVersion) AS version FROM fanfold_tenants',
    );
    return String(row?.version);
  });
}

/** Finds the best number at a time over some databases, and measures all of them with that. */
async function measureFloor(
  login: ServerLogin,
  names: readonly string[],
  {
    signal,
    onAltered,
  }: { readonly signal: AbortSignal; readonly onAltered: (count: number) => void },
): Promise<FleetRecord['floor']> {
  let best = { rate: 0, atATime: FLOORS[0] ?? 1 };
  const part = names.slice(0, FLOOR_PART);
  for (const atATime of FLOORS) {
    const column = `part_${atATime}`;
    const seconds = await alterAll(login, part, { atATime, column, onAltered }, signal);
    if (part.length / seconds > best.rate) best = { rate: part.length / seconds, atATime };
  }
  const { atATime } = best;
  const options = { atATime, column: 'floor', onAltered };
  return { seconds: await alterAll(login, names, options, signal), atATime };
}

async function alterAll(
  login: ServerLogin,
  names: readonly string[],
  {
    atATime,
    column,
    onAltered,
  }: {
    readonly atATime: number;
    readonly column: string;
    readonly onAltered: (count: number) => void;
  },
  signal: AbortSignal,
): Promise<number> {
  const startedAt = performance.now();
  let altered = 0;
  await forEachBounded(names, atATime, signal, (name) =>
    usingConnection(login, name, async (connection) => {
      await send(
        connection,
        `ALTER TABLE \`${TABLE}\` ADD \`${column}_floor\` int NOT NULL DEFAULT '0'`,
      );
      altered += 1;
      onAltered(altered);
    }),
  );
  return (performance.now() - startedAt) / 1_000;
}
