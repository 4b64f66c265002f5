import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { send, usingConnection } from '../connection.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import type { ServerLogin } from '../server-login.ts';
import { checkFleet } from './check-fleet.ts';
import { makeFleetProject, PENDING, TABLE, writeMigration } from './fleet-project.ts';
import { CENTRAL, fleetNames, makeFleet } from './make-fleet.ts';
import { type KilledRuns, runWithKills } from './run-with-kills.ts';
import { runToEnd } from './runner.ts';

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
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (words: string) => void },
): Promise<FleetRecord> {
  const names = fleetNames(options.tenants);
  const folder = join(scratch, 'fleet');
  await mkdir(folder);
  const project = await makeFleetProject(folder, login, CENTRAL);
  tell(`creating ${names.length} databases`);
  await makeFleet(login, names, project, signal);
  tell('first run over empty databases');
  const freshSeconds = await runToEnd(project, signal);
  tell('bare ALTERs');
  const floor = await measureFloor(login, names, signal);
  await writeMigration(project, PENDING);
  tell(`two runners, one of which is killed every ${options.killEvery} s`);
  const killed = await runWithKills(project, options, signal);
  tell('nothing to do');
  const nothingSeconds = await runToEnd(project, signal);
  tell('checking every database');
  const wrong = await checkFleet(login, names, signal);
  return { freshSeconds, floor, killed, nothingSeconds, wrong };
}

/** Finds the best number at a time over some databases, and measures all of them with that. */
async function measureFloor(
  login: ServerLogin,
  names: readonly string[],
  signal: AbortSignal,
): Promise<FleetRecord['floor']> {
  let best = { rate: 0, atATime: FLOORS[0] ?? 1 };
  const part = names.slice(0, FLOOR_PART);
  for (const atATime of FLOORS) {
    const seconds = await alterAll(login, part, { atATime, column: `part_${atATime}` }, signal);
    if (part.length / seconds > best.rate) best = { rate: part.length / seconds, atATime };
  }
  const { atATime } = best;
  return { seconds: await alterAll(login, names, { atATime, column: 'floor' }, signal), atATime };
}

async function alterAll(
  login: ServerLogin,
  names: readonly string[],
  { atATime, column }: { readonly atATime: number; readonly column: string },
  signal: AbortSignal,
): Promise<number> {
  const startedAt = performance.now();
  await forEachBounded(names, atATime, signal, (name) =>
    usingConnection(login, name, async (connection) => {
      await send(
        connection,
        `ALTER TABLE \`${TABLE}\` ADD \`${column}_floor\` int NOT NULL DEFAULT '0'`,
      );
    }),
  );
  return (performance.now() - startedAt) / 1_000;
}
