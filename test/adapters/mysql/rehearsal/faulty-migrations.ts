/** Files of migrations, and the rule that has to catch the last of them (or the one that is named). */
export interface FaultyCase {
  readonly kind: string;
  readonly rule: string;
  readonly files: readonly string[];
  /** The place of the faulty file. Default: the last one. */
  readonly at?: number;
}

const USERS = `
  export const up = (knex) => knex.schema.createTable('users', (t) => {
    t.increments('id'); t.string('email').notNullable(); t.integer('visits').notNullable().defaultTo(0);
  });
  export const down = (knex) => knex.schema.dropTable('users');`;

const SETTINGS = `
  export const up = (knex) => knex.schema.createTable('settings', (t) => {
    t.string('name', 60).primary(); t.string('value', 200); t.bigInteger('number'); t.dateTime('moment');
  });
  export const down = (knex) => knex.schema.dropTable('settings');`;

/** A file whose down deletes the rows of the table of settings. */
const seeding = (up: string, before = '') => `${before}
  export const up = async (knex) => { ${up} };
  export const down = (knex) => knex('settings').delete();`;

const onUsers = (up: string, down: string, more = '') => `
  export const up = async (knex) => { ${up} };
  export const down = async (knex) => { ${down} };
  ${more}`;

const chance = (kind: string, up: string, before?: string): FaultyCase => ({
  kind,
  rule: 'depends-on-chance',
  files: [SETTINGS, seeding(up, before)],
});

const time = (kind: string, up: string, before?: string): FaultyCase => ({
  kind,
  rule: 'depends-on-time',
  files: [SETTINGS, seeding(up, before)],
});

const runTime = (kind: string, up: string): FaultyCase => ({
  ...time(kind, up),
  rule: 'writes-run-time',
});

const name = (kind: string, up: string): FaultyCase => ({
  kind,
  rule: 'depends-on-name',
  files: [SETTINGS, seeding(up)],
});

const NO_WAY_BACK: readonly FaultyCase[] = [
  {
    kind: 'exports no down',
    rule: 'no-down',
    files: [
      `export const up = (knex) => knex.schema.createTable('a', (t) => { t.increments('id'); });`,
    ],
  },
  {
    kind: 'is CommonJS without a down',
    rule: 'no-down',
    files: [`exports.up = (knex) => knex.raw('create table a (id int primary key)');`],
  },
  {
    kind: 'has an empty down',
    rule: 'down-not-inverse',
    files: [
      `export const up = (knex) => knex.schema.createTable('a', (t) => { t.increments('id'); }); export const down = async () => {};`,
    ],
  },
  {
    kind: 'drops one of two columns',
    rule: 'down-not-inverse',
    files: [
      USERS,
      onUsers(
        `await knex.schema.alterTable('users', (t) => { t.integer('a'); t.integer('b'); });`,
        `await knex.schema.alterTable('users', (t) => { t.dropColumn('a'); });`,
      ),
    ],
  },
  {
    kind: 'gives the column another type back',
    rule: 'down-not-inverse',
    files: [
      USERS,
      onUsers(
        `await knex.schema.alterTable('users', (t) => { t.text('email').notNullable().alter(); });`,
        `await knex.schema.alterTable('users', (t) => { t.string('email', 100).notNullable().alter(); });`,
      ),
    ],
  },
  {
    kind: 'forgets that the column was not NULL',
    rule: 'down-not-inverse',
    files: [
      USERS,
      onUsers(
        `await knex.raw('alter table users modify email varchar(255) null');`,
        `await knex.raw('alter table users modify email varchar(255)');`,
      ),
    ],
  },
  {
    kind: 'leaves a view',
    rule: 'down-not-inverse',
    files: [
      USERS,
      onUsers(
        `await knex.raw('create view emails as select email from users');`,
        `await knex.raw('select 1');`,
      ),
    ],
  },
  {
    kind: 'leaves an event',
    rule: 'down-not-inverse',
    files: [
      USERS,
      onUsers(
        `await knex.raw('create event tidy on schedule every 1 day disable do delete from users where visits = 0');`,
        ``,
      ),
    ],
  },
  {
    kind: 'leaves the rows that it inserted',
    rule: 'down-not-inverse',
    files: [SETTINGS, onUsers(`await knex('settings').insert({ name: 'a', value: 'b' });`, ``)],
  },
  {
    kind: 'deletes more rows than it inserted',
    rule: 'down-not-inverse',
    files: [
      SETTINGS,
      onUsers(
        `await knex('settings').insert({ name: 'a' });`,
        `await knex('settings').where({ name: 'a' }).delete();`,
      ),
      onUsers(`await knex('settings').insert({ name: 'b' });`, `await knex('settings').delete();`),
    ],
  },
  {
    kind: 'drops an index by a wrong name',
    rule: 'down-fails',
    files: [
      USERS,
      onUsers(
        `await knex.schema.alterTable('users', (t) => { t.index(['email'], 'by_email'); });`,
        `await knex.schema.alterTable('users', (t) => { t.dropIndex(['email'], 'email_index'); });`,
      ),
    ],
  },
  {
    kind: 'keeps the index of a foreign key',
    rule: 'down-leaves-index',
    files: [
      USERS,
      onUsers(
        `await knex.raw('alter table users add boss int unsigned');`,
        `await knex.raw('alter table users drop boss');`,
      ),
      onUsers(
        `await knex.raw('alter table users add constraint boss_fk foreign key (boss) references users (id)');`,
        `await knex.raw('alter table users drop foreign key boss_fk');`,
      ),
    ],
  },
];

