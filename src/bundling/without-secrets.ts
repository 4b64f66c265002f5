import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, relative, sep } from 'node:path';
import { type AnyNode, parse } from 'acorn';
import { type Loader, type Plugin, transform } from 'esbuild';
import { FanfoldError } from '../core/errors.ts';

/** Keys whose values are an address or a login of a database; each tenant has other ones. */
const OF_AN_ADDRESS = new Set([
  'password',
  'password1',
  'password2',
  'password3',
  'passwordSha1',
  'passwd',
  'pass',
  'pwd',
  'user',
  'username',
  'host',
  'uri',
  'ssl',
]);

/** A login in a URL. */
const LOGIN = /(?<=:\/\/)[^@/?#\s]*@/g;

/**
 * An esbuild plugin that takes addresses and passwords out of a knexfile or a configuration file, and of
 * the modules of the project that these import, before they are a part of a function, which uses none
 * of them. Throws `KnexfileHoldsSecret` if a password remains in one of the files, such as in a constant.
 *
 * @param file full path of the knexfile or the configuration file
 * @param passwords that its settings have on this machine
 */
export function withoutSecrets(file: string, passwords: ReadonlySet<string>): Plugin {
  const files = new Set([file]);
  return {
    name: 'without-secrets',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}(\/|$)/ }, async (given) => {
        const { path, importer, kind, resolveDir, pluginData } = given;
        if (!files.has(importer) || pluginData === FOLLOWED) return undefined;
        const options = { importer, kind, resolveDir, pluginData: FOLLOWED };
        const found = await build.resolve(path, options);
        if (found.errors.length === 0 && !found.path.includes(`${sep}node_modules${sep}`)) {
          files.add(found.path);
        }
        return found;
      });
      // A configuration imports only its types from our package.
      build.onResolve({ filter: /^fanfold$/ }, ({ path, importer }) =>
        files.has(importer) ? { path, namespace: DEFINE } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: DEFINE }, () => ({
        contents: 'export const defineConfig=(config)=>config;',
      }));
      build.onLoad({ filter: /\.(?:[cm]?[jt]s|json)$/ }, async ({ path }) => {
        if (!files.has(path)) return undefined;
        const source = await readFile(path, 'utf8');
        const contents =
          extname(path) === '.json'
            ? maskedJson(source)
            : await maskedCode(source, path, passwords);
        return {
          contents,
          resolveDir: dirname(path),
          loader: extname(path) === '.json' ? 'json' : 'js',
        };
      });
    },
  };
}

const DEFINE = 'fanfold-define-config';

/** Expressions by which a module finds its place. A function has no files there; only paths are made of it. */
const PLACES = {
  __dirname: '__fanfoldPlace',
  'import.meta.dirname': '__fanfoldPlace',
  __filename: '__fanfoldPlaceFile',
  'import.meta.filename': '__fanfoldPlaceFile',
  'import.meta.url': '__fanfoldPlaceUrl',
};

/** Marks modules that the plugin itself has resolved. */
const FOLLOWED = Symbol('followed');

function maskedJson(source: string): string {
  return JSON.stringify(JSON.parse(source), (key, value) =>
    OF_AN_ADDRESS.has(key) ? undefined : typeof value === 'string' ? withoutLogin(value) : value,
  );
}

async function maskedCode(
  source: string,
  path: string,
  passwords: ReadonlySet<string>,
): Promise<string> {
  const loader = /\.[cm]?([jt]s)$/.exec(path)?.[1] as Loader;
  const { code } = await transform(source, {
    loader,
    sourcefile: path,
    tsconfigRaw: {},
    define: PLACES,
  });
  const edits: Edit[] = [];
  visit(parsed(code), (node) => {
    const masked = maskedProperty(node);
    if (masked !== undefined) {
      edits.push({ start: masked.start, end: masked.end, text: 'undefined' });
      return false;
    }
    const text = textOf(node);
    if (text === undefined) return true;
    const bare = withoutLogin(text);
    if (passwords.has(bare)) throw holdsSecret(path, source, text);
    if (bare !== text) edits.push({ start: node.start, end: node.end, text: quoted(node, bare) });
    return true;
  });
  const masked = edits
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), code);
  return masked.includes('__fanfoldPlace') ? placesOf(path) + masked : masked;
}

function placesOf(path: string): string {
  const file = JSON.stringify(`/${basename(path)}`);
  return `var __fanfoldPlace=process.cwd(),__fanfoldPlaceFile=__fanfoldPlace+${file},__fanfoldPlaceUrl=require("node:url").pathToFileURL(__fanfoldPlaceFile).href;`;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function parsed(code: string): AnyNode {
  const options = { ecmaVersion: 'latest', allowHashBang: true } as const;
  try {
    return parse(code, { ...options, sourceType: 'module' });
  } catch {
    // CommonJS may be written in sloppy mode.
    return parse(code, {
      ...options,
      sourceType: 'script',
      allowReturnOutsideFunction: true,
    });
  }
}

/** The value of a property that is a part of an address. */
function maskedProperty(node: AnyNode): AnyNode | undefined {
  if (node.type !== 'Property' || node.kind !== 'init' || node.method || node.computed) {
    return undefined;
  }
  const { key, value, shorthand } = node;
  const name =
    key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : undefined;
  // A pattern names a variable there: `const { password } = …`.
  const isPattern = value.type === 'AssignmentPattern' || shorthand;
  return OF_AN_ADDRESS.has(String(name)) && !isPattern ? value : undefined;
}

function textOf(node: AnyNode): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  return node.type === 'TemplateElement' ? (node.value.cooked ?? undefined) : undefined;
}

function quoted(node: AnyNode, text: string): string {
  if (node.type === 'Literal') return JSON.stringify(text);
  return text.replace(/[`\\]|\$\{/g, (found) => `\\${found}`);
}

function withoutLogin(text: string): string {
  return text.replace(LOGIN, '');
}

/** Visits the nodes of a tree; `see` returns whether to descend into a node. */
function visit(node: AnyNode, see: (node: AnyNode) => boolean): void {
  if (!see(node)) return;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) visit(child, see);
    }
  }
}

function holdsSecret(path: string, source: string, secret: string): FanfoldError {
  const file = relative(process.cwd(), path);
  const line = source.slice(0, source.indexOf(secret)).split('\n').length;
  return new FanfoldError(
    'KnexfileHoldsSecret',
    `${file}:${line} has a password written in, which would become a part of the functions that are deployed.`,
    {
      fault: 'configuration',
      nextStep: 'Read it from the environment instead: password: process.env.DB_PASSWORD',
    },
  );
}
