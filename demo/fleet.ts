import { randomBytes } from 'node:crypto';
import type { ConnectionLogin } from '../src/core/ports.ts';
import { type Company, type Condition, companies } from './companies.ts';

/** A tenant before it is made. A tenant that is provisioned has no password yet; it is empty here. */
export interface DemoTenant extends Company {
  readonly slug: string;
  readonly login: ConnectionLogin;
}

/** Tenants that the demo is going to make, with names and passwords. */
export interface Fleet {
  /** DB_ENCRYPTION_KEY. */
  readonly encryptionKey: string;
  readonly central: ConnectionLogin;
  /** An empty database in which migrations are tried. */
  readonly scratch: ConnectionLogin;
  readonly tenants: readonly DemoTenant[];
}

/** Address of the fleet's server. */
export interface FleetHome {
  /** The tenants are distributed over these addresses in turn. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Begins the name of every database and user. */
  readonly prefix: string;
}

/** The tenants of a fleet that are in one condition. */
export function tenantsIn({ tenants }: Fleet, condition: Condition): DemoTenant[] {
  return tenants.filter((tenant) => tenant.condition === condition);
}

/** The one that is provisioned by the command; the shortest name makes the shortest line. */
export function firstToProvision(fleet: Fleet): DemoTenant {
  const [first] = tenantsIn(fleet, 'provisioned').sort(
    (one, other) => one.slug.length - other.slug.length,
  );
  if (first === undefined) throw new Error('No tenant of the demo is provisioned.');
  return first;
}

/** Plans the demo's fleet. Every call makes up a new key and new passwords. */
export function planFleet(
  { hosts, port, prefix }: FleetHome,
  customers: readonly Company[] = companies,
): Fleet {
  const [first = ''] = hosts;
  const login = (name: string, host: string, password = newPassword()): ConnectionLogin => ({
    host,
    port,
    database: `${prefix}${name}_db`,
    user: `${prefix}${name}`,
    password,
  });
  return {
    encryptionKey: newEncryptionKey(),
    central: login('central', first),
    scratch: login('scratch', first),
    tenants: customers.map((company, index) => {
      const slug = slugOf(company.name);
      const host = hosts[index % hosts.length] ?? first;
      const password = company.condition === 'provisioned' ? '' : newPassword();
      return { ...company, slug, login: login(slug.replaceAll('-', '_'), host, password) };
    }),
  };
}

/** A new key: 32 bytes as the product wants them, printable so that a variable can hold them. */
export function newEncryptionKey(): string {
  return randomBytes(24).toString('base64url');
}

/** The end has a character of every kind, as password policies require. */
function newPassword(): string {
  return `${randomBytes(18).toString('base64url')}-aA1`;
}

/** `Café Nordlicht` as `cafe-nordlicht`. */
function slugOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f']/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
}
