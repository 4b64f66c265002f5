import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { createCertificateAuthority } from '../support/certificates.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { type IamServer, startIamServer } from '../support/iam-server.ts';
import { testServer } from '../support/server.ts';
import { fakeHost } from './support/fake-host.ts';
import { TEST_KEY } from './support/real-fleet.ts';

const KEYS = { id: 'ID-OF-A-KEY', secret: 'not/a+real/secret+key' };
const REGION = 'eu-central-1';

let folder: string;
let caFile: string;
let server: IamServer;
let central: TestDatabase;
let acme: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanfold-iam-'));
  await writeFile(
    join(folder, '20260101000000_create_notes.mjs'),
    "export const up = (knex) => knex.schema.createTable('notes', (table) => table.increments());",
  );
  const authority = await createCertificateAuthority();
  caFile = authority.file;
  central = await createDatabase('iam_c', '');
  acme = await createDatabase('iam_t', '');
  const { host, port } = testServer();
  const certificate = await authority.issue('DNS:localhost');
  const options = { behind: { host, port }, host: 'localhost', region: REGION, certificate };
  server = await startIamServer({ ...options, keys: KEYS });
});
afterAll(async () => {
  server.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', KEYS.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEYS.secret);
  vi.stubEnv('AWS_REGION', REGION);
  return () => vi.unstubAllEnvs();
});

/** Runs a command in the folder; resolves to all that it prints, in which no token may be. */
async function fanfold(command: string) {
  const host = fakeHost({
    env: {
      CENTRAL_DATABASE_URL: `mysql://${central.user}@localhost:${server.port}/${central.database}?auth=iam`,
      DB_ENCRYPTION_KEY: TEST_KEY,
    },
  });
  const argv = `${command} --tls required --ca ${caFile}`.split(' ');
  const exitCode = await runCli(argv, host, createWiring);
  const output = host.out + host.err;
  expect(output).not.toContain('X-Amz-');
  return { exitCode, output };
}

const added = (auth: string) =>
  `tenant:add --slug acme --host localhost --port ${server.port} --database ${acme.database} --user ${acme.user} ${auth}`;

describe('a fleet whose users log in by IAM', { timeout: 60_000 }, () => {
  it('a fleet that logs in by IAM is set up, added to and migrated without any password', async () => {
    expect(await fanfold('migrate:latest')).toMatchObject({ exitCode: 0 });
    const add = await fanfold(added('--auth iam'));
    expect(add.output).toContain('✅ Added acme (ACTIVE)');
    const [row] = await central.query('SELECT dbPassword FROM tenants');
    expect(row).toEqual({ dbPassword: 'iam' });
    const run = await fanfold(`migrate:all-tenants --migrations ${folder}`);
    expect(run.output).toContain('create_notes');
    expect(run.exitCode).toBe(0);
    expect(await acme.query('SELECT COUNT(*) AS notes FROM notes')).toEqual([{ notes: 0 }]);
    expect(server.logins.filter(({ defect }) => defect !== undefined)).toEqual([]);
    const tokens = server.logins.map(({ user }) => user);
    expect(new Set(tokens)).toEqual(new Set([central.user, acme.user]));
  });

  it('migrate:doctor examines a tenant that logs in by IAM', async () => {
    const { exitCode, output } = await fanfold(`migrate:doctor acme --migrations ${folder}`);
    expect(output).toContain(acme.user);
    expect(exitCode).toBe(0);
  });

  it('tenant:rotate-password refuses a tenant that logs in by IAM and has no password', async () => {
    const { exitCode, output } = await fanfold('tenant:rotate-password acme');
    expect(output).toContain(`The user "${acme.user}" logs in by IAM, and has no password.`);
    expect(exitCode).toBe(1);
  });

  it('tenant:move keeps the marker of a tenant that logs in by IAM', async () => {
    await fanfold(`tenant:move acme --host localhost --port ${server.port}`);
    expect(await central.query('SELECT dbPassword FROM tenants')).toEqual([{ dbPassword: 'iam' }]);
  });

  it('migrate:latest says what to check if a token is refused, such as one of another region', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const { exitCode, output } = await fanfold('migrate:latest');
    expect(output).toMatch(/refused the login of user .* by IAM/);
    expect(output).toContain('rds-db:connect');
    expect(exitCode).toBe(3);
  });

  it('tenant:add takes no password beside --auth iam', async () => {
    const { exitCode, output } = await fanfold(added('--auth iam --password-stdin'));
    expect(output).toContain('exclude each other');
    expect(exitCode).toBe(2);
  });
});