const STOPPED: readonly FaultyCase[] = [
  {
    kind: 'calls a procedure that writes twice',
    rule: 'labelled-when-stopped',
    files: [
      SETTINGS,
      `export const up = async (knex) => {
         await knex.raw("create procedure fill() begin insert into settings (name) values ('a'); commit; insert into settings (name) values ('b'); end");
         await knex.raw('call fill()');
       };
       export const down = async (knex) => { await knex('settings').delete(); await knex.raw('drop procedure fill'); };
       export const config = { transaction: false };`,
    ],
  },
  {
    kind: 'swaps two tables',
    rule: 'labelled-when-stopped',
    files: [
      `export const up = async (knex) => { await knex.raw('create table a (id int primary key)'); await knex.raw('create table b (id int primary key)'); };
       export const down = async (knex) => { await knex.raw('drop table a, b'); };`,
      `const swap = async (knex) => { await knex.raw('rename table a to c, b to a, c to b'); };
       export const up = swap; export const down = swap;`,
    ],
  },
  {
    kind: 'writes to a table without transactions',
    rule: 'labelled-when-stopped',
    files: [
      `export const up = (knex) => knex.raw('create table hits (n int) engine=MyISAM'); export const down = (knex) => knex.schema.dropTable('hits');`,
      `export const up = async (knex) => { await knex.raw('insert into hits values (1)'); await knex.raw('update hits set n = n + 1'); };
       export const down = async (knex) => { await knex('hits').delete(); };`,
    ],
  },
  {
    kind: 'inserts a random value before a definition',
    rule: 'labelled-when-stopped',
    files: [
      SETTINGS,
      `export const up = async (knex) => {
         await knex('settings').insert({ name: 'a', number: Math.floor(Math.random() * 1e15) });
         await knex.raw('alter table settings add note int');
       };
       export const down = async (knex) => { await knex('settings').delete(); await knex.raw('alter table settings drop note'); };
       export const config = { transaction: false };`,
    ],
  },
];

