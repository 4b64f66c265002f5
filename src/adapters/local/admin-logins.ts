import { readFile } from 'node:fs/promises';
import { FanfoldError } from '../../core/errors.ts';
import type { AdminLogins } from '../../core/provision/database-server.ts';
import {
  type AdminLoginTable,
  adminLoginsOf,
  parseAdminLogins,
  parseAdminUrl,
} from '../../core/provision/parse-admin-logins.ts';
import { stripBom } from '../../core/strip-bom.ts';

export interface AdminLoginSources {
  /** `FANFOLD_ADMIN_URL`. */
  readonly url?: string | undefined;
  /** `FANFOLD_ADMIN_FILE`: JSON by server. */
  readonly file?: string | undefined;
}

/**
 * The administrators' logins of the environment: one by URL, any number in a file. Both are read when
 * a login is first asked for. If both have the same server the URL counts.
 */
export function createAdminLogins({ url, file }: AdminLoginSources): AdminLogins {
  let table: Promise<AdminLoginTable> | undefined;
  const read = async (): Promise<AdminLoginTable> =>
    new Map([
      ...(file ? parseAdminLogins(await readText(file), `The file ${file}`) : []),
      ...(url ? parseAdminUrl(url, 'FANFOLD_ADMIN_URL') : []),
    ]);
  return adminLoginsOf(() => {
    table ??= read();
    return table;
  });
}

async function readText(file: string): Promise<string> {
  // Not shown: a login that was set in the place of a file's name.
  if (/^\s*[{["']|:\/\//.test(file)) {
    throw new FanfoldError(
      'AdminLoginInvalid',
      "FANFOLD_ADMIN_FILE holds JSON or a URL itself, and not a file's name.",
      {
        fault: 'configuration',
        nextStep: 'Write the JSON into a file and name that, or set FANFOLD_ADMIN_URL.',
      },
    );
  }
  try {
    return stripBom(await readFile(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FanfoldError(
      'AdminLoginInvalid',
      `The file ${file} of the administrators' logins cannot be read (${code}).`,
      {
        fault: 'configuration',
        nextStep: 'Name a file with FANFOLD_ADMIN_FILE that this user may read.',
        cause: error,
      },
    );
  }
}
