import {
  A_BOOLEAN,
  A_TEXT,
  AN_OBJECT,
  isObject,
  type OptionRule,
  SECONDS,
} from './check-options.ts';

const TLS_MODES = ['auto', 'required', 'off'];

/** Options that functions of the library share: how a database is reached. */
export const CONNECTION_RULES = {
  tls: {
    allowed: `one of ${TLS_MODES.join(', ')}`,
    fits: (value) => TLS_MODES.includes(value as string),
  },
  ca: {
    allowed: 'PEM certificates as a text, not the name of a file',
    fits: (value) => typeof value === 'string' && value.includes('-----BEGIN CERTIFICATE-----'),
  },
  connectTimeoutSeconds: SECONDS,
} satisfies Record<string, OptionRule>;

/** Options that functions of the library share: what the configuration of a project has as well. */
export const PROJECT_RULES = {
  migrations: A_TEXT,
  tableName: A_TEXT,
  disableTransactions: A_BOOLEAN,
  knex: AN_OBJECT,
  project: {
    allowed: 'a folder, or false',
    fits: (value) => value === false || A_TEXT.fits(value),
  },
} satisfies Record<string, OptionRule>;

const KEY_RING: OptionRule = {
  allowed: 'where keys are read: an object with current() and readAgain()',
  fits: (value) => isObject(value) && typeof value.current === 'function',
};

/** Options that functions of the library share: how passwords are opened. */
export const KEY_RULES = {
  encryptionKey: { ...A_TEXT, allowed: 'the key as a text', isSecret: true },
  keyRing: KEY_RING,
} satisfies Record<string, OptionRule>;