const TIMES: readonly FaultyCase[] = [
  time('writes Date.now()', `await knex('settings').insert({ name: 'a', number: Date.now() });`),
  time(
    'writes new Date() as text',
    `await knex('settings').insert({ name: 'a', value: new Date().toISOString() });`,
  ),
  runTime('writes new Date()', `await knex('settings').insert({ name: 'a', moment: new Date() });`),
  runTime(
    'writes NOW()',
    `await knex.raw("insert into settings (name, moment) values ('a', now())");`,
  ),
  time(
    'writes UNIX_TIMESTAMP()',
    `await knex.raw("insert into settings (name, number) values ('a', unix_timestamp())");`,
  ),
  runTime(
    'writes knex.fn.now()',
    `await knex('settings').insert({ name: 'a', moment: knex.fn.now() });`,
  ),
  time(
    'writes a time in the future',
    `await knex.raw("insert into settings (name, moment) values ('a', curdate() + interval 30 day)");`,
  ),
  time(
    'branches by the year',
    `if (new Date().getFullYear() > 2030) await knex('settings').insert({ name: 'late' });`,
  ),
  {
    kind: 'names a table by the month',
    rule: 'depends-on-time',
    files: [
      `
      const table = () => 'log_' + new Date().toISOString().slice(0, 7).replace('-', '_');
      export const up = (knex) => knex.schema.createTable(table(), (t) => { t.increments('id'); });
      export const down = (knex) => knex.schema.dropTable(table());`,
    ],
  },
  {
    kind: 'has the time as a default',
    rule: 'depends-on-time',
    files: [
      USERS,
      onUsers(
        `await knex.schema.alterTable('users', (t) => { t.bigInteger('since').defaultTo(Math.floor(Date.now() / 1000)); });`,
        `await knex.schema.alterTable('users', (t) => { t.dropColumn('since'); });`,
      ),
    ],
  },
  {
    kind: 'sets a deadline for all rows',
    rule: 'depends-on-time',
    files: [
      USERS,
      onUsers(
        `await knex.raw('alter table users add trial_ends datetime'); await knex.raw('update users set trial_ends = now() + interval 14 day');`,
        `await knex.raw('alter table users drop trial_ends');`,
      ),
    ],
  },
];

const CHANCES: readonly FaultyCase[] = [
  chance(
    'writes Math.random()',
    `await knex('settings').insert({ name: 'a', value: String(Math.random()) });`,
  ),
  chance(
    'writes crypto.randomUUID()',
    `await knex('settings').insert({ name: crypto.randomUUID() });`,
    `import crypto from 'node:crypto';`,
  ),
  chance(
    'writes bytes of node:crypto',
    `await knex('settings').insert({ name: 'a', value: randomBytes(8).toString('hex') });`,
    `import { randomBytes } from 'node:crypto';`,
  ),
  chance(
    'writes UUID()',
    `await knex.raw("insert into settings (name, value) values ('a', uuid())");`,
  ),
  chance(
    'writes RAND()',
    `await knex.raw("insert into settings (name, number) values ('a', floor(rand() * 1000000000))");`,
  ),
  chance(
    'has a value for each process',
    `await knex('settings').insert({ name: 'a', value: token });`,
    `const token = Math.random().toString(36);`,
  ),
  chance(
    'writes the number of the process',
    `await knex('settings').insert({ name: 'a', value: String(performance.now()) });`,
  ),
  chance(
    'writes the connection',
    `await knex.raw("insert into settings (name, number) values ('a', connection_id())");`,
  ),
  {
    kind: 'gives every row a UUID',
    rule: 'depends-on-chance',
    files: [
      USERS,
      onUsers(
        `await knex.raw('alter table users add uuid char(36)'); await knex.raw('update users set uuid = uuid()');`,
        `await knex.raw('alter table users drop uuid');`,
      ),
    ],
  },
  {
    kind: 'names an index by chance',
    rule: 'depends-on-chance',
    files: [
      USERS,
      onUsers(
        `await knex.raw('alter table users add index ?? (email)', ['by_' + Math.random().toString(36).slice(2)]);`,
        `const [rows] = await knex.raw("show index from users where key_name like 'by_%'"); await knex.raw('alter table users drop index ??', [rows[0].Key_name]);`,
      ),
    ],
  },
];

