// node src/bundling/main.ts <request as JSON>
//
// Makes what Lambda runs out of the handlers and a folder of migrations, in a process of its own:
// esbuild takes plugins only where it may wait, and constructs of the CDK may not.
import { writeSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { readCertificates } from '../adapters/local/certificates-file.ts';
import { loadMigrationsFolder } from '../adapters/local/migrations-folder.ts';
import type { Migration } from '../core/bundle/bundle.ts';
import { checkMigrations } from '../core/bundle/check-migrations.ts';
import { FanfoldError } from '../core/errors.ts';
import { CERTIFICATES_FILE } from '../core/wire/environment.ts';
import { LAMBDA_NAMES, type LambdaName } from '../core/wire/lambda-names.ts';
import { bundleFunctions } from './bundle-functions.ts';
import { type MigrationsNeed, migrationsModule } from './migrations-module.ts';
import { MIGRATIONS_NEED } from './migrations-need.ts';
import { writeAsset } from './write-asset.ts';

interface BundlingRequest {
  readonly migrationsFolder: string;
  readonly allowDuplicateTimestamps: boolean;
  /** PEM file for those that reach databases. */
  readonly certificatesFile?: string | undefined;
  /** Where the functions' folders are written. */
  readonly outputFolder: string;
}

/** The repository, or the installed package's dist folder, which has the same folders. */
const root = join(import.meta.dirname, '../..');
/** `.ts` in the repository, `.js` in the package. */
const extension = extname(import.meta.filename);

async function main(request: BundlingRequest): Promise<unknown> {
  const folder = resolve(request.migrationsFolder);
  const { allowDuplicateTimestamps } = request;
  const bundle = await loadMigrationsFolder(folder, { allowDuplicateTimestamps });
  // A migration that cannot run is found before anything is deployed.
  await checkMigrations(bundle);
  const fileOf = ({ id, extension }: Pick<Migration, 'id' | 'extension'>) =>
    join(folder, id + extension);
  const functions = await bundleFunctions({
    root,
    migrationsFolder: folder,
    entries: entries(),
    modules: {
      [moduleOf('code')]: migrationsModule(bundle, 'code', fileOf),
      [moduleOf('checksums')]: migrationsModule(bundle, 'checksums', fileOf),
    },
  });
  const certificates = await certificatesOf(request);
  const assets = await Promise.all(
    LAMBDA_NAMES.map(async (name) => {
      const beside = MIGRATIONS_NEED[name] === 'nothing' ? [] : certificates;
      const files = new Map([...functions[name], ...beside]);
      const asset = await writeAsset(request.outputFolder, name, files);
      return [name, asset] as const;
    }),
  );
  return {
    assets: Object.fromEntries(assets),
    bundleHash: bundle.hash,
    migrations: bundle.migrations.length,
  };
}

/** A file of their own, which Node reads as it starts; who needs migrations reaches databases. */
async function certificatesOf({ certificatesFile }: BundlingRequest) {
  if (certificatesFile === undefined) return [];
  const nextStep = 'Name a file of PEM certificates in "certificatesFile".';
  const text = await readCertificates(certificatesFile, nextStep);
  return [[CERTIFICATES_FILE, new TextEncoder().encode(text)] as const];
}

/** The name under which a function imports what it needs of the migrations. */
function moduleOf(need: MigrationsNeed): string {
  return `fanfold:migrations/${need}`;
}

function entries(): Record<LambdaName, string> {
  const texts = LAMBDA_NAMES.map((name) => {
    const need = MIGRATIONS_NEED[name];
    const file = JSON.stringify(join(root, 'lambdas', name + extension));
    const text =
      need === 'nothing'
        ? `export*from${file};`
        : `import{createHandler}from${file};import{migrations}from'${moduleOf(need)}';export const handler=createHandler(migrations);`;
    return [name, text] as const;
  });
  return Object.fromEntries(texts) as Record<LambdaName, string>;
}

/** Migrations may print while they are loaded: standard output is theirs. */
const RESULT_FILE = 3;

try {
  const result = await main(JSON.parse(process.argv[2] ?? '') as BundlingRequest);
  writeSync(RESULT_FILE, JSON.stringify(result));
} catch (error) {
  if (!(error instanceof FanfoldError)) throw error;
  const { code, message, nextStep } = error;
  writeSync(RESULT_FILE, JSON.stringify({ error: { code, message, nextStep } }));
}
