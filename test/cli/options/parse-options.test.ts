import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { repeatedFlags } from '../../../src/cli/options/repeated-flags.ts';
import {
  addFleetOptions,
  addMigrateOptions,
  explicitRequest,
} from '../../../src/cli/options/run-options.ts';
import { addRunStoreOption, addSetupOptions } from '../../../src/cli/options/setup-options.ts';
import { commandSpan } from '../../../src/core/wording/command-span.ts';

function parse(line: string): Command {
  const command = new Command('x').exitOverride();
  addMigrateOptions(addFleetOptions(command));
  addRunStoreOption(addSetupOptions(command));
  return command.parse(line === '' ? [] : line.split(' '), { from: 'user' });
}

describe('explicitRequest', () => {
  test('explicitRequest contains only typed options, so a retry inherits the others', () => {
    expect(explicitRequest(parse('').opts())).toEqual({});
  });

  test.each([
    ['--concurrency 32', { maxConcurrency: 32 }],
    ['--concurrency auto', { maxConcurrency: 'auto' }],
    ['--max-per-host 4', { maxPerHost: 4 }],
    ['--hosts db1,db2:3307', { hosts: ['db1', 'db2:3307'] }],
    ['--canary acme,beta', { waves: [{ tenants: ['acme', 'beta'], canary: true }] }],
    ['--canary 2.5%', { waves: [{ percentage: 2.5, canary: true }] }],
    ['--waves 5,25%', { waves: [{ percentage: 5 }, { percentage: 25 }] }],
    [
      '--waves 10 --canary acme',
      { waves: [{ tenants: ['acme'], canary: true }, { percentage: 10 }] },
    ],
    ['--tolerated-failures 0', { toleratedFailureCount: 0 }],
    ['--tolerated-failures 12', { toleratedFailureCount: 12 }],
    ['--tolerated-failures 0.5%', { toleratedFailurePercentage: 0.5 }],
    ['--automatic-retries 2', { automaticRetries: 2 }],
    ['--to 20250127120000_add_x.ts', { to: '20250127120000_add_x' }],
    ['--strict --allow-missing', { strict: true, allowMissing: true }],
    ['--no-strict --no-allow-missing', { strict: false, allowMissing: false }],
    ['--strict --no-strict', { strict: false }],
    ['--lock-wait-timeout 60', { lockWaitTimeoutSeconds: 60 }],
    ['--safety-lock none', { safety: { lock: 'none' } }],
    [
      '--safety-copy-bytes 2GiB --safety-queue-ms 250',
      { safety: { copyBytes: '2GiB', queueMs: 250 } },
    ],
  ])('explicitRequest parses %s', (line, request) => {
    expect(explicitRequest(parse(line).opts())).toEqual(request);
  });
});

describe('repeatedFlags', () => {
  test('repeatedFlags are the typed options that a request does not store, quoted for a shell', () => {
    expect(repeatedFlags(parse('--strict --concurrency 3'))).toEqual([]);
    const command = parse('--disable-transactions --table-name knex_x');
    command.setOptionValueWithSource('migrations', "it's here/tenant", 'cli');
    command.setOptionValueWithSource('runStore', '/var/runs', 'env');
    expect(commandSpan('migrate:retry', 'last', ...repeatedFlags(command))).toBe(
      "`fanfold migrate:retry last --migrations 'it'\\''s here/tenant' --table-name knex_x --disable-transactions`",
    );
    expect(repeatedFlags(parse('--no-disable-transactions'))).toEqual([
      '--no-disable-transactions',
    ]);
  });
});
