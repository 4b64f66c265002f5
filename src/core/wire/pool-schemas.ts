import * as z from 'zod';

/** A server as the states of RefillPool pass it on. */
export const serverSchema = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(3306),
});

/** Of the state ListServers. `request` is the execution's input: a server, or an empty object for those of the list. */
const listServersEventSchema = z.object({
  step: z.literal('list-servers'),
  request: z.unknown(),
});

/** Of the state FillPool, for one server. */
const fillPoolEventSchema = z.object({ step: z.literal('fill-pool'), server: serverSchema });

/** Of the state MigratePool of a run. */
const migratePoolEventSchema = z.object({ step: z.literal('migrate-pool') });

/** The events of states that keep the pool. */
export const poolEventSchemas = [
  listServersEventSchema,
  fillPoolEventSchema,
  migratePoolEventSchema,
] as const;

export const poolEventSchema = z.discriminatedUnion('step', poolEventSchemas);

export type PoolEvent = z.infer<typeof poolEventSchema>;
