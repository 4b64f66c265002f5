// node test/compatibility/make-fixtures.ts --checkout DIR --name NAME --server URL [--server URL]
//
// Writes fixtures/NAME with what the Fanfold in DIR, a checkout of an earlier version with its packages
// installed, leaves behind: the tables of tenants and of the central database on each server, the files of
// a run in a local run store, and the objects and events of an execution on AWS. README.md explains them.
import { execFile, execFileSync } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Driving, type States, startExecution } from './drive-execution.ts';
import { BLOCKER, KEY, MIGRATIONS, RUN_ID, TENANTS } from './scenario.ts';

const run = promisify(execFile);
const { values: options } = parseArgs({
  options: {
    checkout: { type: 'string' },
    name: { type: 'string' },
    server: { type: 'string', multiple: true },
  },
});
const { checkout, name, server: servers = [] } = options;
if (checkout === undefined || name === undefined || servers.length === 0) {
  throw new Error('make-fixtures.ts --checkout DIR --name NAME --server URL [--server URL]');
}
const source = resolve(checkout);
const folder = join(import.meta.dirname, 'fixtures', name);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const made: string[] = [];
for (const url of servers) made.push(await makeFleet(new URL(url)));
await makeExecution();
const git = (...argv: string[]) =>
  execFileSync('git', argv, { cwd: source, encoding: 'utf8' }).trim();
writeJson('provenance.json', {
  commit: git('rev-parse', 'HEAD'),
  subject: git('log', '-1', '--format=%s'),
  committed: git('log', '-1', '--format=%cI'),
  servers: made,
});

/** Migrates the tenants on a server by the command line of the checkout, and dumps what there is then. */
async function makeFleet(url: URL): Promise<string> {
  const root = await createConnection({
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    password: url.password,
  });
  const mark = randomBytes(4).toString('hex');
  const database = (part: string) => `ff_fixture_${mark}_${part}`;
  const user = `ff_fixture_${mark}`;
  const password = randomBytes(12).toString('base64url');
  const project = mkdtempSync(join(tmpdir(), 'fanfold-fixture-'));
  try {
    await root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
    for (const part of ['central', 'acme', 'beta']) {
      await root.query(`CREATE DATABASE ${database(part)}`);
      await root.query(`GRANT ALL ON ${database(part)}.* TO '${user}'@'%'`);
    }
    await root.query(BLOCKER.replace('audit_log', `${database('beta')}.audit_log`));
    writeFileSync(join(project, 'package.json'), '{}');
    mkdirSync(join(project, 'migrations/tenant'), { recursive: true });
    for (const [file, text] of Object.entries(MIGRATIONS)) {
      writeFileSync(join(project, 'migrations/tenant', file), text);
    }
    const cli = async (...argv: string[]) => {
      const env = {
        PATH: process.env.PATH,
        HOME: project,
        CENTRAL_DATABASE_URL: `mysql://${user}:${password}@${url.hostname}:${url.port}/${database('central')}`,
        DB_ENCRYPTION_KEY: KEY,
      };
      const main = join(source, 'src/cli/main.ts');
      return run(process.execPath, [main, ...argv], { cwd: project, env }).catch((error) => error);
    };
    await cli('migrate:latest');
    for (const [slug, id] of Object.entries(TENANTS)) {
      const sql = `INSERT INTO ${database('central')}.tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES (?, ?, ?, 'ACTIVE', ?, ?, ?, ?, ?)`;
      const login = [url.hostname, Number(url.port), database(slug), user, encrypt(password)];
      await root.query(sql, [id, slug, slug, ...login]);
    }
    const ended = await cli('migrate:all-tenants');
    if (ended.code !== 1) {
      throw new Error(`The run of the checkout has not ended with failures: ${ended.stderr}`);
    }
    const [[{ comment, version } = { comment: '', version: '' }]] = await root.query<
      RowDataPacket[]
    >('SELECT @@version AS version, @@version_comment AS comment');
    const flavour = /mariadb/i.test(`${version} ${comment}`) ? 'mariadb' : 'mysql';
    const dump: Record<string, string[]> = {};
    for (const part of ['central', 'acme', 'beta']) dump[part] = await dumpOf(root, database(part));
    writeJson(`tables.${flavour}.json`, dump);
    const [id = ''] = readdirSync(join(project, '.fanfold/runs'));
    const store = join(folder, `run.${flavour}`);
    cpSync(join(project, '.fanfold/runs', id), store, { recursive: true });
    // The page is for people, and nothing reads it.
    rmSync(join(store, 'report.html'), { force: true });
    return `${flavour} ${version}`;
  } finally {
    for (const part of ['central', 'acme', 'beta']) {
      await root.query(`DROP DATABASE IF EXISTS ${database(part)}`);
    }
    await root.query(`DROP USER IF EXISTS '${user}'@'%'`);
    await root.end();
    rmSync(project, { recursive: true, force: true });
  }
}

