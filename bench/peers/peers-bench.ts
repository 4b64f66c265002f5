import { centralOfBench, installFanfold, migrateDatabase } from '../programs/fanfold-command.ts';
import { knexCommand } from '../programs/knex-command.ts';
import type { Peers } from '../programs/peer-packages.ts';
import type { MissingProgram, Program } from '../programs/program.ts';
import { knexScript, PEER_SCRIPTS, peerScripts } from '../programs/script-programs.ts';
import { sqlPrograms } from '../programs/sql-programs.ts';
import { writeMigrations } from '../programs/write-migrations.ts';
import { createDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import {
  type FleetOfProgram,
  measurePeers,
  type PeersOptions,
  peerFleet,
  processATenant,
} from './measure-peers.ts';
import { peersTable } from './peers-table.ts';

const CENTRAL = `${PREFIX}peer_central`;

/** Migrates a fleet by one process a tenant of each program, and by one process of ours, and returns the table. */
export async function peersBench(
  login: ServerLogin,
  peers: Peers,
  options: PeersOptions,
): Promise<string> {
  const { folder, tenants, concurrency, signal } = options;
  await writeMigrations(folder);
  const installed = await installFanfold(folder);
  await createDatabases(login, [CENTRAL], signal);
  const slugs = peerFleet('fanfold', tenants);
  const central = await centralOfBench(installed, login, folder, CENTRAL, slugs);
  const ours: FleetOfProgram = {
    name: 'fanfold',
    title: 'Fanfold: one process',
    migrateAll: (state) => [
      central.command(state, [...['migrate:all-tenants', '--concurrency', String(concurrency)]]),
    ],
  };
  const single = migrateDatabase(installed, login, folder);
  const programs: (Program | MissingProgram)[] = [
    { ...single, name: 'fanfold-single', title: 'Fanfold, migrate:database' },
    ...sqlPrograms(login, folder, peers),
    await knexScript(login, folder),
    await knexCommand(login, folder),
    ...('missing' in peers.npm
      ? PEER_SCRIPTS.map((script) => ({ ...script, ...(peers.npm as { missing: string }) }))
      : await peerScripts(login, folder, peers.npm.folder)),
  ];
  const missing = programs.filter((program) => 'missing' in program);
  const fleets = [
    ours,
    ...programs.flatMap((program) =>
      'missing' in program ? [] : [processATenant(program, tenants)],
    ),
  ];
  const samples = await measurePeers(login, fleets, options);
  return peersTable(samples, fleets, missing, tenants);
}
