import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EmbeddedServer } from '../../../../src/adapters/local/embedded-server/contract.ts';
import { findBinary } from '../../../../src/adapters/local/embedded-server/find-binary.ts';
import { startEmbeddedServer } from '../../../../src/adapters/local/embedded-server.ts';

const { FANFOLD_MYSQL_URL: _given, ...environment } = process.env;
const installed = await findBinary(environment);

// Without an installed program the server would come from Docker or apt, which takes too long for a test.
describe.skipIf(installed === undefined)('a server program of this machine', () => {
  it('a server program of this machine answers under every address that it names, with the requested settings', async () => {
    const server = await startEmbeddedServer({ environment, maxConnections: 17 });
    onTestFinished(server.stop);

    expect(server.hosts).toHaveLength(2);
    for (const host of server.hosts) {
      expect(await settingsOf(server, host)).toEqual({
        version: server.version,
        maxConnections: 17,
        flushAtCommit: 1,
      });
    }
  });

  it('a server program of this machine leaves nothing behind when it is stopped once or twice', async () => {
    const server = await startEmbeddedServer({ environment, durable: false });
    const { pid, folder } = started(server);
    expect([isRunning(pid), existsSync(folder)]).toEqual([true, true]);

    await server.stop();
    await server.stop();

    expect([isRunning(pid), existsSync(folder)]).toEqual([false, false]);
  });

  it('a server program of this machine ends when its owner is killed', async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/own-a-server.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: environment,
    });
    const [line] = await once(owner.stdout, 'data');
    const { pid, folder } = JSON.parse(String(line)) as { pid: number; folder: string };
    expect([isRunning(pid), existsSync(folder)]).toEqual([true, true]);

    owner.kill('SIGKILL');

    await vi.waitFor(() => expect([isRunning(pid), existsSync(folder)]).toEqual([false, false]), {
      timeout: 10_000,
    });
  });

  it('a server program of this machine shows the end of its log when it does not start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fanfold-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const program = join(folder, 'mysqld');
    const script = 'case "$*" in *--version*) echo "mysqld  Ver 9.7.0"; exit;; esac';
    await writeFile(program, `#!/bin/sh\n${script}\necho "[ERROR] Disk is full." >&2\nexit 1\n`);
    await chmod(program, 0o755);

    const start = startEmbeddedServer({
      environment: { ...environment, PATH: `${folder}:${environment.PATH}` },
    });

    await expect(start).rejects.toMatchObject({
      code: 'DatabaseServerDidNotStart',
      fault: 'configuration',
      message: expect.stringContaining(`${program} was started and ended`),
    });
    await expect(start).rejects.toThrow('[ERROR] Disk is full.');
  });
});

function started(server: EmbeddedServer): { pid: number; folder: string } {
  if (server.process === undefined) throw new Error('The server is not a process of ours.');
  return server.process;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function settingsOf(server: EmbeddedServer, host: string): Promise<unknown> {
  const { port, user, password } = server;
  const connection = await createConnection({ host, port, user, password });
  try {
    const [[settings] = []] = (await connection.query(
      'SELECT VERSION() AS version, @@max_connections AS maxConnections, ' +
        '@@innodb_flush_log_at_trx_commit AS flushAtCommit',
    )) as unknown as [object[]];
    return settings;
  } finally {
    await connection.end();
  }
}
