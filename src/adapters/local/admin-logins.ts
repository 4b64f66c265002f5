import { readFile } from 'node:fs/promises';
import { FanfoldError } from '../../core/errors.ts';
import type { AdminLogins } from '../../core/provision/database-server.ts';
import {
  type AdminLoginTable,
  adminLoginsOf,
  parseAdminLogins,
  parseAdminUrl,
} from '../../core/provision/parse-admin-logins.ts';
import { stripBom } from '../../core/text/strip-bom.ts';

export interface AdminLoginSources {
  /** `FANFOLD_ADMIN_URL`. */
  readonly url?: string | undefined;
  /** `FANFOLD_ADMIN_FILE`: a JSON file with logins by server. */
  readonly file?: string | undefined;
}

/**
 * The administrators' logins from the environment: one by URL, any number in a file. Both are read when a
 * login is first needed. If both name the same server, the URL wins.
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
  // The value is not shown, because it is a login instead of a file name.
  if (/^\s*[{["']|:\/\//.test(file)) {
    throw new FanfoldError(
      'AdminLoginInvalid',
      'FANFOLD_ADMIN_FILE contains JSON or a URL instead of a file name.',
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
