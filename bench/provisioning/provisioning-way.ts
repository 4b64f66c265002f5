import type { ServerLogin } from '../server-login.ts';

/** Servers on which tenants are made. */
export interface Ground {
  readonly server: ServerLogin;
  /** A central database with its tables, on the same server. */
  readonly central: string;
}

/** One way of making tenants, each with a row, a user, a database and five tables. */
export interface ProvisioningWay {
  /** Part of the names of its databases. */
  readonly name: 'guide' | 'fanfold';
  readonly title: string;
  /** Tenants at a time. */
  readonly concurrency: number;
  /** Makes a tenant of each name, which database and user get, too. */
  make(names: readonly string[], ground: Ground, signal: AbortSignal): Promise<void>;
}
