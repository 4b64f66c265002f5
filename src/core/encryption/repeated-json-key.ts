const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;

/**
 * Whether an object in a JSON text, which has to be well-formed, has a key twice. `JSON.parse` silently takes
 * the last one, so that one of two keys would be lost.
 */
export function hasRepeatedJsonKey(json: string): boolean {
  const objects: Set<string>[] = [];
  let string: string | undefined;
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') objects.push(new Set());
    else if (token === '}' || token === ']') objects.pop();
    else if (token === ':' && string !== undefined) {
      // Escapes may spell one key in two ways.
      const key = JSON.parse(string) as string;
      const keys = objects.at(-1);
      if (keys?.has(key) === true) return true;
      keys?.add(key);
    }
    string = token.startsWith('"') ? token : undefined;
  }
  return false;
}
