import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { realFleet } from '../cli/support/real-fleet.ts';
import { onServer } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';

const page = readFileSync('docs/explanation/security.md', 'utf8');

/** The statements of the page, in order, by the user that they are for. */
const GRANTS = Map.groupBy(
  [...page.matchAll(/```sql\n([^`]*(?:`[^`]+`[^`]*)*)```/g)]
    .flatMap(([, sql = '']) => sql.split(';'))
    .map((statement) => statement.trim())
    .filter((statement) => statement !== ''),
  (statement) => /TO '(\w+)'@/.exec(statement)?.[1] ?? '',
);

const USERS = `export const up = (knex) => knex.schema.createTable('users', (t) => t.increments());
export const down = (knex) => knex.schema.dropTable('users');`;

it('the rights in docs/explanation/security.md are enough for the commands that it names', async () => {
  expect([...GRANTS.keys()]).toEqual(['runs', 'tenants', 'schema', 'administrator', 'acme_corp']);
  const fleet = await realFleet(['Acme Corp'], { '1_users.mjs': USERS });
  const [acme] = fleet.tenants;
  if (acme === undefined) throw new Error('There is no tenant.');
  const { host, port } = testServer();
  const { central } = fleet;
  const suffix = randomBytes(4).toString('hex');
  const slug = `p5-${suffix}`;
  const root = await testServer().rootConnection();
  const made: string[] = [];
  onTestFinished(async () => {
    const cleaner = await testServer().rootConnection();
    const { databases, users } = await onServer(slug);
    for (const name of databases) await cleaner.query(`DROP DATABASE \`${name}\``);
    for (const name of [...made, ...users]) await cleaner.query(`DROP USER '${name}'@'%'`);
  });
  /** Makes a user with the rights that the page gives it, and resolves to its URL. */
  const url = async (who: string) => {
    const user = `${who}_${suffix}`;
    await root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'Some-passw0rd'`);
    made.push(user);
    for (const statement of GRANTS.get(who) ?? []) {
      await root.query(
        statement
          .replace(`'${who}'@`, `'${user}'@`)
          .replace('`central`.*', `\`${central.database.replaceAll('_', '\\_')}\`.*`)
          .replace('`central`', `\`${central.database}\``),
      );
    }
    return `mysql://${user}:Some-passw0rd@${host}:${port}`;
  };
  const runs = { CENTRAL_DATABASE_URL: `${await url('runs')}/${central.database}` };
  const tenants = {
    CENTRAL_DATABASE_URL: `${await url('tenants')}/${central.database}`,
    FANFOLD_ADMIN_URL: await url('administrator'),
  };
  const schema = { CENTRAL_DATABASE_URL: `${await url('schema')}/${central.database}` };
  const works = async (argv: string, env: Record<string, string>) => {
    const { exitCode, stdout, stderr } = await fleet.run(argv, env);
    expect(exitCode, `${argv}\n${stdout}${stderr}`).toBe(0);
  };

  // The tenant's user keeps what the page gives it.
  await root.query(
    `REVOKE ALL ON \`${acme.database.replaceAll('_', '\\_')}\`.* FROM '${acme.user}'@'%'`,
  );
  await root.query(
    (GRANTS.get('acme_corp')?.[0] ?? '')
      .replace('`acme\\_corp\\_db`', `\`${acme.database.replaceAll('_', '\\_')}\``)
      .replace("'acme_corp'@", `'${acme.user}'@`),
  );
  for (const argv of [
    'migrate:plan',
    'migrate:all-tenants',
    'migrate:status',
    'migrate:doctor all',
    'migrate:rollback-tenants acme-corp --steps 1 --allow-empty --yes',
    'migrate:tenant acme-corp',
    'tenant:list',
  ]) {
    await works(argv, runs);
  }
  await works(`tenant:provision ${slug} --host ${host} --port ${port}`, tenants);
  await works(`tenant:rotate-password ${slug}`, tenants);
  await works(`tenant:move ${slug} --host localhost`, tenants);
  await works(`migrate:tenant ${slug}`, runs);
  // A table can only be rolled back if it is empty.
  await central.query('DELETE FROM tenants');
  await central.query('DELETE FROM fanfold_tenants');
  await works('migrate:rollback', schema);
  await works('migrate:latest', schema);
}, 300_000);