const NAMES: readonly FaultyCase[] = [
  name(
    'writes DATABASE()',
    `await knex.raw("insert into settings (name, value) values ('a', database())");`,
  ),
  name(
    'writes the hash of SCHEMA()',
    `await knex.raw("insert into settings (name, value) values ('a', sha2(schema(), 256))");`,
  ),
  name(
    'writes the name in the configuration',
    `await knex('settings').insert({ name: 'a', value: knex.client.config.connection.database });`,
  ),
  name(
    'branches by the name',
    `const [[{ name }]] = await knex.raw('select database() as name'); if (name.length > 30) await knex('settings').insert({ name: 'long' });`,
  ),
  {
    kind: 'names a view by the database',
    rule: 'depends-on-name',
    files: [
      USERS,
      onUsers(
        `const [[{ name }]] = await knex.raw('select database() as name'); await knex.raw('create view ?? as select email from users', [name + '_emails']);`,
        `const [[{ name }]] = await knex.raw('select database() as name'); await knex.raw('drop view ??', [name + '_emails']);`,
      ),
    ],
  },
  name(
    'writes its user',
    `await knex.raw("insert into settings (name, value) select 'a', table_schema from information_schema.tables where table_name = 'settings' and table_schema = database()");`,
  ),
];

const ROWS: readonly FaultyCase[] = [
  {
    kind: 'adds a column only if there are rows',
    rule: 'depends-on-rows',
    files: [
      USERS,
      onUsers(
        `const [{ n }] = await knex('users').count('* as n'); if (n > 0) await knex.raw('alter table users add legacy int default 1');`,
        `if (await knex.schema.hasColumn('users', 'legacy')) await knex.raw('alter table users drop legacy');`,
      ),
    ],
  },
  {
    kind: 'skips an index if there are no rows',
    rule: 'depends-on-rows',
    files: [
      USERS,
      onUsers(
        `const first = await knex('users').first('id'); if (first === undefined) return; await knex.raw('alter table users add index by_visits (visits)');`,
        `const [rows] = await knex.raw("show index from users where key_name = 'by_visits'"); if (rows.length > 0) await knex.raw('alter table users drop index by_visits');`,
      ),
    ],
  },
  {
    kind: 'makes a table for each row',
    rule: 'depends-on-rows',
    files: [
      USERS,
      onUsers(
        `for (const { id } of await knex('users').select('id')) await knex.raw('create table ?? (id int primary key)', ['user_' + id]);`,
        `for (const { id } of await knex('users').select('id')) await knex.raw('drop table ??', ['user_' + id]);`,
      ),
    ],
  },
  {
    kind: 'adds a required foreign key to existing rows',
    rule: 'fails-with-rows',
    files: [
      USERS,
      onUsers(
        `await knex.raw('create table teams (id int unsigned primary key)'); await knex.raw('alter table users add team_id int unsigned not null, add constraint users_team foreign key (team_id) references teams (id)');`,
        `await knex.raw('alter table users drop foreign key users_team'); await knex.raw('alter table users drop team_id'); await knex.raw('drop table teams');`,
      ),
    ],
  },
  {
    kind: 'adds a unique column with one default',
    rule: 'fails-with-rows',
    files: [
      USERS,
      onUsers(
        `await knex.schema.alterTable('users', (t) => { t.string('slug', 50).notNullable().defaultTo('').unique(); });`,
        `await knex.schema.alterTable('users', (t) => { t.dropColumn('slug'); });`,
      ),
    ],
  },
  {
    kind: 'sends a statement for each row',
    rule: 'rows-decide',
    files: [
      USERS,
      onUsers(
        `for (const { id } of await knex('users').select('id')) await knex('users').where({ id }).update({ visits: id });`,
        ``,
      ),
    ],
  },
];

