import { describe, expect, it } from 'vitest';
import { centralDatabaseError } from '../../src/adapters/server/central-database-error.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { RemoteKeysOptions } from '../../src/cli/wiring/wire-remote.ts';
import type { CredentialRegistry } from '../../src/core/credentials/credential-registry.ts';
import type { KeyRing } from '../../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { fakeHost } from './support/fake-host.ts';

const ADDRESS = { host: 'central', port: 3306, database: 'central', user: 'fanfold' };

interface Given {
  readonly running?: readonly string[];
  readonly unreachable?: boolean;
}

/** Rotates the key of a stack without tenants. */
async function rotate(argv: string, { running = [], unreachable = false }: Given = {}) {
  const host = fakeHost();
  const { wiring } = await fakeFleet([]);
  const asked: { stack: string; options: RemoteKeysOptions }[] = [];
  let ring: KeyRing = parseKeyRing('1'.repeat(32));
  const exitCode = await runCli(`secrets:rotate ${argv}`.split(' '), host, () => ({
    ...wiring,
    remoteKeys: async (stack, options) => {
      asked.push({ stack, options });
      return {
        ring: {
          current: async () => ring,
          readAgain: async () => ring,
          write: async (next) => {
            ring = next;
          },
        },
        runningRuns: async () => [...running],
        usingCentral: async (work) => {
          if (unreachable) throw centralDatabaseError('unreachable', ADDRESS, 'So it is.');
          const credentials: Partial<CredentialRegistry> = {
            checkWritable: async () => {},
            page: async () => [],
          };
          return work({ credentials } as Parameters<typeof work>[0]);
        },
      };
    },
  }));
  return { host, exitCode, asked, ids: [...ring.keys.keys()] };
}

describe('secrets:rotate --aws', () => {
  it('secrets:rotate --aws changes the key ring of the stack', async () => {
    const { exitCode, asked, ids, host } = await rotate('--aws prod');
    expect({ exitCode, ids }).toEqual({ exitCode: 0, ids: ['k2'] });
    expect(asked[0]).toMatchObject({ stack: 'prod', options: { centralAddress: undefined } });
    expect(host.out).toContain('Removed, because nothing needs it: "k1".');
  });

  it('secrets:rotate --aws keeps the old key while runs are in progress, and names them', async () => {
    const { exitCode, ids, host } = await rotate('--aws prod', { running: ['one', 'two'] });
    expect({ exitCode, ids }).toEqual({ exitCode: 0, ids: ['k1', 'k2'] });
    expect(host.out).toContain('No key was removed.');
    expect(host.err).toContain('the run one, the run two');
    expect(host.err).toContain('fanfold secrets:rotate --aws prod');
  });

  it.each([
    ['127.0.0.1:3307', { host: '127.0.0.1', port: 3307 }],
    ['bastion', { host: 'bastion', port: 3306 }],
    ['[::1]:3308', { host: '::1', port: 3308 }],
  ])('secrets:rotate --aws connects to the central database at %s', async (text, address) => {
    const { asked } = await rotate(`--aws prod --central-address ${text}`);
    expect(asked[0]?.options.centralAddress).toEqual(address);
  });

  it.each(['a:b', 'a:99999', 'a/b', 'u@a:1'])(
    'secrets:rotate --aws refuses the address %s',
    async (text) => {
      const { exitCode, host, ids } = await rotate(`--aws prod --central-address ${text}`);
      expect({ exitCode, ids }).toEqual({ exitCode: 2, ids: ['k1'] });
      expect(host.err).toContain('must be host:port');
    },
  );

  it('secrets:rotate refuses --central-address without a stack', async () => {
    const { exitCode, host } = await rotate('--central-address a:1');
    expect(exitCode).toBe(2);
    expect(host.err).toContain('needs --aws');
  });

  it('secrets:rotate --aws names the secret of the login, and how to reach the database from elsewhere', async () => {
    const { exitCode, host } = await rotate('--aws prod', { unreachable: true });
    expect(exitCode).toBe(3);
    expect(host.err.replaceAll(/\s+/g, ' ')).toContain('CentralSecretArn of "prod"');
    expect(host.err.replaceAll(/\s+/g, ' ')).toContain('--central-address');
  });
});
