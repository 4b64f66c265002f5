// npm run bench -- [options]
//
// Measures Fanfold beside plain Knex and beside bare mysql2 on a real server, and the listing of a very large
// fleet. It drops everything that it creates on the server. docs/explanation/performance.md explains the
// tables.
import { join } from 'node:path';
import { backfillTable } from './backfill/backfill-table.ts';
import { backfillWay, loopWay } from './backfill/backfill-ways.ts';
import { type BackfillSample, measureBackfill } from './backfill/measure-backfill.ts';
import { countTable, rateTable } from './fleet-tables.ts';
import { forecastTable, migrationTable } from './forecast/forecast-table.ts';
import { measureForecast } from './forecast/measure-forecast.ts';
import { measureListAndFold } from './list-and-fold/measure-list-and-fold.ts';
import { measureNetworks } from './network/measure-networks.ts';
import { measureNewTenants } from './new-tenants/measure-new-tenants.ts';
import { newTenantsTable } from './new-tenants/new-tenants-table.ts';
import { type BenchOptions, parseOptions, USAGE } from './options.ts';
import { peersBench } from './peers/peers-bench.ts';
import { peerPackages } from './programs/peer-packages.ts';
import { measureProvisioning } from './provisioning/measure-provisioning.ts';
import { provisioningTable } from './provisioning/provisioning-table.ts';
import { measureQueue, type QueueSample } from './queue/measure-queue.ts';
import { queueTable } from './queue/queue-table.ts';
import { fanfoldWay, knexWay } from './queue/queue-ways.ts';
import { usingScratchDatabases } from './scratch-databases.ts';
import { usingScratchFolder } from './scratch-folder.ts';
import { describeServer, usingServer } from './server.ts';
import type { ServerLogin } from './server-login.ts';
import { measureShapes } from './shapes/measure-shapes.ts';
import { startBench } from './start/start-bench.ts';
import { usingBenchSignal } from './using-bench-signal.ts';