const ORDERS: readonly FaultyCase[] = [
  {
    kind: 'makes a table unless another one has',
    rule: 'depends-on-order',
    at: 0,
    files: [
      onUsers(
        `if (!(await knex.schema.hasTable('tags'))) await knex.raw('create table tags (id int primary key)');`,
        `await knex.schema.dropTableIfExists('tags');`,
      ),
      onUsers(
        `if (!(await knex.schema.hasTable('tags'))) await knex.raw('create table tags (id bigint primary key, color int)');`,
        ``,
      ),
    ],
  },
  {
    kind: 'is passed over by IF NOT EXISTS',
    rule: 'depends-on-order',
    at: 0,
    files: [
      onUsers(
        `await knex.raw('create table if not exists tags (id int primary key)');`,
        `await knex.raw('drop table if exists tags');`,
      ),
      onUsers(`await knex.raw('create table if not exists tags (id bigint primary key)');`, ``),
    ],
  },
  {
    kind: 'changes a table only if it exists already',
    rule: 'depends-on-order',
    at: 0,
    files: [
      onUsers(
        `await knex.raw('create table tags (id int primary key)');`,
        `await knex.raw('drop table tags');`,
      ),
      onUsers(
        `if (await knex.schema.hasTable('tags')) await knex.raw('alter table tags add color int');`,
        `if (await knex.schema.hasTable('tags')) await knex.raw('alter table tags drop color');`,
      ),
    ],
  },
  {
    kind: 'multiplies and adds',
    rule: 'order-matters',
    at: 1,
    files: [
      `export const up = async (knex) => { await knex.raw('create table n (v int)'); await knex('n').insert({ v: 3 }); }; export const down = (knex) => knex.schema.dropTable('n');`,
      onUsers(
        `await knex.raw('update n set v = v * 2');`,
        `await knex.raw('update n set v = v / 2');`,
      ),
      onUsers(
        `await knex.raw('update n set v = v + 1');`,
        `await knex.raw('update n set v = v - 1');`,
      ),
    ],
  },
];

const RUNS: readonly FaultyCase[] = [
  {
    kind: 'reads a variable of an earlier migration',
    rule: 'depends-on-run',
    files: [
      SETTINGS,
      `export const up = (knex) => knex.raw('set @plan = 7'); export const down = (knex) => knex.raw('set @plan = 0');`,
      seeding(`await knex.raw("insert into settings (name, number) values ('plan', @plan)");`),
    ],
  },
  {
    kind: 'uses a temporary table of an earlier migration',
    rule: 'depends-on-run',
    files: [
      SETTINGS,
      `export const up = (knex) => knex.raw('create temporary table plans as select 7 as n'); export const down = (knex) => knex.raw('drop temporary table if exists plans');`,
      seeding(`await knex.raw("insert into settings (name, number) select 'plan', n from plans");`),
    ],
  },
  {
    kind: 'relies on the sql_mode of an earlier migration',
    rule: 'depends-on-run',
    files: [
      SETTINGS,
      `export const up = (knex) => knex.raw("set sql_mode = ''"); export const down = (knex) => knex.raw("set sql_mode = ''");`,
      seeding(`await knex.raw("insert into settings (name, number) values ('a', 'text')");`),
    ],
  },
  {
    kind: 'reads a global of an earlier migration',
    rule: 'depends-on-run',
    files: [
      SETTINGS,
      `export const up = async () => { globalThis.planOfUsers = 7; }; export const down = async () => {};`,
      seeding(
        `await knex('settings').insert({ name: 'plan', number: globalThis.planOfUsers ?? null });`,
      ),
    ],
  },
  {
    kind: 'reads the environment of an earlier migration',
    rule: 'depends-on-run',
    files: [
      SETTINGS,
      `export const up = async () => { process.env.PLAN_OF_USERS = '7'; }; export const down = async () => {};`,
      seeding(
        `await knex('settings').insert({ name: 'plan', value: process.env.PLAN_OF_USERS ?? 'none' });`,
      ),
    ],
  },
];

const FAILS: readonly FaultyCase[] = [
  {
    kind: 'names a table that does not exist',
    rule: 'up-fails',
    files: [onUsers(`await knex.raw('alter table nobody add a int');`, ``)],
  },
  {
    kind: 'throws',
    rule: 'up-fails',
    files: [onUsers(`throw new Error('not on a Friday');`, ``)],
  },
  {
    kind: 'loses rows with a column',
    rule: 'down-loses-rows',
    files: [
      USERS,
      onUsers(
        `await knex.raw('alter table users drop visits');`,
        `await knex.raw('alter table users add visits int not null default 0');`,
      ),
    ],
  },
];

const KINDS = [NO_WAY_BACK, STOPPED, TIMES, CHANCES, NAMES, ROWS, ORDERS, RUNS, FAILS];

/** Faulty migrations of every kind that a rehearsal knows. */
export const FAULTY: readonly FaultyCase[] = KINDS.flat();

/** One of each list. */
export const ONE_OF_EACH: readonly FaultyCase[] = KINDS.flatMap((kinds) => kinds.slice(0, 1));
