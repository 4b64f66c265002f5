import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import { type BadServer, badServer, silentServer } from '../support/bad-server.ts';
import { type RealFleet, realFleet } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const MIGRATIONS = {
  '20250127120000_create_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => table.increments('id'));
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

/** A fleet of four whose tenants but the first two are reached through that server. */
async function fleetBehind(server: BadServer): Promise<RealFleet> {
  const fleet = await realFleet(['Good 1', 'Good 2', 'Bad 1', 'Bad 2', 'Bad 3'], MIGRATIONS);
  await fleet.central.query(
    `UPDATE tenants SET dbHost = '127.0.0.1', dbPort = ${server.port} WHERE slug LIKE 'bad-%'`,
  );
  return fleet;
}

function eventsOf(stdout: string): RunEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const COMMAND = 'migrate:all-tenants --json --connect-timeout 1 --concurrency 4';

describe('a host that never speaks', () => {
  test('a host that never answers is tried twice and once more at the end, whatever its tenants', async () => {
    const server = await silentServer();
    const fleet = await fleetBehind(server);
    const { stdout, exitCode } = await fleet.run(COMMAND);
    const events = eventsOf(stdout);
    const summary = events.find((event) => event.type === 'run-finished')?.summary;
    expect(summary).toMatchObject({
      counts: { migrated: 2, failed: 3 },
      failures: [{ code: 'HostDown', count: 3, retryable: true }],
    });
    expect(server.connections).toBe(3);
    expect(exitCode).toBe(1);
  });

  test('a host that is back at the end has its tenants migrated in the same run', async () => {
    let fleet: RealFleet | undefined;
    const server: BadServer = await badServer((socket) => {
      const { host, port } = fleet?.central ?? { host: '', port: 0 };
      if (server.connections <= 2) return void socket.resume();
      const real = connect(port, host).on('error', () => socket.destroy());
      socket.pipe(real).pipe(socket);
      socket.on('close', () => real.destroy());
    });
    fleet = await fleetBehind(server);
    const { stdout, exitCode } = await fleet.run(COMMAND);
    const events = eventsOf(stdout);
    expect(events.find((event) => event.type === 'run-finished')?.summary.counts).toMatchObject({
      migrated: 5,
      failed: 0,
    });
    expect(events.filter((event) => event.type === 'round-started')).toMatchObject([
      { round: 2, total: 3, hostsDown: true },
    ]);
    expect(exitCode).toBe(0);
  });
});
