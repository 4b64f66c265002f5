/** A sound migration that fails only with values which tenants need not have. */
export interface ValuesCase {
  readonly kind: string;
  /** The body of the migration before it. */
  readonly before: string;
  readonly up: string;
  readonly down: string;
  /** The direction that fails. Default: up. */
  readonly direction?: 'up' | 'down';
  /** Whether it works with the second form of values, which is shown then. */
  readonly worksOtherwise?: boolean;
}

const ITEMS = `await knex.raw("create table items (id int unsigned primary key, code varchar(40) not null, note text, kind enum('a','b') not null, boss int unsigned null)");`;

const alter = (what: string) => `await knex.raw(\`alter table items ${what}\`);`;

/** Kinds of values that decide: of columns, keys, parents, and those that the migration's own code reads. */
export const VALUES_DECIDE: readonly ValuesCase[] = [
  {
    kind: 'inserts a row with a known key',
    worksOtherwise: true,
    before: ITEMS,
    up: `await knex('items').insert({ id: 1, code: 'first', kind: 'a' });`,
    down: `await knex('items').where({ id: 1, code: 'first' }).delete();`,
  },
  {
    kind: 'makes numbers of digits',
    worksOtherwise: true,
    before: ITEMS,
    up: alter('modify code int not null'),
    down: alter('modify code varchar(40) not null'),
  },
  {
    kind: 'makes dates of texts',
    before: ITEMS,
    up: alter('modify code date not null'),
    down: alter('modify code varchar(40) not null'),
  },
  {
    kind: 'makes a column shorter',
    worksOtherwise: true,
    before: ITEMS,
    up: alter('modify code varchar(4) not null'),
    down: alter('modify code varchar(40) not null'),
  },
  {
    kind: 'makes a column of a list unique',
    before: ITEMS,
    up: alter('add unique items_kind (kind)'),
    down: alter('drop index items_kind'),
  },
  {
    kind: 'takes a value out of a list',
    before: ITEMS,
    up: alter("modify kind enum('b') not null"),
    down: alter("modify kind enum('a','b') not null"),
  },
  {
    kind: 'adds a check',
    before: ITEMS,
    up: alter("add constraint items_code check (code like 'IT-%')"),
    down: alter('drop constraint items_code'),
  },
  {
    kind: 'adds a foreign key to a seeded table',
    before: `${ITEMS} await knex.raw("create table codes (code varchar(40) primary key)"); await knex('codes').insert({ code: 'EUR' });`,
    up: alter('add constraint items_codes foreign key (code) references codes (code)'),
    down: `${alter('drop foreign key items_codes')} ${alter('drop index items_codes')}`,
  },
  {
    kind: 'fills a column from another table',
    before: `${ITEMS} await knex.raw("create table codes (code varchar(40) primary key, number int not null)"); await knex('codes').insert({ code: 'EUR', number: 978 });`,
    up: `${alter('add number int null')} await knex.raw('update items join codes using (code) set items.number = codes.number'); ${alter('modify number int not null')}`,
    down: alter('drop number'),
  },
  {
    kind: 'reads JSON from a text',
    before: ITEMS,
    up: `for (const { id, note } of await knex('items').select('id', 'note')) { const { kind } = JSON.parse(note ?? '{}'); await knex('items').where({ id }).update({ note: kind.trim() }); }`,
    down: '',
  },
  {
    kind: 'narrows again in its down what only new rows use',
    before: ITEMS,
    up: `${alter("modify kind enum('a','b','c') not null")} await knex.raw("update items set kind = 'c' where code like '%1'");`,
    down: alter("modify kind enum('a','b') not null"),
    direction: 'down',
  },
];
