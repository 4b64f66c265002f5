// npm run bench -- [options]
//
// Measures Fanfold beside plain Knex and beside bare mysql2 on a real server, and the listing of a
// very large fleet. What it creates on the server it drops again. docs/explanation/performance.md says how to
// read the tables.
import { countTable, rateTable } from './fleet-tables.ts';
import { measureListAndFold } from './list-and-fold/measure-list-and-fold.ts';
import { measureFleets } from './measure-fleets.ts';
import { type BenchOptions, parseOptions, USAGE } from './options.ts';
import { measureProvisioning } from './provisioning/measure-provisioning.ts';
import { provisioningTable } from './provisioning/provisioning-table.ts';
import { usingScratchDatabases } from './scratch-databases.ts';
import { usingScratchFolder } from './scratch-folder.ts';
import { describeServer, usingServer } from './server.ts';
import type { ServerLogin } from './server-login.ts';
import { createWays } from './ways/create-ways.ts';

async function bench(options: BenchOptions, signal: AbortSignal): Promise<void> {
  await usingServer(options.server, (login) =>
    usingScratchDatabases(login, options, () =>
      usingScratchFolder(async (folder) => {
        console.log(`${await describeServer(login)}; Node ${process.versions.node}`);
        if (options.parts.includes('fleets')) await fleets(login, options, folder, signal);
        if (options.parts.includes('provisioning')) await provisioning(login, options, signal);
        if (options.parts.includes('list-and-fold')) {
          await listAndFold(login, options, folder, signal);
        }
      }),
    ),
  );
}

async function fleets(
  login: ServerLogin,
  options: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { tenants, rounds } = options;
  const ways = await createWays(login, options, folder, signal);
  const samples = await measureFleets(login, ways, {
    tenants,
    rounds,
    signal,
    onRound: (round) => console.error(`round ${round} of ${rounds}`),
  });
  console.log(`\n${tenants} tenants, 5 tables each; medians of ${rounds} rounds\n`);
  console.log(`${rateTable(samples, ways)}\n\n${countTable(samples, ways)}`);
}

async function provisioning(
  login: ServerLogin,
  { provisioned, rounds, concurrency }: BenchOptions,
  signal: AbortSignal,
): Promise<void> {
  const samples = await measureProvisioning(login, {
    provisioned,
    rounds,
    concurrency,
    signal,
    onRound: (round) => console.error(`provisioning: round ${round} of ${rounds}`),
  });
  console.log(`\nprovisioning, 5 tables each; medians of ${rounds} rounds\n`);
  console.log(provisioningTable(samples, provisioned));
}

async function listAndFold(
  login: ServerLogin,
  { listed }: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  console.error(`list and fold: filling a central database with ${listed} tenants`);
  const result = await measureListAndFold(login, listed, folder, signal);
  const rate = Math.round(result.listed / result.seconds);
  console.log(
    `\nlist and fold: ${result.listed} tenants (${result.failed} failed) in ${result.seconds.toFixed(1)} s, ` +
      `${rate} a second; peak memory ${result.peakMb.toFixed(0)} MB, of which ${result.peakAtStartMb.toFixed(0)} MB before the run`,
  );
}

/** Ends at Ctrl-C, or when the time is up; what was created is dropped first. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(USAGE);
    return;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => {
    console.error('Stopping, and dropping what was created. Once more to leave it there.');
    stop.abort(new Error('Interrupted.'));
    process.exitCode = 130;
  });
  const timeIsUp = setTimeout(
    () => stop.abort(new Error(`Not done within ${options.minutes} minutes (--minutes).`)),
    options.minutes * 60_000,
  );
  try {
    await bench(options, stop.signal);
  } finally {
    clearTimeout(timeIsUp);
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode ??= 1;
}
