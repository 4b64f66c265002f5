import { spawnSync } from 'node:child_process';
import { extname, join, resolve } from 'node:path';
import type { LambdaName } from '../src/core/wire/lambda-names.ts';

export interface BundleLambdasOptions {
  /**
   * Folder of the tenant migrations: files that end in .ts, .js, .mjs, .cjs, .mts or .cts. Default: that of
   * the project's configuration, or `migrations/tenant`.
   */
  readonly migrationsFolder?: string | undefined;
  /**
   * Folder of the project, in or above which `fanfold.config.ts` is looked for. Default: that of the
   * migrations if they are named, else the working directory.
   */
  readonly project?: string | undefined;
  /** Environment of the configuration. Default: `FANFOLD_ENV`. */
  readonly environment?: string | undefined;
  /** For a fleet whose history has two migrations of one timestamp. Default: that of the configuration. */
  readonly allowDuplicateTimestamps?: boolean | undefined;
  /** File of the evidence without which no tenant is migrated. Default: that of the configuration. */
  readonly requireRehearsal?: string | undefined;
  /** PEM file of certificates that the functions in the VPC are to trust, too. Default: none. */
  readonly certificatesFile?: string | undefined;
  /** Parent folder of the functions' folders. Default: `node_modules/.cache/fanfold/lambdas`. */
  readonly outputFolder?: string | undefined;
}

/** The assets of the functions. */
export interface BundledLambdas {
  /**
   * Folder of each function, for `Code.fromAsset`: its file `index.mjs` exports `handler`, or
   * `onEvent` and `isComplete` in the case of `on-deploy`. The same sources give the same bytes, and
   * so the same asset hash.
   */
  readonly assets: Readonly<Record<LambdaName, string>>;
  /** Version of Fanfold that the functions are of. */
  readonly version: string;
  /** SHA-256 over the migrations' ids and checksums, hex. */
  readonly bundleHash: string;
  /** The number of migrations. */
  readonly migrations: number;
  /** Settings of the project's configuration that are not part of the code. */
  readonly config: {
    readonly tableName?: string | undefined;
    /** Whether the functions migrate only tenants whose shapes were rehearsed. */
    readonly requiresRehearsal: boolean;
    /** Servers of "shapes.hosts" whose login has a password, which no function gets. */
    readonly shapeHostsByPassword?: readonly string[] | undefined;
    /** Databases that are kept ready for new tenants on each server. */
    readonly pool?: number | undefined;
    /** How the login that asks replicas proves itself; absent if no replicas are configured. */
    readonly replicaLogin?: 'iam' | 'password' | undefined;
    readonly requestDefaults: Readonly<Record<string, unknown>>;
  };
}

/** Stacks and tests of one process often ask for the same functions. */
const bundled = new Map<string, BundledLambdas>();

/**
 * Bundles the functions together with a folder of migrations. Takes about two seconds the first time
 * in a process.
 *
 * Throws an error with `name` set to a code of docs/reference/errors.md: `MigrationsFolderMissing`,
 * `MigrationsFolderEmpty`, `MigrationInvalid`, `MigrationDuplicate`, `MigrationTimestampDuplicate`,
 * `CaUnreadable`, `CaInvalid`, `BundlingFailed`, `KnexfileHoldsSecret`, `SeedsNotFound`, and what is wrong with
 * the evidence of a rehearsal (`EvidenceInvalid`, `RehearsalMissing`) or the configuration: `ConfigInvalid`, `KnexSettingRefused`, `KnexVersionUnsupported` and the like.
 */
export function bundleLambdas(options: BundleLambdasOptions): BundledLambdas {
  const { migrationsFolder } = options;
  const request = JSON.stringify({
    project: resolve(options.project ?? migrationsFolder ?? '.'),
    environment: options.environment ?? (process.env.FANFOLD_ENV || undefined),
    migrationsFolder: migrationsFolder && resolve(migrationsFolder),
    allowDuplicateTimestamps: options.allowDuplicateTimestamps,
    requireRehearsal: options.requireRehearsal && resolve(options.requireRehearsal),
    certificatesFile: options.certificatesFile && resolve(options.certificatesFile),
    outputFolder: resolve(options.outputFolder ?? 'node_modules/.cache/fanfold/lambdas'),
  });
  const known = bundled.get(request);
  if (known !== undefined) return known;
  const made = bundleInAnotherProcess(request);
  bundled.set(request, made);
  return made;
}

interface BundlingError {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

/** The bundler waits for its plugins, which a construct cannot do: it runs in a separate process. */
function bundleInAnotherProcess(request: string): BundledLambdas {
  const program = join(import.meta.dirname, `../src/bundling/main${extname(import.meta.filename)}`);
  const { output, stderr, error, status } = spawnSync(process.execPath, [program, request], {
    encoding: 'utf8',
    // The fourth is for the result: migrations may print while they are loaded.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`The functions could not be bundled:\n${stderr}`);
  const result = JSON.parse(output[3] ?? '') as BundledLambdas | { readonly error: BundlingError };
  if ('error' in result) {
    const { code, message, nextStep } = result.error;
    throw Object.assign(new Error(`${message}\n${nextStep}`), { name: code });
  }
  return result;
}
