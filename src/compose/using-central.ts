import type { CentralDatabase } from '../adapters/prisma/central-database.ts';
import type { CentralAccess } from '../core/central/central-access.ts';

/** Connects to the central database for the time of `work`. Prisma is loaded by the first call. */
export async function usingCentral<Result>(
  access: CentralAccess,
  work: (central: CentralDatabase) => Promise<Result>,
): Promise<Result> {
  const { usingCentralDatabase } = await import('../adapters/prisma/central-database.ts');
  return usingCentralDatabase(access, work);
}
