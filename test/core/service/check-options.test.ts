import { describe, expect, it } from 'vitest';
import { A_TEXT, checkOptions } from '../../../src/core/service/check-options.ts';
import {
  CONNECTION_RULES,
  KEY_RULES,
  PROJECT_RULES,
} from '../../../src/core/service/connection-rules.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const RULES = { ...CONNECTION_RULES, ...PROJECT_RULES, ...KEY_RULES, slug: A_TEXT };

describe('checkOptions', () => {
  it('checkOptions accepts options that fit, and those that are undefined', () => {
    const keyRing = { current: async () => {}, readAgain: async () => {} };
    for (const options of [
      { slug: 'acme', tls: 'auto', connectTimeoutSeconds: 5, disableTransactions: false },
      { ca: '-----BEGIN CERTIFICATE-----', project: false, knex: {}, keyRing },
      { slug: undefined, project: '/srv/app' },
    ]) {
      expect(() => checkOptions(options, RULES)).not.toThrow();
    }
  });

  it.each([
    [{ slug: '' }, '"slug" is ""; it must be a text that is not empty.'],
    [{ slugg: 'acme' }, '"slugg" is not an option. Did you mean "slug"?'],
    [{ qqqqqqqq: 1 }, '"qqqqqqqq" is not an option.'],
    [{ tls: 'maybe' }, '"tls" is "maybe"; it must be one of auto, required, off.'],
    [{ ca: '/etc/ca.pem' }, 'not the name of a file'],
    [{ connectTimeoutSeconds: 0 }, '"connectTimeoutSeconds" is 0;'],
    [{ project: true }, '"project" is true; it must be a folder, or false.'],
    [{ knex: [] }, '"knex" is an array; it must be an object.'],
    [{ keyRing: () => {} }, '"keyRing" is a function;'],
    [null, 'The options are null.'],
    ['slug', 'The options are a string.'],
  ])('checkOptions refuses %j', (options, words) => {
    expect(thrownBy(() => checkOptions(options, RULES))).toMatchObject({
      code: 'OptionInvalid',
      fault: 'usage',
      message: expect.stringContaining(words),
    });
  });

  it('checkOptions does not show a secret', () => {
    for (const encryptionKey of [['geheim'], { key: 'geheim' }, 7, '']) {
      const error = thrownBy(() => checkOptions({ encryptionKey }, RULES)) as Error;
      expect(error.message).toContain('"encryptionKey"');
      expect(error.message).not.toContain('geheim');
    }
  });
});
