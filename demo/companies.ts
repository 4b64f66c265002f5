/** The condition in which the product gets a tenant. */
export type Condition =
  /** Fanfold has made it, with the migrations that there were then. */
  | 'provisioned'
  /** Plain Knex has applied the first half of the migrations, and people have worked with it. */
  | 'in-use'
  /** An empty database. */
  | 'empty'
  /** An empty database, whose password the central database holds encrypted with another key. */
  | 'other-key'
  /** An empty database except for a table that somebody made by hand, and that a migration creates. */
  | 'table-in-the-way';

export interface Company {
  readonly name: string;
  readonly condition: Condition;
}

/** The customers of the demo, by name. */
export const companies: readonly Company[] = [
  { name: 'Acme Corp', condition: 'in-use' },
  { name: 'Alder & Finch', condition: 'provisioned' },
  { name: 'Blue Harbour', condition: 'provisioned' },
  { name: 'Brightside Dental', condition: 'provisioned' },
  { name: 'Café Nordlicht', condition: 'provisioned' },
  { name: 'Copper Kettle', condition: 'provisioned' },
  { name: 'Dunmore Legal', condition: 'provisioned' },
  { name: 'Eastgate Clinics', condition: 'provisioned' },
  { name: 'Fernhill Farms', condition: 'in-use' },
  { name: 'Greenway Transit', condition: 'provisioned' },
  { name: 'Hartmann Optik', condition: 'provisioned' },
  { name: 'Juniper Travel', condition: 'provisioned' },
  { name: 'Kestrel Energy', condition: 'other-key' },
  { name: 'Lakeside Schools', condition: 'in-use' },
  { name: 'Müller Maschinenbau', condition: 'provisioned' },
  { name: 'Northlight Films', condition: 'provisioned' },
  { name: "O'Hara Movers", condition: 'provisioned' },
  { name: 'Pinewood Hotels', condition: 'table-in-the-way' },
  { name: 'Quarry Lane Bank', condition: 'provisioned' },
  { name: 'Redbrick Studios', condition: 'in-use' },
  { name: 'São Bento Foods', condition: 'provisioned' },
  { name: 'TechStart', condition: 'provisioned' },
  { name: 'Tidewater Labs', condition: 'provisioned' },
  { name: 'Umber Ceramics', condition: 'provisioned' },
];

/** The same customers, each with a database and a password that opens. */
export const companiesWithDatabases: readonly Company[] = companies.map((company) =>
  company.condition === 'provisioned' || company.condition === 'other-key'
    ? { ...company, condition: 'empty' }
    : company,
);
