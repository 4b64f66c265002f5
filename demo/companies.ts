/** In which condition the demo leaves a tenant to the product. */
export type Condition =
  /** An empty database. */
  | 'empty'
  /** Plain Knex has applied the first half of the migrations, and people have worked with it. */
  | 'half-way'
  /** The central database holds the password encrypted with another key. */
  | 'other-key'
  /** Somebody has made a table by hand that a migration wants to create. */
  | 'table-in-the-way';

export interface Company {
  readonly name: string;
  readonly condition: Condition;
}

/** The customers of the demo, by name. */
export const companies: readonly Company[] = [
  { name: 'Acme Corp', condition: 'half-way' },
  { name: 'Alder & Finch', condition: 'empty' },
  { name: 'Blue Harbour', condition: 'empty' },
  { name: 'Brightside Dental', condition: 'empty' },
  { name: 'Café Nordlicht', condition: 'empty' },
  { name: 'Copper Kettle', condition: 'empty' },
  { name: 'Dunmore Legal', condition: 'empty' },
  { name: 'Eastgate Clinics', condition: 'empty' },
  { name: 'Fernhill Farms', condition: 'half-way' },
  { name: 'Greenway Transit', condition: 'empty' },
  { name: 'Hartmann Optik', condition: 'empty' },
  { name: 'Juniper Travel', condition: 'empty' },
  { name: 'Kestrel Energy', condition: 'other-key' },
  { name: 'Lakeside Schools', condition: 'half-way' },
  { name: 'Müller Maschinenbau', condition: 'empty' },
  { name: 'Northlight Films', condition: 'empty' },
  { name: "O'Hara Movers", condition: 'empty' },
  { name: 'Pinewood Hotels', condition: 'table-in-the-way' },
  { name: 'Quarry Lane Bank', condition: 'empty' },
  { name: 'Redbrick Studios', condition: 'half-way' },
  { name: 'São Bento Foods', condition: 'empty' },
  { name: 'TechStart', condition: 'empty' },
  { name: 'Tidewater Labs', condition: 'empty' },
  { name: 'Umber Ceramics', condition: 'empty' },
];
