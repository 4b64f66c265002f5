import type { CentralAccess } from '../core/central/central-access.ts';
import { parseCentralDatabaseUrl } from '../core/central/central-database-url.ts';
import { centralTlsMode } from '../core/central/central-tls.ts';
import type { TenantsMapping } from '../core/central/tenants-mapping.ts';
import { chooseTls, type TlsChoice, verifiedTls } from './choose-tls.ts';
import { iamToken } from './iam-token.ts';

/** The settings of the central database, as a user gives them. */
export interface CentralAccessOptions {
  /** `CENTRAL_DATABASE_URL`, which may also have parameters for TLS. */
  readonly url: string | undefined;
  readonly tls: TlsChoice;
  /** Default: the guide's table. */
  readonly tenants: TenantsMapping | undefined;
}

/** Joins the URL of the central database to the options that hold for all connections. */
export async function centralAccess({
  url,
  tls,
  tenants,
}: CentralAccessOptions): Promise<CentralAccess> {
  const login = parseCentralDatabaseUrl(url);
  const path = login.parameters?.caFile;
  const nextStep = 'Name a PEM file in CENTRAL_DATABASE_URL (ssl-ca) that this user may read.';
  const choose = await chooseTls({
    mode: centralTlsMode(tls.mode, login),
    ca: tls.ca,
    caFiles: [...(tls.caFiles ?? []), ...(path === undefined ? [] : [{ path, nextStep }])],
  });
  return { login, tls: verifiedTls(choose, login.host), iamToken, tenants };
}
