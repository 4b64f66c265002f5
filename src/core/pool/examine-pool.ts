import { failureOf } from '../migrate/failure-of.ts';
import type { PoolFindingCode } from '../note-codes.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import { usingServer } from '../provision/using-server.ts';
import { type ServerAddress, serverName } from '../tenant.ts';
import { commandSpan } from '../wording/command-span.ts';
import { countOf } from '../wording/count-of.ts';
import { examinePooled } from './examine-pooled.ts';
import { POOL_PREFIX } from './fill-pool.ts';
import type { PooledDatabase, PoolRegistry } from './pool-registry.ts';
import { poolSettingsHash } from './pool-settings-hash.ts';

/** One thing that is not as it should be in the pool of a server. None of them makes a run or a new tenant fail. */
export interface PoolFinding {
  readonly code: PoolFindingCode;
  readonly message: string;
  readonly nextStep: string;
}

/** The state of the pool of one server. */
export interface PoolExamination extends ServerAddress {
  readonly ready: number;
  readonly wanted: number;
  readonly findings: readonly PoolFinding[];
  /** Why databases that the list lacks were not looked for on the server. */
  readonly notLookedFor?: string | undefined;
}

/**
 * Examines the pools of all servers: asks each database of the list, and looks for pooled databases that neither the list
 * nor a tenant names. Changes nothing and does not throw for what one server says.
 *
 * @param size the number of databases that are to be ready on each server
 */
export async function examinePool(
  pool: PoolRegistry,
  provisioning: Provisioning,
  size: number,
): Promise<readonly PoolExamination[]> {
  const examinations: PoolExamination[] = [];
  for (const server of await pool.servers()) {
    examinations.push(await examineServer(server, pool, provisioning, size));
  }
  return examinations;
}

const REFILL = `Fill the pool, which repairs it: ${commandSpan('tenant:pool', '--refill')}`;

async function examineServer(
  { host, port }: ServerAddress,
  pool: PoolRegistry,
  provisioning: Provisioning,
  size: number,
): Promise<PoolExamination> {
  const listed = await pool.list({ host, port });
  const findings: PoolFinding[] = [];
  let ready = 0;
  for (const pooled of listed) {
    const finding = await examineOne(pooled, provisioning);
    if (finding === undefined) ready += 1;
    else findings.push(finding);
  }
  if (size === 0 && listed.length > 0) findings.push(unused(listed.length));
  if (ready < size) {
    const message = `${countOf(ready, 'database')} can be handed out, and ${size} are wanted.`;
    findings.push({ code: 'PoolShort', message, nextStep: REFILL });
  }
  const orphans = await findOrphans({ host, port }, listed, pool, provisioning);
  return typeof orphans === 'string'
    ? { host, port, ready, wanted: size, findings, notLookedFor: orphans }
    : { host, port, ready, wanted: size, findings: [...findings, ...orphans] };
}

async function examineOne(
  { tenant, settings, reason }: PooledDatabase,
  provisioning: Provisioning,
): Promise<PoolFinding | undefined> {
  const { address, status, schemaVersion } = tenant;
  const { database } = address;
  if (settings !== poolSettingsHash(provisioning.settings, address.host)) {
    const message = `${database} was made with other settings: privileges, hosts of accounts, collation, TLS or IAM.`;
    return { code: 'PoolSettingsChanged', message, nextStep: `It is made anew. ${REFILL}` };
  }
  if (status !== 'ACTIVE') {
    const why = reason === null ? 'its making was not finished' : reason;
    return { code: 'PoolUnready', message: `${database} is not ready: ${why}`, nextStep: REFILL };
  }
  const state = await examinePooled(tenant, provisioning);
  if (state.is === 'unusable' || state.is === 'unknown') {
    return { code: 'PoolBroken', message: `${database}: ${state.why}`, nextStep: REFILL };
  }
  if (state.is === 'ready' && schemaVersion === provisioning.bundle.hash) return undefined;
  return { code: 'PoolBehind', message: `${database} lacks migrations.`, nextStep: REFILL };
}

function unused(count: number): PoolFinding {
  return {
    code: 'PoolUnused',
    message: `${countOf(count, 'database')} wait, and provisioning.pool is 0 in the configuration: no tenant gets one.`,
    nextStep: `Configure the pool, or drop them: ${commandSpan('tenant:pool', '--drain')}`,
  };
}

/** Pooled databases on the server that nobody names, or why they could not be looked for. */
async function findOrphans(
  server: ServerAddress,
  listed: readonly PooledDatabase[],
  pool: PoolRegistry,
  provisioning: Provisioning,
): Promise<readonly PoolFinding[] | string> {
  try {
    const present = await usingServer(server, provisioning, (connected) =>
      connected.listDatabases(POOL_PREFIX),
    );
    const known = new Set(listed.map(({ tenant }) => tenant.address.database));
    const others = present.filter((name) => !known.has(name));
    const used = new Set(others.length === 0 ? [] : await pool.namesOfTenants(others));
    return others.filter((name) => !used.has(name)).map((name) => orphan(name, server));
  } catch (error) {
    return failureOf(error).message;
  }
}

function orphan(name: string, server: ServerAddress): PoolFinding {
  return {
    code: 'PoolOrphan',
    message: `${name} exists at ${serverName(server)}, and neither the list of the pool nor a tenant of this central database names it.`,
    nextStep: `If it belongs to no other fleet and nobody needs its rows: DROP DATABASE ${name}; and DROP USER for its user of that name.`,
  };
}
