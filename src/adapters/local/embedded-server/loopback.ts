import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** A port that is free at the moment; another process may take it before it is used. */
export async function freePort(): Promise<number> {
  const port = await listenOnce('127.0.0.1');
  if (port === undefined) throw new Error('No port is free on 127.0.0.1.');
  return port;
}

/** 127.0.0.1, and a second address if the system has one: Linux does, macOS does not by default. */
export async function loopbackAddresses(): Promise<string[]> {
  const second = '127.0.0.2';
  const hasSecond = (await listenOnce(second)) !== undefined;
  return hasSecond ? ['127.0.0.1', second] : ['127.0.0.1'];
}

/**
 * Two names under which clients reach a server that listens on these addresses. "localhost" is another
 * name for the first, but a fleet counts it as a separate host.
 */
export function clientHosts(addresses: readonly string[]): readonly string[] {
  return addresses.length > 1 ? addresses : [...addresses, 'localhost'];
}

async function listenOnce(address: string): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(0, address);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
