import { readdir, readFile, readlink } from 'node:fs/promises';

/** Clock ticks a second, in which Linux counts the time of processes. */
const TICKS = 100;

/**
 * Seconds of CPU that the process which listens on a port of this machine has used so far; `undefined` if there is none,
 * or if this system does not show it.
 */
export async function serverCpuSeconds(port: number): Promise<number | undefined> {
  try {
    const pid = await pidOf(await socketOf(port));
    if (pid === undefined) return undefined;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may have spaces: the 14th and 15th field are the times in user and system mode.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return undefined;
  }
}

/** The inode of the listening socket. */
async function socketOf(port: number): Promise<string | undefined> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n')).map((row) => row.trim().split(/\s+/));
  // State 0A is LISTEN.
  return rows.find(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A')?.[9];
}

async function pidOf(inode: string | undefined): Promise<string | undefined> {
  if (inode === undefined) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const folder = `/proc/${pid}/fd`;
    const links = await readdir(folder).catch(() => []);
    for (const link of links) {
      const target = await readlink(`${folder}/${link}`).catch(() => '');
      if (target === `socket:[${inode}]`) return pid;
    }
  }
  return undefined;
}
