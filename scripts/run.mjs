// node scripts/run.mjs <file> [arguments]
//
// Every npm script goes through this: it installs what is missing, then runs the file on the pinned
// Node. Plain JavaScript without dependencies: npm may start it on Node 20 in an empty clone.
import { spawn } from 'node:child_process';
import module from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { repository } from './repository.mjs';

const [file, ...fileArguments] = process.argv.slice(2);
ensureInstalled();

const node = pinnedNode();
const path = resolve(repository, file);
if (node === undefined) {
  process.stderr.write(
    `Node ${process.versions.node} does not run TypeScript, and "npm ci" did not install a newer one.\n` +
      'Allow the install script of the package "node" and run "npm ci", or use Node 22.18 or later.\n',
  );
  process.exitCode = 1;
} else if (process.execPath === node) {
  // From the second run on npm finds the pinned Node first, and no further process is needed.
  // Stripping the types of some 80 files takes longer than most commands: it is done once.
  module.enableCompileCache(resolve(repository, 'node_modules/.cache/node-compile'));
  process.argv.splice(1, process.argv.length, path, ...fileArguments);
  await import(pathToFileURL(path).href);
} else {
  runOn(node);
}

/** A Node is running that is not the pinned one: start the pinned one, and end as it ends. */
function runOn(node) {
  const child = spawn(node, [path, ...fileArguments], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes. Only the child decides what it means.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
    } else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
