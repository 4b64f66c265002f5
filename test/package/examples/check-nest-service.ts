import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expectThat, type InstalledExample } from './example.ts';

const LATER = `import type { Knex } from 'knex';
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('tasks', (table) => table.dateTime('due_at'));
}
`;

/** Starts the Nest example, signs a tenant up, asks it, and asks it again while it lacks a migration. */
export async function checkNestService(example: InstalledExample): Promise<void> {
  const { run, project, env } = example;
  await run('npx fanfold migrate:latest');
  await run('npm run build');
  const slug = env.TENANT_SLUG ?? '';
  await usingService(example, async (ask) => {
    const signedUp = await ask('POST', '/tenants', { slug, name: 'Acme' });
    expectThat(
      signedUp.status === 201 && signedUp.body.status === 'active',
      'an active tenant',
      signedUp,
    );
    const again = await ask('POST', '/tenants', { slug, name: 'Acme' });
    expectThat(again.status === 409, 'a slug to be refused that is taken', again);
    const unknown = await ask('GET', '/tasks', undefined, 'nosuch');
    expectThat(unknown.status === 404, 'an unknown tenant to be refused', unknown);
    await ask('POST', '/tasks', { title: 'Say hello' }, slug);
    const { body } = await ask('GET', '/tasks', undefined, slug);
    const tasks = JSON.stringify(body);
    expectThat(tasks === '[{"id":1,"title":"Say hello","priority":0}]', 'the task', tasks);
  });

  writeFileSync(join(project, 'migrations/tenant/20250301090000_add_due_at.ts'), LATER);
  await usingService(example, async (ask) => {
    const behind = await ask('GET', '/tasks', undefined, slug);
    expectThat(
      behind.status === 503 && behind.retryAfter === '10' && behind.body.code === 'TenantNotReady',
      '503 with Retry-After while the tenant lacks a migration',
      behind,
    );
    await run('npm run migrate');
    const { status } = await ask('GET', '/tasks', undefined, slug);
    expectThat(status === 200, 'the tenant to be served once it is migrated', status);
  });
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

type Ask = (method: string, path: string, body?: object, tenant?: string) => Promise<Answer>;

/** Runs the service for the time of `work`, and has it end by itself. */
async function usingService(
  { project, env }: InstalledExample,
  work: (ask: Ask) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const service = spawn(process.execPath, ['dist/main.js'], {
    cwd: project,
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [service.stdout, service.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const ended = once(service, 'close');
  const ask: Ask = async (method, path, body, tenant) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(tenant !== undefined && { 'x-tenant': tenant }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as Answer['body'],
    };
  };
  try {
    for (;;) {
      if (service.exitCode !== null) throw new Error('The service has ended by itself.');
      if (output.includes('successfully started')) break;
      await delay(100);
    }
    await work(ask);
    service.kill('SIGTERM');
    const [code, signal] = await ended;
    expectThat(code === 0 || signal === 'SIGTERM', 'the service to end by itself', [code, signal]);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${output}`);
  } finally {
    service.kill('SIGKILL');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