async function bench(options: BenchOptions, signal: AbortSignal): Promise<void> {
  await usingServer(options.server, (login) =>
    usingScratchDatabases(login, options, () =>
      usingScratchFolder(async (folder) => {
        console.log(`${await describeServer(login)}; Node ${process.versions.node}`);
        if (options.parts.includes('fleets')) await fleets(login, options, folder, signal);
        if (options.parts.includes('provisioning')) await provisioning(login, options, signal);
        if (options.parts.includes('new-tenants')) await newTenants(login, options, folder, signal);
        if (options.parts.includes('list-and-fold')) {
          await listAndFold(login, options, folder, signal);
        }
        if (options.parts.includes('queue')) await queue(login, options, folder, signal);
        if (options.parts.includes('backfill')) await backfill(login, options, folder, signal);
        if (options.parts.includes('forecast')) await forecast(login, options, folder, signal);
        if (options.parts.includes('shapes')) await shapes(login, options, signal);
        if (options.parts.includes('start')) await start(login, options, folder, signal);
        if (options.parts.includes('peers')) await peers(login, options, folder, signal);
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
  for await (const { title, samples, ways, trips } of measureNetworks(login, options, {
    folder,
    signal,
    notice: (text) => console.error(text),
  })) {
    console.log(`\n${title}\n\n${rateTable(samples, ways, trips)}\n\n${countTable(samples, ways)}`);
  }
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

async function newTenants(
  login: ServerLogin,
  { newTenants: tenants, migrations }: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const notice = (text: string) => console.error(text);
  const given = { tenants, migrations, signal, notice, folder: join(folder, 'new-tenants') };
  const samples = await measureNewTenants(login, given);
  console.log(`\nnew tenants: ${tenants} of each way, ${migrations} migrations\n`);
  console.log(newTenantsTable(samples));
}

async function listAndFold(
  login: ServerLogin,
  { listed }: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  console.error(`list and fold: filling a central database with ${listed} tenants`);
  const result = await measureListAndFold(login, { tenants: listed, probe: 'ask' }, folder, signal);
  const rate = Math.round(result.listed / result.seconds);
  console.log(
    `\nlist and fold: ${result.listed} tenants (${result.failed} failed) in ${result.seconds.toFixed(1)} s, ` +
      `${rate} a second; peak memory ${result.peakMb.toFixed(0)} MB, of which ${result.peakAtStartMb.toFixed(0)} MB before the run`,
  );
}

/** The limit that the documentation advises. */
const QUEUE_MS = 250;

async function queue(
  login: ServerLogin,
  { queued: tenants, held: heldSeconds }: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const waitSeconds = 3 * heldSeconds;
  const samples: QueueSample[] = [];
  for (const way of [
    knexWay(login),
    fanfoldWay(login, folder, { waitSeconds }),
    fanfoldWay(login, folder, { waitSeconds, queueMs: QUEUE_MS }),
  ]) {
    console.error(`queue: ${way.title}, beside a transaction of ${heldSeconds} s`);
    samples.push(await measureQueue(login, way, { tenants, heldSeconds, everyMs: 500, signal }));
  }
  console.log(
    `\nqueries of ${tenants} tenants, two a second each, beside a migration and a transaction of ${heldSeconds} s\n`,
  );
  console.log(queueTable(samples, QUEUE_MS));
}

async function backfill(
  login: ServerLogin,
  { filled: rows, perSecond }: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const samples: BackfillSample[] = [];
  for (const way of [loopWay(login, rows), backfillWay(login, folder)]) {
    console.error(`backfill: ${rows} rows, ${way.title}`);
    samples.push(await measureBackfill(login, way, { rows, perSecond, signal }));
  }
  console.log(
    `\nbackfill of ${rows} rows beside an application with ${perSecond} queries a second\n`,
  );
  console.log(backfillTable(samples, rows));
}

async function forecast(
  login: ServerLogin,
  { forecast: tenants, rows, concurrency }: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const stages = await measureForecast(login, { tenants, rows, concurrency, folder, signal });
  console.log(
    `\nforecast: 2 fleets of ${tenants} tenants, tables of ${rows / 100} to ${rows} rows, ${concurrency} at a time\n`,
  );
  console.log(`${forecastTable(stages)}\n\n${migrationTable(stages)}`);
}

async function shapes(
  login: ServerLogin,
  { shaped }: BenchOptions,
  signal: AbortSignal,
): Promise<void> {
  const { tenants, seconds, shapes, peakMb, serverCpuSeconds } = await measureShapes(
    login,
    shaped,
    signal,
  );
  const each = (total: number) => `${((1_000 * total) / tenants).toFixed(2)} ms`;
  const cpu =
    serverCpuSeconds === undefined ? '' : `, ${each(serverCpuSeconds)} of the server's CPU`;
  console.log(
    `\nshapes: ${tenants} databases of 5 tables on one server in ${seconds.toFixed(1)} s (a database: ${each(seconds)}${cpu}), ` +
      `${shapes} shapes; peak memory ${peakMb.toFixed(0)} MB`,
  );
}

async function start(
  login: ServerLogin,
  { rounds, installed }: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const onRound = (round: number) => console.error(`start: round ${round} of ${rounds}`);
  const table = await startBench(login, await peerPackages({ fetch: !installed }), {
    ...{ rounds, signal, onRound, folder: join(folder, 'start') },
  });
  console.log(`\none process of each program; medians of ${rounds} rounds\n\n${table}`);
}

async function peers(
  login: ServerLogin,
  { peers: tenants, concurrency, installed }: BenchOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const onFleet = (title: string, state: string) => console.error(`peers: ${title}, ${state}`);
  const table = await peersBench(login, await peerPackages({ fetch: !installed }), {
    ...{ tenants, concurrency, signal, onFleet, folder: join(folder, 'peers') },
  });
  console.log(`\n${tenants} tenants, 5 tables each, ${concurrency} at a time\n\n${table}`);
}

await usingBenchSignal(() => parseOptions(process.argv.slice(2)), USAGE, bench);