/** The statements that make a database's tables and rows again. */
async function dumpOf(root: Connection, database: string): Promise<string[]> {
  await root.query(`USE ${database}`);
  const [tables] = await root.query<RowDataPacket[]>('SHOW TABLES');
  const statements: string[] = [];
  for (const table of tables.map((row) => String(Object.values(row)[0]))) {
    const [[made]] = await root.query<RowDataPacket[]>(`SHOW CREATE TABLE \`${table}\``);
    statements.push(String(made?.['Create Table']));
    const [rows] = await root.query<RowDataPacket[]>({
      sql: `SELECT * FROM \`${table}\``,
      dateStrings: true,
    });
    for (const row of rows) {
      const columns = Object.keys(row).map((column) => `\`${column}\``);
      const values = root.format('(?)', [Object.values(row)]);
      statements.push(`INSERT INTO \`${table}\` (${columns.join(', ')}) VALUES ${values}`);
    }
  }
  return statements;
}

/** Goes through an execution by the states of the checkout, and dumps the bucket and the events. */
async function makeExecution(): Promise<void> {
  const from = <Module>(path: string): Promise<Module> => import(join(source, path));
  // The folder's name before version 0.1.0.
  const steps = existsSync(join(source, 'src/core/states')) ? 'states' : 'steps';
  const step = (path: string) => from<Partial<States>>(`src/core/${steps}/${path}.ts`);
  const states = {
    ...(await step('open-run')),
    ...(await step('list-tenants')),
    ...(await step('migrate-item')),
    ...(await step('reduce-outcomes')),
    ...(await step('record-outcomes')),
    ...(await step('settle-run')),
    wire: await from('src/core/wire/step-schemas.ts'),
  } as States;
  const { startS3Server, BUCKET } = await from<typeof import('../support/s3-server.ts')>(
    'test/support/s3-server.ts',
  );
  const { createBucket } = await from<typeof import('../../src/adapters/aws/bucket.ts')>(
    'src/adapters/aws/bucket.ts',
  );
  const { createS3RunStore } = await from<typeof import('../../src/adapters/aws/run-store.ts')>(
    'src/adapters/aws/run-store.ts',
  );
  const fleet = await from<typeof import('../support/fleet.ts')>('test/support/fleet.ts');
  const { createBundle } = await from<typeof import('../../src/core/bundle/bundle.ts')>(
    'src/core/bundle/bundle.ts',
  );
  const s3 = await startS3Server();
  const events: object[] = [];
  const isBroken = (slug: string) => ['tenant-001', 'tenant-004'].includes(slug);
  const driving: Driving = {
    states,
    store: createS3RunStore(createBucket(s3.client, BUCKET)),
    directory: fleet.directoryOf(fleet.fleetOf(6)),
    bundle: createBundle(
      Object.keys(MIGRATIONS).map((file) => ({
        id: file.replace('.js', ''),
        extension: '.js',
        checksum: file,
        load: () => Promise.reject(new Error('not loaded')),
      })),
    ),
    attempt: (slug) =>
      isBroken(slug) ? fleet.failedAttempt('TableExists') : fleet.migratedAttempt,
    readItems: (key) => jsonLines(s3.text(key) ?? ''),
    writeResults: (prefix, rows, failed) => {
      const files = { SUCCEEDED: rows, FAILED: failed };
      const ResultFiles: Record<string, object[]> = {};
      for (const [status, lines] of Object.entries(files)) {
        const text = lines.map((row) => JSON.stringify(row)).join('\n');
        const Key = `${prefix}/map-1/${status}_0.jsonl`;
        s3.put(Key, text);
        ResultFiles[status] = [{ Key, Size: Buffer.byteLength(text) }];
      }
      const manifest = { DestinationBucket: BUCKET, MapRunArn: 'arn', ResultFiles };
      s3.put(`${prefix}/map-1/manifest.json`, JSON.stringify(manifest));
    },
    onEvent: (event) => void events.push(event),
  };
  const execution = {
    arn: `arn:aws:states:eu-west-1:123456789012:execution:acme:${RUN_ID}`,
    name: RUN_ID,
    startedAt: '2026-11-23T05:57:12.000Z',
    redriveCount: 0,
  };
  const end = await startExecution(driving, execution).catch((error: Error) => error.name);
  if (end !== 'TenantMigrationsFailed') throw new Error(`The execution ended with ${end}.`);
  const bucket = Object.fromEntries([...s3.objects.keys()].map((key) => [key, s3.text(key)]));
  await s3.close();
  writeJson('bucket.json', bucket);
  writeJson('events.json', events);
}

function jsonLines<Value>(text: string): Value[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
}

/** A password in the format of the guide. */
function encrypt(password: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', KEY, iv);
  const encrypted = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()]);
  return `${iv.toString('hex')}:${encrypted.toString('hex')}`;
}
