#!/usr/bin/env node
import { EXIT } from './exit-codes.ts';
import { errorLines } from './output/error-lines.ts';
import { createLook } from './output/look.ts';
import { createProcessHost } from './process-host.ts';
import { runCli } from './run-cli.ts';
import { createWiring } from './wiring.ts';

/** How long what a migration left open, such as a pool of its own, may keep the process alive. */
const LINGER_MS = 1_000;

process.on('uncaughtException', (error) => {
  const withStack = Boolean(process.env.FANFOLD_DEBUG);
  process.stderr.write(`${errorLines(error, createLook(process.stderr), withStack).join('\n')}\n`);
  process.exit(EXIT.defect);
});

process.exitCode = await runCli(process.argv.slice(2), createProcessHost(), createWiring);
setTimeout(() => process.exit(), LINGER_MS).unref();
